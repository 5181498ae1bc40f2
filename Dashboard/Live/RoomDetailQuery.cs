using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Reads one room's numbers for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class RoomDetailQuery(IPresence presence, SettingsStore settings, RoomStore rooms, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>A chart's line is 2 KB on the wire and moves by a pixel a minute.</summary>
    private static readonly TimeSpan HourRefresh = TimeSpan.FromSeconds(2);

    /// <summary>No eye follows a list of names that changes faster.</summary>
    private static readonly TimeSpan MovementsRefresh = TimeSpan.FromSeconds(2);

    private const int MostMarks = 20;

    /// <summary>As many as a room remembers of those who left.</summary>
    private const int MostArrivals = 50;

    /// <summary>More than the lines of a tall screen.</summary>
    private const int FirstViewers = 60;

    private readonly long _began = time.GetTimestamp();
    private readonly SlidingWindow<(long Joined, long Left)> _flows = new();
    private string? _roomId;
    private RoomHour? _hour;
    private long _hourAt;
    private IReadOnlyList<Viewer> _arrivals = [];
    private IReadOnlyList<Departure> _departures = [];
    private long _movementsAt;
    private int _historyVersion;
    private IReadOnlyList<SettingsHistoryEntry> _history = [];

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    /// <param name="view">The room, and the viewers that the page lists.</param>
    public async ValueTask<RoomDetailViewModel> ReadAsync(RosterView view)
    {
        var roomId = view.RoomId;
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        if (_historyVersion != presence.Current.Settings.Version)
        {
            _historyVersion = presence.Current.Settings.Version;
            _history = await settings.HistoryAsync(MostMarks, CancellationToken.None);
        }
        var access = await guard.AccessAsync();

        // After all waits for the database, so that the page shows the latest state, all of one room.
        if (!PresenceComparers.RoomId.Equals(roomId, _roomId))
        {
            _roomId = roomId;
            _hour = null;
            _movementsAt = 0;
            _flows.Clear();
        }
        var snapshot = await presence.ReadRoomAsync(roomId, view.IsByPlace ? view.ToQuery() with { Limit = FirstViewers } : null);
        if (_hour is null || time.GetElapsedTime(_hourAt) >= HourRefresh)
            (_hour, _hourAt) = (HourOf(snapshot), time.GetTimestamp());
        if (_movementsAt == 0 || time.GetElapsedTime(_movementsAt) >= MovementsRefresh)
            (_arrivals, _departures, _movementsAt) = (await ReadArrivalsAsync(view.RoomId), snapshot.Departures, time.GetTimestamp());
        return new RoomDetailViewModel(view, snapshot, BurstOf(snapshot.Flow), _hour, _arrivals, _departures, access.Holds(ModeratorRole.Moderator, roomId)) { SeesNotes = access.Holds(ModeratorRole.Moderator, roomId: null), Bans = BansOf(_departures, roomId, access), Stage = await ReadStageAsync(snapshot) };
    }

    private async ValueTask<IReadOnlyList<Viewer>> ReadArrivalsAsync(string roomId) =>
        (await presence.ReadViewersAsync(roomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = MostArrivals })).Viewers;

    private async ValueTask<StageReading> ReadStageAsync(RoomSnapshot snapshot)
    {
        var invitations = presence.InvitationsIn(snapshot.Room.RoomId);
        StageInvitation[] open = [.. invitations.Where(invitation => invitation.IsOpen).OrderByDescending(invitation => invitation.Status)];
        RaisedHand[] hands = [.. snapshot.Hands.Take(StageReading.MostHands)];
        string[] userIds = [.. open.Select(invitation => invitation.UserId), .. hands.Select(hand => hand.UserId)];
        Dictionary<string, Viewer> viewers = userIds.Length == 0 ? new(PresenceComparers.UserId) : (await presence.ReadNamedViewersAsync(snapshot.Room.RoomId, [.. userIds.Distinct(PresenceComparers.UserId).Take(PresenceLimits.Page)])).Viewers.ToDictionary(viewer => viewer.UserId, PresenceComparers.UserId);
        string NameOf(string userId) => viewers.TryGetValue(userId, out var viewer) ? ViewerNames.Of(viewer) : VisibleText.IdOf(userId);
        return new StageReading(
            invitations.ToDictionary(invitation => invitation.UserId, PresenceComparers.UserId),
            [.. open.Select(invitation => new StageGuest(invitation, NameOf(invitation.UserId)))],
            [.. hands.Select(hand => new StageHand(hand, NameOf(hand.UserId)))],
            snapshot.Hands.Count);
    }

    /// <summary>The bans in force of those who were removed lately, which this moderator may lift.</summary>
    private Dictionary<string, Removal> BansOf(IReadOnlyList<Departure> departures, string roomId, ModeratorAccess access)
    {
        var bans = new Dictionary<string, Removal>(PresenceComparers.UserId);
        foreach (var departure in departures)
        {
            if (departure.Reason == LeaveReason.Removed && presence.RemovalOf(departure.UserId, roomId) is { } ban && access.Holds(ModeratorRole.Moderator, ban.RoomId))
                bans[departure.UserId] = ban;
        }
        return bans;
    }

    private RoomBurst BurstOf(RoomFlow flow)
    {
        var before = _flows.Note(time.GetElapsedTime(_began), (flow.Joined, flow.Left));
        return new RoomBurst(flow.Joined - before.Joined, flow.Left - before.Left, _flows.Covered);
    }

    private RoomHour HourOf(RoomSnapshot snapshot)
    {
        var since = snapshot.Trend.At - TimeSpan.FromHours(1);
        // The first version isn't a change.
        var changes = _history.Where(entry => entry.Previous is not null && entry.Settings.UpdatedAt > since).ToArray();
        var saves = rooms.RecentSaves(snapshot.Room.RoomId).Where(save => save.At > since).Take(MostMarks).ToArray();
        return new RoomHour(snapshot.Trend, snapshot.Flow, changes, saves);
    }
}

