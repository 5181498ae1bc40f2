using System.Runtime.CompilerServices;
using System.Text.Json;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <inheritdoc cref="IHistory"/>
/// <param name="database">The open database.</param>
/// <param name="settings">What holds for history.</param>
/// <param name="present">The visits under way in a room: without a reason, lasting until now.</param>
/// <param name="inForce">The presence settings in force in a room; the network's for null.</param>
public sealed partial class HistoryQueries(PresenceDatabase database, HistorySettingsStore settings, Func<string, IReadOnlyList<Visit>> present, Func<string?, PresenceSettings> inForce) : IHistory
{
    /// <summary>The broadcasts that are usual for a room.</summary>
    private const int UsualBroadcasts = 10;

    /// <summary>The longest page of visits; one of names is <see cref="PresenceLimits.Page"/>.</summary>
    private const int LargestPage = 1_000;

    /// <summary>From so many visits on, what a live broadcast comes to so far is computed once in <see cref="Recent"/>, however many look.</summary>
    private const int ManyVisits = 20_000;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    /// <summary>Of live broadcasts with many visits. Bound: what is computed in <see cref="Recent"/>.</summary>
    private readonly Dictionary<long, (DateTimeOffset At, BroadcastFigures Figures, IReadOnlyList<BroadcastMoment> Moments)> _soFar = [];

    /// <summary>Minutes are written once a minute: one is surely there this long after its end.</summary>
    private static readonly TimeSpan WritingLag = TimeSpan.FromSeconds(65);

    /// <inheritdoc/>
    public HistorySettings Settings => settings.Current;

