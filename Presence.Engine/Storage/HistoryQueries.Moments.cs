using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <content>Instants and stretches: who was there, who left and why, what happened meanwhile.</content>
public sealed partial class HistoryQueries
{
    /// <summary>How far back <see cref="ReadAwayAsync"/> looks.</summary>
    private static readonly TimeSpan LongestAway = TimeSpan.FromDays(30);

    private static readonly TimeSpan LongestDrop = TimeSpan.FromDays(1);

    /// <summary>Of the rooms that are live, so many of the largest are looked at for falls.</summary>
    private const int MostLiveRooms = 20;

    /// <inheritdoc/>
    public Task<RoomMoment> ReadMomentAsync(string roomId, DateTimeOffset at, int skip = 0, int take = PresenceLimits.Page, CancellationToken cancellationToken = default)
    {
        var there = present(roomId);
        return ReadAsync(
            reader =>
            {
                var visits = Touching(reader, roomId, new HistorySpan(at, at), there).Select(visit => visit.Visit).Where(visit => IsThere(visit, at)).ToList();
                return new RoomMoment(at, visits.Count, visits.Count(visit => visit.IsGuest), [.. visits.Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 0, PresenceLimits.Page))]);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MomentComparison> CompareMomentsAsync(string roomId, DateTimeOffset from, DateTimeOffset until, int take = PresenceLimits.Page, CancellationToken cancellationToken = default)
    {
        if (until < from)
            throw new ArgumentException("The second instant must not be before the first.", nameof(until));
        take = Math.Clamp(take, 0, PresenceLimits.Page);
        var there = present(roomId);
        return ReadAsync(
            reader =>
            {
                var before = new Dictionary<object, Visit>();
                var after = new Dictionary<object, Visit>();
                var latest = new Dictionary<object, Visit>();
                foreach (var (person, visit) in Touching(reader, roomId, new HistorySpan(from, until), there))
                {
                    if (IsThere(visit, from))
                        before[person] = visit;
                    if (IsThere(visit, until))
                        after[person] = visit;
                    latest[person] = visit; // the last is the one they left with: they are in order
                }
                var gone = before.Keys.Where(person => !after.ContainsKey(person)).Select(person => latest[person]).ToList();
                return new MomentComparison(
                    before.Count, after.Count, before.Count - gone.Count,
                    [.. gone.OrderBy(visit => visit.LeftAt).Take(take)],
                    [.. after.Where(visit => !before.ContainsKey(visit.Key)).Select(visit => visit.Value).OrderBy(visit => visit.JoinedAt).Take(take)]);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DropReport> ReadDropAsync(string roomId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        if (until <= from || until - from > LongestDrop)
            throw new ArgumentException("The stretch must end after it begins, and last a day at most.", nameof(until));
        var there = present(roomId);
        var events = await ReadEventsAsync(roomId, from - TimeSpan.FromMinutes(15), until.AddMilliseconds(1), LargestPage, cancellationToken);
        return await ReadAsync(
            reader =>
            {
                var facts = reader.Facts(reader.RoomNo(roomId), new HistorySpan(from - TimeSpan.FromMinutes(15), until), there, isWhole: false);
                return VisitStatistics.Drop(new HistorySpan(from, until), facts.Span, [.. events.Reverse()], facts.Devices);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<HistoryEvent>> ReadEventsAsync(string? roomId, DateTimeOffset from, DateTimeOffset until, int take = 100, CancellationToken cancellationToken = default) =>
        HistoryEvents.ReadAsync(database, roomId, from, until, Math.Clamp(take, 1, LargestPage), cancellationToken);

    /// <inheritdoc/>
    public async Task<AwayReport> ReadAwayAsync(DateTimeOffset since, int take = 20, RoomSet? within = null, CancellationToken cancellationToken = default)
    {
        var now = database.Now();
        since = since < now - LongestAway ? now - LongestAway : since > now ? now : since;
        var events = await ReadEventsAsync(roomId: null, since, now.AddMilliseconds(1), LargestPage, cancellationToken);
        if (within is not null)
            events = [.. events.Where(happened => happened.RoomId is { } roomId && within.Contains(roomId))];
        var (broadcasts, _) = await ReadBroadcastsAsync(new BroadcastQuery { From = since, Within = within, Take = PresenceLimits.Page }, cancellationToken);
        return await ReadAsync(
            reader =>
            {
                var items = new List<(double Weight, AwayItem Item)>();
                foreach (var happened in events)
                {
                    var kind = KindOf(happened);
                    items.Add((kind == AwayKind.RoomChanged ? 0.1 : 1, new AwayItem(kind, happened.At, happened.RoomId) { Event = happened }));
                }
                var live = 0;
                foreach (var broadcast in broadcasts)
                {
                    if (broadcast.EndedAt is { } endedAt)
                        items.Add((broadcast.Figures?.People ?? 0, new AwayItem(AwayKind.BroadcastEnded, endedAt, broadcast.RoomId) { Broadcast = broadcast }));
                    else if (broadcast.StartedAt >= since)
                        items.Add((0, new AwayItem(AwayKind.BroadcastStarted, broadcast.StartedAt, broadcast.RoomId) { Broadcast = broadcast }));
                    var moments = broadcast.Figures is not null ? MomentsOf(reader, broadcast.Id) : live++ < MostLiveRooms ? Falls(reader, broadcast, since, now) : [];
                    foreach (var moment in moments.Where(moment => moment.Change < 0 && moment.Until > since && moment.Cause is not MomentCause.End))
                        items.Add((-moment.Change, new AwayItem(AwayKind.Drop, moment.Until, broadcast.RoomId) { Drop = moment, Broadcast = broadcast }));
                }
                return new AwayReport(
                    since,
                    [.. items.OrderBy(item => item.Item.Kind).ThenByDescending(item => item.Weight).ThenByDescending(item => item.Item.At).Select(item => item.Item).Take(Math.Clamp(take, 1, PresenceLimits.Page))],
                    within is null ? PeakSince(reader, since, now) : null,
                    within is not null ? broadcasts.Count(broadcast => broadcast.EndedAt is not null) : (int)reader.Numbers("""SELECT count(*) FROM "Broadcasts" WHERE "EndedAt" > $1 AND "HadViewers" = 1""", since.ToUnixTimeMilliseconds())[0]);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Visit>> FindDepartedAsync(string text, int take = 8, RoomSet? within = null, CancellationToken cancellationToken = default)
    {
        var wanted = Letters.Fold(text);
        take = Math.Clamp(take, 1, PresenceLimits.Page);
        if (wanted.Length is 0 or > PresenceLimits.SearchLength)
            return Task.FromResult<IReadOnlyList<Visit>>([]);
        var since = database.Now().AddHours(-1);
        return ReadAsync<IReadOnlyList<Visit>>(
            reader =>
            {
                var visits = new List<Visit>();
                foreach (var person in reader.SeenSince(since))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Letters.Contains(person.UserId, wanted) || (person.Name is { } name && Letters.Contains(name, wanted)))
                        visits.AddRange(reader.VisitsOf(person.No, VisitPlace.Last, 1, within).Select(visit => visit.Visit).Where(visit => within is null || visit.LeftAt >= since));
                    if (visits.Count == take)
                        break;
                }
                return visits;
            },
            cancellationToken);
    }

    private static bool IsThere(in Visit visit, DateTimeOffset at) => visit.JoinedAt <= at && (visit.LeftAt > at || visit.Reason == LeaveReason.None);

    private static AwayKind KindOf(HistoryEvent happened) => happened switch
    {
        { Kind: HistoryEventKind.SettingsChanged, Settings.Enabled: false, SettingsBefore.Enabled: true } => AwayKind.Disabled,
        { Kind: HistoryEventKind.RoomChanged, Room.Overrides.Enabled: false } => AwayKind.Disabled,
        { Kind: HistoryEventKind.SettingsChanged } => AwayKind.SettingsChanged,
        { Kind: HistoryEventKind.RoomChanged } => AwayKind.RoomChanged,
        _ => AwayKind.Ban,
    };

    /// <summary>The visits of a room that touch a stretch, each with what tells its person apart, those present included, in order.</summary>
    private static List<(object Person, Visit Visit)> Touching(HistoryReader reader, string roomId, HistorySpan span, IReadOnlyList<Visit> present)
    {
        var visits = new List<(object Person, Visit Visit)>();
        if (reader.RoomNo(roomId) is { } room)
        {
            // What begins at the end of the stretch is there then.
            foreach (var (place, visit) in reader.Visits(room, span.From.AddMilliseconds(-1), span.Until.AddMilliseconds(1), VisitPlace.First, int.MaxValue))
                visits.Add((visit.UserId.Length > 0 ? visit.UserId : place.PersonNo, visit));
        }
        if (present.Count == 0)
            return visits;
        var stored = visits.Select(visit => (visit.Person, visit.Visit.JoinedAt.ToUnixTimeMilliseconds())).ToHashSet();
        visits.AddRange(present.Where(visit => visit.JoinedAt <= span.Until && !stored.Contains((visit.UserId, visit.JoinedAt.ToUnixTimeMilliseconds()))).Select(visit => ((object)visit.UserId, visit.Named)));
        visits.Sort((one, other) => one.Visit.JoinedAt != other.Visit.JoinedAt
            ? one.Visit.JoinedAt.CompareTo(other.Visit.JoinedAt)
            : string.CompareOrdinal(one.Visit.UserId, other.Visit.UserId));
        return visits;
    }

    /// <summary>The falls of a broadcast that goes on.</summary>
    private IReadOnlyList<BroadcastMoment> Falls(HistoryReader reader, Broadcast broadcast, DateTimeOffset since, DateTimeOffset now)
    {
        var span = new HistorySpan(broadcast.StartedAt > since ? broadcast.StartedAt : since, now);
        var facts = reader.Facts(reader.RoomNo(broadcast.RoomId), span, present(broadcast.RoomId), isWhole: false);
        return VisitStatistics.Moments(span, facts.Span, [], facts.Devices);
    }

    /// <summary>The network's highest minute, or quarter of an hour; null when nothing was recorded.</summary>
    private static CurvePoint? PeakSince(HistoryReader reader, DateTimeOffset since, DateTimeOffset now)
    {
        var isShort = now - since <= TimeSpan.FromDays(2);
        var points = reader.Minutes(isShort ? MinuteStep.Minute : MinuteStep.Quarter, HistoryTables.Network, HistoryCalendar.BeginOf(since, isShort ? HistoryStep.Minute : HistoryStep.Quarter, TimeZoneInfo.Utc), now);
        return points.Count == 0 ? null : points.MaxBy(point => point.Peak);
    }
}

/// <summary>Changes made by people, out of the audit log.</summary>
internal static class HistoryEvents
{
    private static readonly string[] Acts = [AuditActs.RoomChanged, AuditActs.RoomDeleted, AuditActs.BanCreated, AuditActs.BanLifted];

    /// <summary>Those of a room and of the network, or with null of everything, the latest first.</summary>
    public static async Task<IReadOnlyList<HistoryEvent>> ReadAsync(PresenceDatabase database, string? roomId, DateTimeOffset from, DateTimeOffset until, int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Audit.AsNoTracking()
            .Where(e => Acts.Contains(e.Act) && e.At >= from && e.At < until && (roomId == null || e.RoomId == null || e.RoomId == roomId))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(take).ToListAsync(cancellationToken);
        var versions = await context.Settings.AsNoTracking().Where(s => s.UpdatedAt >= from && s.UpdatedAt < until).OrderByDescending(s => s.Version).Take(take).ToListAsync(cancellationToken);
        var oldest = versions.Count > 0 ? versions[^1].Version - 1 : 0;
        if (versions.Count > 0 && await context.Settings.AsNoTracking().FirstOrDefaultAsync(s => s.Version == oldest, cancellationToken) is { } earlier)
            versions.Add(earlier);
        return
        [
            .. records.Select(ToEvent)
                .Concat(versions.Where(version => version.UpdatedAt >= from && version.UpdatedAt < until).Select(version => ToEvent(version, versions.Find(other => other.Version == version.Version - 1))))
                .OrderByDescending(happened => happened.At).Take(take),
        ];
    }

    private static HistoryEvent ToEvent(AuditRecord act) => new(
        act.Act switch { AuditActs.BanCreated => HistoryEventKind.Banned, AuditActs.BanLifted => HistoryEventKind.BanLifted, _ => HistoryEventKind.RoomChanged }, act.At)
    {
        RoomId = act.RoomId,
        UserId = act.IsErased ? "" : act.UserId,
        By = act.Actor,
        RoomBefore = act.Act is AuditActs.RoomChanged or AuditActs.RoomDeleted ? RoomStore.DefinitionOf(act.Old) : null,
        Room = act.Act is AuditActs.RoomChanged or AuditActs.RoomDeleted ? RoomStore.DefinitionOf(act.New) : null,
        BannedUntil = act.Act == AuditActs.BanCreated && act.New is { } ban ? RemovalStore.UntilOf(ban) : null,
        Reason = act.Reason,
    };

    public static HistoryEvent ToEvent(SettingsRecord record, SettingsRecord? before) => new(HistoryEventKind.SettingsChanged, record.UpdatedAt)
    {
        By = record.UpdatedBy,
        Settings = SettingsStore.ToSettings(record),
        SettingsBefore = before is null ? null : SettingsStore.ToSettings(before),
        Reason = record.Reason,
    };
}