/// <summary>What a room's page shows: its numbers and its first viewers of one moment, its chart and who came and went some seconds old at most.</summary>
/// <param name="View">The viewers that the page lists.</param>
/// <param name="Snapshot">The moment.</param>
/// <param name="Burst">The last ten seconds.</param>
/// <param name="Hour">The last hour, some seconds old.</param>
/// <param name="Arrivals">Who is there and joined last, the latest first; of a moment two seconds ago at most.</param>
/// <param name="Departures">Who left last, the latest first; of a moment two seconds ago at most.</param>
/// <param name="MayAct">Whether this moderator may remove viewers and change the room.</param>
public sealed record RoomDetailViewModel(RosterView View, RoomSnapshot Snapshot, RoomBurst Burst, RoomHour Hour, IReadOnlyList<Viewer> Arrivals, IReadOnlyList<Departure> Departures, bool MayAct)
{
    /// <summary>The bans in force of those who were removed lately, which this moderator may lift; by user.</summary>
    public required IReadOnlyDictionary<string, Removal> Bans { get; init; }

    /// <summary>Whether notes on viewers are shown, which are of no room.</summary>
    public bool SeesNotes { get; init; }

    /// <summary>Who is invited, on the stage, or has a hand raised.</summary>
    public required StageReading Stage { get; init; }

    /// <summary>The room.</summary>
    public RoomSummary Room => Snapshot.Room;

    /// <summary>What its count is made of.</summary>
    public RoomExplanation Explanation => Snapshot.Explanation;

    /// <summary>How the count came about; it ends at the count.</summary>
    public RoomTrend Trend => Snapshot.Trend;

    /// <summary>The minute under way.</summary>
    public RoomMinute Minute => new(Room.Count.Viewers, Snapshot.Flow.Joins[^1], Snapshot.Flow.Leaves[^1]);

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public bool IsWarming => Snapshot.IsWarming;

    /// <summary>Whether presence is on in the room.</summary>
    public bool IsEnabled => Room.IsEnabled;
}

/// <summary>What a room's chart shows.</summary>
/// <param name="Trend">The viewer count.</param>
/// <param name="Flow">Joins and leaves.</param>
/// <param name="Changes">Changes of the network's settings within the hour, the latest first.</param>
/// <param name="Saves">Changes of what is special about the room within the hour, the latest first.</param>
public sealed record RoomHour(RoomTrend Trend, RoomFlow Flow, IReadOnlyList<SettingsHistoryEntry> Changes, IReadOnlyList<RoomSave> Saves);

/// <summary>The minute under way, as of now: the last point of a room's chart, which is drawn less often than the number beside it moves.</summary>
/// <param name="Viewers">Present now.</param>
/// <param name="Joins">Since the minute began.</param>
/// <param name="Leaves">Since the minute began.</param>
public readonly record struct RoomMinute(int Viewers, int Joins, int Leaves);

