using Presence.Engine.History;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

/// <summary>Every figure of a random day equals the naive one, on days of 23 and 25 hours too, with minutes cut in two by restarts and visits that are stored twice.</summary>
public sealed class HistoryPropertyTests
{
    private static readonly (string Zone, DateTimeOffset Begin)[] Days =
    [
        ("Europe/Berlin", new DateTimeOffset(2026, 3, 28, 20, 0, 0, TimeSpan.Zero)),
        ("Europe/Berlin", new DateTimeOffset(2026, 10, 24, 19, 0, 0, TimeSpan.Zero)),
        ("Asia/Kathmandu", new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero)),
        ("Australia/Lord_Howe", new DateTimeOffset(2026, 4, 4, 9, 0, 0, TimeSpan.Zero)),
        ("Australia/Lord_Howe", new DateTimeOffset(2026, 10, 3, 9, 0, 0, TimeSpan.Zero)),
        ("UTC", new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero)),
    ];

    private static readonly TimeSpan Length = TimeSpan.FromHours(30);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(ProofLength.Number("PRESENCE_HISTORY_SEED") ?? 1, ProofLength.Of("PRESENCE_HISTORY_SEEDS", Days.Length, 100))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Figures_OfARandomDay_AreThoseOfANaiveComputation(int seed)
    {
        var random = new Random(seed);
        var (zoneId, begin) = Days[seed % Days.Length];
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var naive = new NaiveHistory(random, begin, Length, rooms: 5, people: 40, visits: 400);
        await using var folder = await OpenAsync();
        using var settings = new HistorySettingsStore(folder.Database);
        folder.Time.SetUtcNow(begin + Length + TimeSpan.FromHours(1));
        await WriteAsync(folder, random, naive, begin);
        var history = folder.Look(settings);

        await CompareCurvesAsync(history, naive, random, begin, zone);
        await CompareBroadcastsAsync(folder, settings, history, naive, random);
        await CompareVisitsAsync(history, naive, random, begin);
    }

    private static async Task WriteAsync(HistoryFolder folder, Random random, NaiveHistory naive, DateTimeOffset begin)
    {
        var visits = new List<Visit>();
        foreach (var visit in naive.Visits)
        {
            if (random.Next(20) == 0) // as far as it went when the server was killed
                visits.Add(visit with { LeftAt = visit.JoinedAt + ((visit.LeftAt - visit.JoinedAt) / 2), SeenAt = visit.JoinedAt, Hidden = TimeSpan.Zero });
            visits.Add(visit);
            if (random.Next(20) == 0)
                visits.Add(visit);
        }
        foreach (var batch in visits.Chunk(97))
            await folder.WriteAsync(batch);

        var minutes = new List<RoomMinute>();
        foreach (var room in naive.Rooms.Append(null))
        {
            for (var at = begin; at < begin + Length; at += TimeSpan.FromMinutes(1))
            {
                var minute = new HistorySpan(at, at.AddMinutes(1));
                var cut = random.Next(10) == 0 ? at.AddMilliseconds(random.Next(1, 60_000)) : minute.Until;
                foreach (var part in new[] { minute with { Until = cut }, minute with { From = cut } }.Where(part => part.Length > TimeSpan.Zero))
                {
                    if (naive.Point(room, part) is var point && point.Peak + point.Leaves.Total > 0)
                        minutes.Add(new RoomMinute(room, at) { Viewers = point.Viewers, Hidden = point.Hidden, Guests = point.Guests, Peak = point.Peak, Joins = point.Joins, Leaves = point.Leaves });
                }
            }
        }
        foreach (var batch in minutes.Chunk(1_000))
            await folder.Minutes.SaveAsync(batch, Cancel);
    }

    private static async Task CompareCurvesAsync(HistoryQueries history, NaiveHistory naive, Random random, DateTimeOffset begin, TimeZoneInfo zone)
    {
        foreach (var room in naive.Rooms.Append(null))
        {
            var days = await history.ReadCurveAsync(new CurveQuery { RoomId = room, From = begin, Until = begin + Length, Step = HistoryStep.Day, Zone = zone }, Cancel);
            foreach (var step in Enum.GetValues<HistoryStep>())
            {
                var from = begin + (Length * random.NextDouble() * 0.7);
                var query = new CurveQuery { RoomId = room, From = from, Until = from + (Length * random.NextDouble() * 0.3) + TimeSpan.FromSeconds(1), Step = step, Zone = zone };
                foreach (var point in (await history.ReadCurveAsync(query, Cancel)).Points)
                    Assert.Equal(naive.Point(room, point.Span), point with { Recorded = 0 });
            }
            foreach (var day in days.Points)
            {
                var hours = (await history.ReadCurveAsync(new CurveQuery { RoomId = room, From = day.Span.From, Until = day.Span.Until, Step = HistoryStep.Hour, Zone = zone }, Cancel)).Points;
                Assert.Equal((day.Joins, day.Leaves, day.Viewers), (hours.Sum(hour => hour.Joins), hours.Aggregate(default(LeaveCounts), (sum, hour) => sum + hour.Leaves), hours.Aggregate(TimeSpan.Zero, (sum, hour) => sum + hour.Viewers)));
            }
        }
    }

    private static async Task CompareBroadcastsAsync(HistoryFolder folder, HistorySettingsStore settings, HistoryQueries history, NaiveHistory naive, Random random)
    {
        var gap = settings.Current.EmptyGap;
        var tracker = new BroadcastTracker(() => gap);
        foreach (var room in naive.Rooms)
        {
            // What the engine would tell, with looks at the time in between.
            var viewers = 0;
            foreach (var (at, change) in naive.Of(room).SelectMany(visit => new[] { (visit.JoinedAt, 1), (visit.LeftAt, -1) }).OrderBy(change => change.Item1).ThenBy(change => change.Item2))
            {
                if (random.Next(3) == 0)
                    tracker.Tick(at.AddMilliseconds(-1));
                viewers += change;
                if (viewers == 1 && change == 1)
                    tracker.Live(room, at, null);
                else if (viewers == 0)
                    tracker.Empty(room, at);
            }
        }
        tracker.Tick(folder.Time.GetUtcNow());
        Assert.Empty(tracker.Open);
        foreach (var broadcast in tracker.Changed)
            await folder.AddBroadcastAsync(broadcast.RoomId, broadcast.StartedAt, broadcast.EndedAt!.Value);
        using var engine = new PresenceEngine(folder.Time, PresenceSettings.Default, new PresenceLimits());
        using var store = new BroadcastStore(folder.Database, engine, settings);
        await store.SummariseAsync(null, Cancel);

        foreach (var room in naive.Rooms)
        {
            var broadcasts = (await history.ReadBroadcastsAsync(new BroadcastQuery { RoomId = room }, Cancel)).Items;
            Assert.Equal(naive.Broadcasts(room, gap), broadcasts.Reverse().Select(broadcast => new HistorySpan(broadcast.StartedAt, broadcast.EndedAt!.Value)));
            foreach (var broadcast in broadcasts)
            {
                var span = new HistorySpan(broadcast.StartedAt, broadcast.EndedAt!.Value);
                var expected = naive.Figures(room, span);
                Assert.Equal(expected.Average, broadcast.Figures!.Average, 6);
                Assert.Equal(expected, broadcast.Figures with { Average = expected.Average });
                Assert.True(broadcast.Figures.MedianStay <= span.Length && broadcast.Figures.WatchedEach <= span.Length, "Nobody watches longer than a broadcast lasts.");
                foreach (var moment in (await history.ReadBroadcastAsync(broadcast.Id, Cancel))!.Moments)
                    Assert.Equal(naive.Count(room, moment.Until) - naive.Count(room, moment.From), moment.Change);
            }
        }
    }

    private static async Task CompareVisitsAsync(HistoryQueries history, NaiveHistory naive, Random random, DateTimeOffset begin)
    {
        for (var round = 0; round < 20; round++)
        {
            var room = naive.Rooms[random.Next(naive.Rooms.Count)];
            var from = begin + (Length * random.NextDouble());
            var until = from + TimeSpan.FromMinutes(random.Next(1, 120));

            var attendance = new List<Visit>();
            await foreach (var visit in history.StreamAttendanceAsync(new AttendanceQuery { RoomId = random.Next(4) == 0 ? null : room, From = from, Until = until }, Cancel))
                attendance.Add(visit);
            var isWhole = attendance.Exists(visit => visit.RoomId != room);
            Assert.Equal(
                naive.Of(isWhole ? null : room).Where(visit => visit.JoinedAt < until && visit.LeftAt > from).OrderBy(visit => visit.RoomId, StringComparer.Ordinal).ThenBy(visit => visit.JoinedAt).ThenBy(visit => visit.UserId, StringComparer.Ordinal),
                attendance.OrderBy(visit => visit.RoomId, StringComparer.Ordinal).ThenBy(visit => visit.JoinedAt).ThenBy(visit => visit.UserId, StringComparer.Ordinal));

            Assert.Equal(naive.Count(room, from), (await history.ReadMomentAsync(room, from, cancellationToken: Cancel)).Viewers);
            var compared = await history.CompareMomentsAsync(room, from, until, cancellationToken: Cancel);
            Assert.Equal((naive.Count(room, from), naive.Count(room, until)), (compared.Before, compared.After));
            Assert.Equal((compared.GoneCount, compared.CameCount), (compared.Gone.Count, compared.Came.Count));
            var drop = await history.ReadDropAsync(room, from, until, Cancel);
            Assert.Equal((compared.Before, compared.After), (drop.Before, drop.After));
            Assert.Equal(NaiveHistory.Leaves(naive.Of(room).Where(visit => visit.LeftAt > from && visit.LeftAt <= until)), drop.Left);
            Assert.Equal(NaiveHistory.Leaves(naive.Of(room).Where(visit => visit.LeftAt > from.AddMinutes(-15) && visit.LeftAt <= from)), drop.LeftBefore);
            Assert.Equal(naive.Of(room).Count(visit => visit.JoinedAt > from && visit.JoinedAt <= until), drop.Joined);
        }
        foreach (var person in naive.Visits.GroupBy(visit => visit.UserId).Take(10))
        {
            var summary = (await history.ReadPersonAsync(person.Key, Cancel))!;
            Assert.Equal(
                (person.Count(), person.Min(visit => visit.JoinedAt), person.Max(visit => visit.LeftAt), person.Sum(visit => (long)visit.Watched.TotalMilliseconds)),
                ((int)summary.Visits, summary.FirstSeenAt, summary.LastSeenAt, (long)summary.Watched.TotalMilliseconds));
            Assert.Equal(person.OrderByDescending(visit => visit.JoinedAt), (await history.ReadVisitsAsync(person.Key, cancellationToken: Cancel)).Items);
        }
    }
}
