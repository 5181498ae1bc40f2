using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>A year of broadcasts, seeded, written by the writers that the server uses.</summary>
internal sealed class HistoryYear(int rooms, int broadcasts, int visits, int people) : IDisposable
{
    private static readonly SessionDevice[] Devices =
    [
        new("Android", "4.2.1"), new("Android", "4.2.0"), new("iPhone", "4.2.1"), new("iPhone", "4.1.7"), new("Chrome on Windows", null), new("Safari on macOS", null),
        new("Firefox on Linux", null), new("TV", "2.0"),
    ];

    /// <summary>The server writes twice a second, 20 visits at 50,000 viewers of whom a twentieth leaves in a minute. A year would take an hour of waiting for the disk.</summary>
    private const int VisitsAPiece = 1_000;

    private readonly Random _random = new(14);
    private readonly List<(string RoomId, DateTimeOffset From, DateTimeOffset Until)> _broadcasts = [];
    private VisitWriter? _writer;

    public static DateTimeOffset Begin { get; } = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset End { get; } = Begin.AddDays(365);

    /// <summary>Writes everything, a day at a time, in the order in which visits end.</summary>
    /// <returns>How many visits were written, and how long their writer took.</returns>
    public async Task<(int Visits, TimeSpan Writing)> WriteAsync(PresenceDatabase database, MinuteStore minutes, Checkpointer checkpointer)
    {
        var rows = (_writer = new VisitWriter(database)).Rows;
        var (written, writing) = (0, TimeSpan.Zero);
        for (var day = 0; day < 365; day++)
        {
            var ofDay = new List<Visit>();
            var toMinutes = new Dictionary<(string?, long), MinuteSums>();
            for (var broadcast = broadcasts * day / 365; broadcast < broadcasts * (day + 1) / 365; broadcast++)
                Watch(broadcast, Begin.AddDays(day), ofDay, toMinutes);
            ofDay.Sort((one, other) => one.LeftAt.CompareTo(other.LeftAt));

            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            foreach (var piece in ofDay.Chunk(VisitsAPiece))
                await _writer.WriteAsync(piece, visit => rows.Write(visit), alongside: null, CancellationToken.None);
            writing += System.Diagnostics.Stopwatch.GetElapsedTime(began);
            written += ofDay.Count;
            await minutes.SaveAsync([.. toMinutes.Select(minute => minute.Value.ToMinute(minute.Key))], CancellationToken.None);
            await checkpointer.CheckpointAsync(CancellationToken.None);
        }
        await AddBroadcastsAsync(database);
        return (written, writing);
    }

    private async Task AddBroadcastsAsync(PresenceDatabase database)
    {
        await using var context = database.CreateDbContext();
        var numbers = context.HistoryRooms.ToDictionary(room => room.RoomId, room => room.No, StringComparer.Ordinal);
        context.AddRange(_broadcasts.Select(broadcast => new BroadcastRecord
        {
            RoomNo = numbers[broadcast.RoomId],
            StartedAt = broadcast.From,
            EndedAt = broadcast.Until,
            End = BroadcastEnd.Empty,
            HadViewers = true,
        }));
        await context.SaveChangesAsync(CancellationToken.None);
    }

    public void Dispose() => _writer?.Dispose();

    private void Watch(int broadcast, DateTimeOffset day, List<Visit> into, Dictionary<(string?, long), MinuteSums> minutes)
    {
        var room = FormattableString.Invariant($"room-{broadcast % rooms:0000}");
        var start = day.AddMinutes(17 * 60 + _random.Next(180));
        var length = TimeSpan.FromMinutes(60 + _random.Next(120));
        var count = visits / broadcasts;
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        for (var number = 0; number < count; number++)
        {
            var joined = start + (length * Math.Pow(_random.NextDouble(), 2));
            var left = joined + ((start + length - joined) * Math.Min(1, 0.02 + _random.NextDouble()));
            var person = (int)(people * Math.Pow(_random.NextDouble(), 1.5));
            var timedOut = _random.Next(3) == 0;
            var visit = new Visit(room, FormattableString.Invariant($"user-{person * 7919L % people:000000}"), person % 5 == 0, joined, left, timedOut ? LeaveReason.Timeout : LeaveReason.Left)
            {
                SeenAt = timedOut ? left - ((left - joined) * 0.01) : left,
                Hidden = _random.Next(4) == 0 ? (left - joined) * 0.3 : TimeSpan.Zero,
                Device = Devices[person % Devices.Length],
            };
            into.Add(visit);
            (first, last) = (joined < first ? joined : first, left > last ? left : last);
            Count(visit, room, minutes);
            Count(visit, null, minutes);
        }
        _broadcasts.Add((room, first, last));
    }

    private static void Count(in Visit visit, string? room, Dictionary<(string?, long), MinuteSums> minutes)
    {
        var (first, last) = (visit.JoinedAt.UtcTicks / TimeSpan.TicksPerMinute, visit.LeftAt.UtcTicks / TimeSpan.TicksPerMinute);
        for (var minute = first; minute <= last; minute++)
        {
            if (!minutes.TryGetValue((room, minute), out var sums))
                minutes[(room, minute)] = sums = new MinuteSums();
            sums.Viewers += Math.Min(visit.LeftAt.UtcTicks, (minute + 1) * TimeSpan.TicksPerMinute) - Math.Max(visit.JoinedAt.UtcTicks, minute * TimeSpan.TicksPerMinute);
            sums.Peak++;
            sums.Joins += minute == first ? 1 : 0;
            sums.Leaves += minute == last ? 1 : 0;
        }
    }

    private sealed class MinuteSums
    {
        public long Viewers;
        public int Peak;
        public int Joins;
        public int Leaves;

        public RoomMinute ToMinute((string? RoomId, long Minute) key) => new(key.RoomId, new DateTimeOffset(key.Minute * TimeSpan.TicksPerMinute, TimeSpan.Zero))
        {
            Viewers = TimeSpan.FromTicks(Viewers),
            Peak = Peak,
            Joins = Joins,
            Leaves = new LeaveCounts(Leaves, 0, 0, 0, 0),
        };
    }

    private sealed class VisitWriter : PreparedRows
    {
        public VisitWriter(PresenceDatabase database)
            : base(database) => Rows = new VisitRows(this);

        public VisitRows Rows { get; }
    }
}