/// <summary>A room's place in a table of which only the rows on screen are there.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Line">1 for the first, pinned rooms counted.</param>
public readonly record struct RoomLine(string RoomId, int Line);

/// <summary>Folds many joins or leaves within ten seconds into one number, "+312 in 10 s".</summary>
internal sealed class BurstWindow
{
    private readonly SlidingWindow<int> _viewers = new();

    /// <summary>Notes a count; how it moved within the window if that is a burst, else null.</summary>
    public int? Note(TimeSpan at, int viewers)
    {
        var change = viewers - _viewers.Note(at, viewers);
        return IsBurst(change, viewers) ? change : null;
    }

    /// <summary>Worth a word: twenty people, and a tenth of those there.</summary>
    public static bool IsBurst(int change, int viewers) => Math.Abs((long)change) >= Math.Max(20, viewers / 10);
}

/// <summary>The joins and leaves of the last seconds, as two numbers.</summary>
/// <param name="Joined">Joins.</param>
/// <param name="Left">Leaves.</param>
/// <param name="Over">How far back that reaches; shorter than <see cref="SlidingWindow{T}.Length"/> while the page is new.</param>
public readonly record struct RoomBurst(long Joined, long Left, TimeSpan Over)
{
    /// <summary>Whole seconds of it, at least 1.</summary>
    public int Seconds => Math.Max(1, (int)Over.TotalSeconds);

    /// <summary>Whether "no joins or leaves" can be shown: not for seconds without a reading.</summary>
    public bool IsWhole => Over >= SlidingWindow<RoomBurst>.Length;
}

/// <summary>What was read within the last ten seconds, so that many small changes fold into one number.</summary>
/// <typeparam name="T">One reading.</typeparam>
/// <remarks><b>Bound.</b> Readings closer together than a page renders are one: 41.</remarks>
internal sealed class SlidingWindow<T>
{
    /// <summary>What is folded together.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Closest = RenderThrottle.ShortestPause;

    private readonly Queue<(TimeSpan At, T Reading)> _readings = [];
    private TimeSpan _latest = TimeSpan.MinValue;
    private TimeSpan _began;

    /// <summary>How far the latest note looked back: less than <see cref="Length"/> until there are notes for that long.</summary>
    public TimeSpan Covered { get; private set; }

    /// <summary>Notes a reading, and answers the oldest one of the window: itself where there is no other.</summary>
    /// <param name="at">When it was read; never earlier than the one before.</param>
    /// <param name="reading">What was read.</param>
    public T Note(TimeSpan at, T reading)
    {
        while (_readings.TryPeek(out var oldest) && at - oldest.At > Length)
            _readings.Dequeue();
        if (_readings.Count == 0)
            _began = at;
        var noted = at - _began;
        Covered = noted < Length ? noted : Length;
        if (_readings.Count == 0 || at - _latest >= Closest)
        {
            _readings.Enqueue((at, reading));
            _latest = at;
        }
        return _readings.Peek().Reading;
    }

    /// <summary>Forgets what was read: what comes next is of something else.</summary>
    public void Clear() => _readings.Clear();
}

/// <summary>Who is invited to a room's stage, is on it, or has a hand raised.</summary>
/// <param name="Invitations">The latest invitation of each viewer, by user.</param>
/// <param name="Guests">The open ones, those on the stage first, with names.</param>
/// <param name="Hands">The hands raised, in their order, with names; the first of many.</param>
/// <param name="HandCount">How many hands are raised.</param>
public sealed record StageReading(IReadOnlyDictionary<string, StageInvitation> Invitations, IReadOnlyList<StageGuest> Guests, IReadOnlyList<StageHand> Hands, int HandCount)
{
    /// <summary>More than a moderator works through at a glance.</summary>
    public const int MostHands = 50;

    /// <summary>Whether there is anything to show.</summary>
    public bool IsEmpty => Guests.Count == 0 && HandCount == 0;
}

/// <summary>Somebody invited to the stage, or on it.</summary>
/// <param name="Invitation">The invitation, which is open.</param>
/// <param name="Name">What the viewer is called.</param>
public sealed record StageGuest(StageInvitation Invitation, string Name);

/// <summary>Somebody with a raised hand.</summary>
/// <param name="Hand">The hand.</param>
/// <param name="Name">What the viewer is called.</param>
public sealed record StageHand(RaisedHand Hand, string Name);
