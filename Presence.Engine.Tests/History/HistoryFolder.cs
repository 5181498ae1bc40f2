using Microsoft.EntityFrameworkCore;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

/// <summary>A database with history in it, written by the real writers, without an engine.</summary>
internal sealed class HistoryFolder : IAsyncDisposable
{
    private readonly DatabaseFolder _folder;
    private readonly VisitWriter _visits;

    private HistoryFolder(DatabaseFolder folder, ManualTimeProvider time, PresenceDatabase database)
    {
        (_folder, Time, Database) = (folder, time, database);
        _visits = new VisitWriter(database);
        Minutes = new MinuteStore(database);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ManualTimeProvider Time { get; }

    public PresenceDatabase Database { get; }

    public MinuteStore Minutes { get; }

    /// <summary>When the tests' evening begins.</summary>
    public static DateTimeOffset Eight { get; } = new(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);

    public static async Task<HistoryFolder> OpenAsync()
    {
        var time = new ManualTimeProvider();
        time.SetUtcNow(Eight);
        var folder = new DatabaseFolder();
        var database = await folder.OpenAsync(time);
        return new HistoryFolder(folder, time, database);
    }

    public Task WriteAsync(params IReadOnlyList<Visit> visits) => _visits.WriteAsync(visits, visit => _visits.Rows.Write(visit), alongside: null, Cancel);

    /// <summary>A visit in minutes after eight.</summary>
    public static Visit Visit(string user, double joined, double left, string room = "lobby", LeaveReason reason = LeaveReason.Left, double unseen = 0, double hidden = 0, bool guest = false) =>
        new(room, user, guest, Eight.AddMinutes(joined), Eight.AddMinutes(left), reason)
        {
            SeenAt = Eight.AddMinutes(left - unseen),
            Hidden = TimeSpan.FromMinutes(hidden),
        };

    /// <summary>The row of a broadcast that ended, without figures.</summary>
    public Task AddBroadcastAsync(string room, double started, double ended) => AddBroadcastAsync(room, Eight.AddMinutes(started), Eight.AddMinutes(ended));

    public async Task AddBroadcastAsync(string room, DateTimeOffset startedAt, DateTimeOffset? endedAt)
    {
        await using var context = Database.CreateDbContext();
        var record = await context.HistoryRooms.FirstOrDefaultAsync(r => r.RoomId == room, Cancel) ?? new HistoryRoomRecord { RoomId = room };
        if (record.No == 0)
            context.Add(record);
        await context.SaveChangesAsync(Cancel);
        context.Add(new BroadcastRecord { RoomNo = record.No, StartedAt = startedAt, EndedAt = endedAt, End = endedAt is null ? BroadcastEnd.None : BroadcastEnd.Empty, HadViewers = true });
        await context.SaveChangesAsync(Cancel);
    }

    public HistoryQueries Look(HistorySettingsStore settings, Func<string, IReadOnlyList<Visit>>? present = null) =>
        new(Database, settings, present ?? (_ => []), _ => PresenceSettings.Default);

    public async Task<List<T>> RowsAsync<T>(Func<PresenceContext, IQueryable<T>> rows)
    {
        await using var context = Database.CreateDbContext();
        return await rows(context).ToListAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _visits.Dispose();
        Minutes.Dispose();
        await Database.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class VisitWriter : PreparedRows
    {
        public VisitWriter(PresenceDatabase database)
            : base(database) => Rows = new VisitRows(this);

        public VisitRows Rows { get; }
    }
}