    /// <inheritdoc/>
    public Task<HistoryCurve> ReadCurveAsync(CurveQuery query, CancellationToken cancellationToken = default) => ReadAsync(
        reader =>
        {
            var now = database.Now();
            var step = query.Step ?? HistoryCalendar.StepFor(query.Until - query.From, now - query.From, TimeSpan.FromDays(Settings.MinuteDays));
            if (query.Step == HistoryStep.Minute && now - query.From > TimeSpan.FromDays(Settings.MinuteDays))
                throw new ArgumentException($"Minutes are kept for {Settings.MinuteDays} days. Choose a longer step or a later range.", nameof(query));
            return Curve(reader, reader.RoomNo(query.RoomId), query.From, query.Until, step, query.Zone ?? settings.Zone);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<HistoryPage<Broadcast>> ReadBroadcastsAsync(BroadcastQuery query, CancellationToken cancellationToken = default)
    {
        var take = Math.Clamp(query.Take, 1, PresenceLimits.Page);
        var after = query.Cursor is null ? VisitPlace.Last : VisitPlace.Parse(query.Cursor);
        var page = await ReadAsync(
            reader =>
            {
                if (reader.RoomNo(query.RoomId) is not { } room)
                    return new HistoryPage<Broadcast>([], null);
                var found = reader.Broadcasts(
                    $"""
                    b."HadViewers" = 1 AND (b."StartedAt", b."Id") < ($1, $2) AND b."StartedAt" < $3 AND (b."EndedAt" IS NULL OR b."EndedAt" > $4) {(room == HistoryTables.Network ? "AND $5 = 0" : """AND b."RoomNo" = $5""")}
                    AND ($7 IS NULL OR {HistoryReader.IsWithin("$7", "$8")})
                    ORDER BY b."StartedAt" DESC, b."Id" DESC LIMIT $6
                    """,
                    after.JoinedAt, after.RoomNo, query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue, query.From?.ToUnixTimeMilliseconds() ?? long.MinValue, room, (long)take + 1, HistoryReader.IdsOf(query.Within), HistoryReader.PrefixesOf(query.Within));
                return Page(found, take, broadcast => new VisitPlace(broadcast.Id, broadcast.StartedAt.ToUnixTimeMilliseconds(), 0));
            },
            cancellationToken);
        return query.LiveVisits > 0 && page.Items.Any(broadcast => broadcast.Figures is null) ? await WithFiguresAsync(page, query.LiveVisits, cancellationToken) : page;
    }

    /// <summary>The figures so far of those that have none, while the number of visits suffices.</summary>
    private async Task<HistoryPage<Broadcast>> WithFiguresAsync(HistoryPage<Broadcast> page, int visits, CancellationToken cancellationToken)
    {
        // Those present are read before the rows, so that a visit that ends meanwhile is not missed.
        var now = database.Now();
        var here = page.Items.Where(broadcast => broadcast.Figures is null).ToDictionary(broadcast => broadcast.Id, broadcast => broadcast.IsLive ? present(broadcast.RoomId) : []);
        return await ReadAsync(
            reader => page with
            {
                Items =
                [
                    .. page.Items.Select(broadcast =>
                    {
                        if (broadcast.Figures is not null)
                            return broadcast;
                        var (room, span) = (reader.RoomNo(broadcast.RoomId), new HistorySpan(broadcast.StartedAt, broadcast.EndedAt ?? now));
                        var cost = here[broadcast.Id].Count + reader.Numbers(
                            """SELECT count(*) FROM (SELECT 1 FROM "Visits" WHERE "RoomNo" = $1 AND "JoinedAt" BETWEEN $2 AND $3 LIMIT $4)""",
                            room, span.From.ToUnixTimeMilliseconds(), span.Until.ToUnixTimeMilliseconds(), visits + 1L)[0];
                        if (cost > visits)
                            return broadcast;
                        visits -= (int)cost;
                        return broadcast with { Figures = VisitStatistics.Figures(span, reader.Facts(room, span, here[broadcast.Id], isWhole: true).Span) };
                    }),
                ],
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BroadcastReport?> ReadBroadcastAsync(long id, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(reader => reader.Broadcasts("""b."Id" = $1 AND b."HadViewers" = 1""", id).FirstOrDefault(), cancellationToken) is not { } broadcast)
            return null;

        // Those present are read before the rows, so that a visit that ends meanwhile is not missed.
        var now = database.Now();
        var span = new HistorySpan(broadcast.StartedAt, broadcast.EndedAt ?? now);
        var soFar = broadcast.IsLive ? SoFar(id, now) : null;
        var here = broadcast.IsLive && soFar is null ? present(broadcast.RoomId) : [];
        var events = (await ReadEventsAsync(broadcast.RoomId, span.From, span.Until, LargestPage, cancellationToken)).Reverse().ToList();
        return await ReadAsync(
            reader =>
            {
                var room = reader.RoomNo(broadcast.RoomId);
                IReadOnlyList<BroadcastMoment> moments;
                if (soFar is { } recent)
                {
                    broadcast = broadcast with { Figures = recent.Figures };
                    moments = recent.Moments;
                }
                else if (broadcast.Figures is null)
                {
                    var facts = reader.Facts(room, span, here, isWhole: true);
                    var figures = VisitStatistics.Figures(span, facts.Span);
                    broadcast = broadcast with { Figures = figures };
                    moments = VisitStatistics.Moments(span, facts.Span, events, facts.Devices);
                    if (broadcast.IsLive && facts.Span.Length >= ManyVisits)
                        Keep(id, now, figures, moments);
                }
                else
                {
                    moments = MomentsOf(reader, broadcast.Id);
                }
                var step = StepOf(span, now);
                var curve = Curve(reader, room, span.From, span.Until.AddMilliseconds(1), step, settings.Zone); // who left at its very end left in the step that begins there
                if (curve.Points is [.., { Leaves.Total: 0 } beyond] && beyond.Span.From >= span.Until)
                    curve = curve with { Points = [.. curve.Points.SkipLast(1)] };
                return new BroadcastReport(broadcast, curve, Usual(reader, broadcast, curve), moments, events);
            },
            cancellationToken);
    }

    private (BroadcastFigures Figures, IReadOnlyList<BroadcastMoment> Moments)? SoFar(long id, DateTimeOffset now)
    {
        lock (_lock)
            return _soFar.TryGetValue(id, out var known) && (now - known.At).Duration() < Recent ? (known.Figures, known.Moments) : null;
    }

    private void Keep(long id, DateTimeOffset now, BroadcastFigures figures, IReadOnlyList<BroadcastMoment> moments)
    {
        lock (_lock)
        {
            foreach (var old in _soFar.Where(known => (now - known.Value.At).Duration() >= Recent).Select(known => known.Key).ToList())
                _soFar.Remove(old);
            _soFar[id] = (now, figures, moments);
        }
    }

    /// <inheritdoc/>
    public Task<HistoryPage<Visit>> ReadAttendanceAsync(AttendanceQuery query, CancellationToken cancellationToken = default)
    {
        var take = Math.Clamp(query.Take, 1, LargestPage);
        var after = query.Cursor is null ? VisitPlace.First : VisitPlace.Parse(query.Cursor);
        return ReadAsync(reader => Page(Attendance(reader, query, after, take + 1), take), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Visit> StreamAttendanceAsync(AttendanceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Page by page: a slow reader must not keep the write-ahead log from being emptied.
        var page = query with { Take = LargestPage };
        do
        {
            var (visits, next) = await ReadAttendanceAsync(page, cancellationToken);
            foreach (var visit in visits)
                yield return visit;
            page = page with { Cursor = next };
        }
        while (page.Cursor is not null);
    }

    /// <inheritdoc/>
    public Task<PersonSummary?> ReadPersonAsync(string userId, CancellationToken cancellationToken = default) =>
        ReadAsync(reader => reader.Person(userId)?.Person, cancellationToken);

    /// <inheritdoc/>
    public Task<RoomRegulars> ReadRegularsAsync(string roomId, IReadOnlyList<string> userIds, CancellationToken cancellationToken = default) => ReadAsync(
        reader => reader.RoomNo(roomId) is { } room ? reader.Regulars(room, [.. userIds.Take(PresenceLimits.Page)], database.Now() - RoomRegulars.Apart) : new RoomRegulars(0, new Dictionary<string, RoomRegular>()),
        cancellationToken);

    /// <inheritdoc/>
    public Task<HistoryPage<Visit>> ReadVisitsAsync(string userId, string? cursor = null, int take = PresenceLimits.Page, RoomSet? within = null, CancellationToken cancellationToken = default)
    {
        take = Math.Clamp(take, 1, PresenceLimits.Page);
        var before = cursor is null ? VisitPlace.Last : VisitPlace.Parse(cursor);
        return ReadAsync(reader => reader.Person(userId) is { } person ? Page(reader.VisitsOf(person.No, before, take + 1, within), take) : new HistoryPage<Visit>([], null), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<HistoryVolume> ReadVolumeAsync(CancellationToken cancellationToken = default) => ReadAsync(reader => reader.Volume(database.Now()), cancellationToken);

    private static HistoryPage<Visit> Page(List<(VisitPlace Place, Visit Visit)> found, int take) =>
        new([.. found.Take(take).Select(visit => visit.Visit)], found.Count > take ? found[take - 1].Place.ToCursor() : null);

    private static HistoryPage<T> Page<T>(List<T> found, int take, Func<T, VisitPlace> placeOf) =>
        new([.. found.Take(take)], found.Count > take ? placeOf(found[take - 1]).ToCursor() : null);

    private static List<(VisitPlace Place, Visit Visit)> Attendance(HistoryReader reader, AttendanceQuery query, VisitPlace after, int take)
    {
        if (query.RoomId is not null)
            return reader.RoomNo(query.RoomId) is { } only ? reader.Visits(only, query.From, query.Until, after, take) : [];

        var visits = new List<(VisitPlace, Visit)>();
        for (var room = reader.RoomFrom(after.RoomNo); room is not null && visits.Count < take; room = reader.RoomFrom(room.Value + 1))
            visits.AddRange(reader.Visits(room.Value, query.From, query.Until, room == after.RoomNo ? after : VisitPlace.First, take - visits.Count));
        return visits;
    }

    internal static IReadOnlyList<BroadcastMoment> MomentsOf(HistoryReader reader, long broadcast) =>
        reader.Text("""SELECT "Moments" FROM "Broadcasts" WHERE "Id" = $1""", broadcast) is { } moments ? JsonSerializer.Deserialize<List<BroadcastMoment>>(moments)! : [];

    /// <summary>By the minute, unless there are too many, those cut at both ends included, or they are no longer kept.</summary>
    private HistoryStep StepOf(HistorySpan span, DateTimeOffset now) =>
        span.Length < TimeSpan.FromMinutes(HistoryCalendar.MostSteps - 2) && now - span.From <= TimeSpan.FromDays(Settings.MinuteDays)
            ? HistoryStep.Minute
            : span.Length < HistoryCalendar.Quarter * (HistoryCalendar.MostSteps - 2) ? HistoryStep.Quarter : HistoryCalendar.StepFor(span.Length, now - span.From, TimeSpan.Zero);

    private HistoryCurve Curve(HistoryReader reader, long? room, DateTimeOffset from, DateTimeOffset until, HistoryStep step, TimeZoneInfo zone)
    {
        var written = HistoryCalendar.BeginOf(database.Now() - WritingLag, HistoryStep.Minute, zone);
        var steps = HistoryCalendar.Steps(from, until, step, zone);
        var rows = room is { } no ? Rows(no) : [];
        // The network's rows say when the server ran: a room has rows only while somebody is there.
        var ran = room == HistoryTables.Network ? [] : Rows(HistoryTables.Network);
        var points = new List<CurvePoint>(steps.Count);
        var (next, nextRan) = (0, 0);
        foreach (var span in steps)
        {
            if (span.From >= written)
                break;
            var point = new CurvePoint(span with { Until = span.Until < written ? span.Until : written });
            for (; next < rows.Count && rows[next].Span.From < span.Until; next++)
                point = Sum(point, rows[next]);
            var recorded = 0;
            for (; nextRan < ran.Count && ran[nextRan].Span.From < span.Until; nextRan++)
                recorded += ran[nextRan].Recorded;
            points.Add(point with { Recorded = Math.Min(Math.Max(point.Recorded, recorded), (int)Math.Ceiling(point.Span.Length.TotalMinutes)) });
        }
        return new HistoryCurve(step, zone, points);

        // A quarter under way is put together from its minutes: its row may hold one more already.
        List<CurvePoint> Rows(long no)
        {
            if (step == HistoryStep.Minute)
                return reader.Minutes(MinuteStep.Minute, no, steps[0].From, steps[^1].Until);
            var underWay = HistoryCalendar.BeginOf(written, HistoryStep.Quarter, zone);
            var quarters = reader.Minutes(MinuteStep.Quarter, no, steps[0].From, steps[^1].Until < underWay ? steps[^1].Until : underWay);
            if (steps[^1].Until > underWay)
                quarters.AddRange(reader.Minutes(MinuteStep.Minute, no, underWay > steps[0].From ? underWay : steps[0].From, written));
            return quarters;
        }
    }

    private static CurvePoint Sum(in CurvePoint sum, in CurvePoint row) => sum with
    {
        Viewers = sum.Viewers + row.Viewers,
        Hidden = sum.Hidden + row.Hidden,
        Guests = sum.Guests + row.Guests,
        Peak = Math.Max(sum.Peak, row.Peak),
        Joins = sum.Joins + row.Joins,
        Leaves = sum.Leaves + row.Leaves,
        Recorded = sum.Recorded + row.Recorded,
    };

    /// <summary>The average of the broadcasts before one, at the same distance from the start.</summary>
    private UsualBroadcast? Usual(HistoryReader reader, Broadcast broadcast, HistoryCurve curve)
    {
        var others = reader.Broadcasts(
            """
            b."RoomNo" = (SELECT "No" FROM "HistoryRooms" WHERE "RoomId" = $1) AND b."StartedAt" < $2 AND b."SummarisedAt" IS NOT NULL
            ORDER BY b."StartedAt" DESC LIMIT $3
            """,
            broadcast.RoomId, broadcast.StartedAt.ToUnixTimeMilliseconds(), (long)UsualBroadcasts);
        if (others.Count == 0 || curve.Points.Count == 0)
            return null;

        var (now, step) = (database.Now(), curve.Points[0].Span.Length);
        var sums = new double[curve.Points.Count];
        foreach (var other in others)
        {
            var span = new HistorySpan(other.StartedAt, other.EndedAt!.Value);
            var points = Curve(reader, reader.RoomNo(other.RoomId), span.From, span.Until, StepOf(span, now), TimeZoneInfo.Utc).Points;
            for (var (number, next) = (0, 0); number < sums.Length && next < points.Count; number++)
            {
                var at = points[0].Span.From + (number * step);
                while (next < points.Count && points[next].Span.Until <= at)
                    next++;
                if (next < points.Count)
                    sums[number] += points[next].Average;
            }
        }
        return new UsualBroadcast(others.Count, [.. sums.Select(sum => sum / others.Count)], others.Average(other => other.Figures!.People), others.Average(other => other.Figures!.Peak));
    }

    /// <summary>Reads on a thread of the pool: SQLite does not wait without one.</summary>
    private Task<T> ReadAsync<T>(Func<HistoryReader, T> read, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var reader = new HistoryReader(database);
            return read(reader);
        },
        cancellationToken);
}
