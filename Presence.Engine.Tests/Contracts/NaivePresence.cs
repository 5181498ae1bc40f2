using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Tests.Contracts;

/// <summary>
/// The rules of presence, written down with lists and loops: slow and obviously right. The model test holds the engine to it.
/// </summary>
internal sealed class NaivePresence(PresenceLimits limits)
{
    private readonly List<NaiveSession> _sessions = [];
    private readonly Dictionary<string, RoomDefinition> _definitions = [];
    private readonly List<Removal> _removals = [];
    private readonly HashSet<string> _optOuts = [];
    private readonly Dictionary<string, string[]> _channels = [];
    private readonly Dictionary<string, TimeSpan> _lastJoinedAt = [];
    private int _stays;

    public PresenceSettings Settings { get; set; } = PresenceSettings.Default;

    /// <summary>Presence time since the start.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>The wall clock's reading at the start, were it right now.</summary>
    public DateTimeOffset Epoch { get; set; }

    /// <summary>How much of it the machine slept so far: a viewer who is stored by another session after that came before it.</summary>
    public TimeSpan Slept { get; set; }

    public IReadOnlyDictionary<string, RoomDefinition> Definitions => _definitions;

    public IReadOnlyList<Removal> Removals => _removals;

    public IReadOnlySet<string> OptOuts => _optOuts;

    public IReadOnlyDictionary<string, string[]> ChannelMembers => _channels;

    public List<(string Room, ChangeKind Kind, string User, LeaveReason Reason, TimeSpan At)> Changes { get; } = [];

    public HeartbeatOutcome Heartbeat(string room, string user, string session, ViewerState state, bool guest)
    {
        if (Verdict(room) is var verdict and not HeartbeatOutcome.Accepted)
            return verdict;

        if (Find(room, user, session) is { } present && Now < present.Deadline)
        {
            Promise(present, state);
            return HeartbeatOutcome.Accepted;
        }

        ExpireWhere(other => other.Room == room && other.User == user, Now);
        if (RemovalOf(user, room) is { } removal)
            return removal.RoomId is null ? HeartbeatOutcome.Banned : HeartbeatOutcome.Removed;
        if (room.Length == 0 ? OnlineUsers.Count >= limits.Sessions : Sessions >= limits.Sessions)
            return HeartbeatOutcome.SessionLimit;
        var others = SessionsOf(room, user);
        if (room.Length > 0 && others.Count == 0 && RoomsOf(user).Count() >= limits.RoomsPerUser)
            return HeartbeatOutcome.RoomsPerUserLimit;

        var added = new NaiveSession(room, user, session)
        {
            Stay = ++_stays,
            FirstState = state,
            IsGuest = others.Count == 0 ? guest : others[0].IsGuest,
            ViewerJoinedAt = others.Count == 0 ? NextJoinedAt(room, Now) : others[0].ViewerJoinedAt,
        };
        added.SleptBefore = others.Count == 0 ? Slept : others[0].SleptBefore;
        added.StoredJoinedAt = Epoch + added.ViewerJoinedAt - (Slept - added.SleptBefore);
        Promise(added, state);
        if (others.Count == 0)
            Changes.Add((room, ChangeKind.Joined, user, LeaveReason.None, Now));
        if (others.Count >= limits.SessionsPerUserAndRoom)
            _sessions.Remove(others.OrderBy(other => other.HeartbeatAt).ThenBy(other => other.Stay).First());
        return HeartbeatOutcome.Accepted;
    }

    public bool Leave(string room, string user, string session)
    {
        ExpireWhere(other => other.Room == room && other.User == user, Now);
        var present = Find(room, user, session);
        if (present is null)
            return false;
        End(present, LeaveReason.Left, Now);
        return true;
    }

    public void Sweep()
    {
        ExpireWhere(_ => true, Now);
        foreach (var session in _sessions)
            session.IsFading |= Now - session.HeartbeatAt > session.Grace;
    }

    public void Apply(PresenceSettings settings)
    {
        Settings = settings;
        EmptyClosedRooms();
    }

    public void Define(string room, RoomDefinition? definition)
    {
        if (definition is null)
            _definitions.Remove(room);
        else
            _definitions[room] = definition;
        EmptyClosedRooms();
    }

    public void Remove(Removal removal)
    {
        Lift(removal.UserId, removal.RoomId);
        _removals.Add(removal);
        bool IsMeant(NaiveSession session) => session.User == removal.UserId && (removal.RoomId is null || removal.RoomId == session.Room);
        ExpireWhere(IsMeant, Now);
        foreach (var session in _sessions.FindAll(IsMeant))
            End(session, LeaveReason.Removed, Now);
    }

    public void Lift(string user, string? room) => _removals.RemoveAll(removal => removal.UserId == user && removal.RoomId == room);

    public void SetOptOut(string user, bool isOut)
    {
        if (isOut)
            _optOuts.Add(user);
        else
            _optOuts.Remove(user);
    }

    public void SetChannelMembers(string channel, string[] members) => _channels[channel] = members;

    public int OnlineIn(string channel, string? asking) =>
        _channels.GetValueOrDefault(channel, []).Distinct().Count(user => user != asking && !_optOuts.Contains(user) && OnlineUsers.Exists(session => session.User == user));

    /// <summary>
    /// Everyone comes back, in the order of the stored instants of joining, with a full timeout. An instant is what the wall
    /// clock said: when the session came, or now where everybody is stored anew.
    /// </summary>
    public void Restart(bool asWhenTheyCame)
    {
        if (!asWhenTheyCame)
            _sessions.ForEach(session => session.StoredJoinedAt = Epoch + session.ViewerJoinedAt);
        var stored = _sessions.OrderBy(session => session.StoredJoinedAt).ThenBy(session => session.Stay).ToList();
        _sessions.Clear();
        _lastJoinedAt.Clear();
        foreach (var session in stored)
        {
            if (RemovalOf(session.User, session.Room) is not null)
                continue;
            var others = SessionsOf(session.Room, session.User);
            var joinedAt = session.StoredJoinedAt - Epoch;
            session.ViewerJoinedAt = others.Count > 0 ? others[0].ViewerJoinedAt : NextJoinedAt(session.Room, joinedAt < Now ? joinedAt : Now);
            session.SleptBefore = Slept;
            Promise(session, asWhenTheyCame ? session.FirstState : session.State);
        }
    }

    public RoomCount Count(string room)
    {
        var viewers = Viewers(room);
        return new(
            viewers.Count,
            _sessions.Count(session => session.Room == room),
            viewers.Count(viewer => viewer.IsGuest),
            viewers.Count(viewer => viewer.State == ViewerState.Hidden),
            viewers.Count(viewer => viewer.IsFading),
            default);
    }

    public List<NaiveViewer> Viewers(string room) =>
        [.. _sessions.Where(session => session.Room == room).GroupBy(session => session.User).Select(sessions => new NaiveViewer(
            sessions.Key,
            sessions.First().IsGuest,
            sessions.First().ViewerJoinedAt,
            sessions.Max(session => session.HeartbeatAt),
            sessions.Min(session => session.State),
            sessions.All(session => session.IsFading),
            sessions.Count()))];

    public (TimeSpan Interval, TimeSpan Timeout) InForce(string room)
    {
        var overrides = _definitions.GetValueOrDefault(room, RoomDefinition.Unknown).Overrides;
        var interval = overrides.HeartbeatInterval ?? Settings.HeartbeatInterval;
        var timeout = overrides.PresenceTimeout ?? Settings.PresenceTimeout;
        var shortest = interval + TimeSpan.FromSeconds(5);
        return (interval, timeout < shortest ? shortest : timeout);
    }

    public Removal? RemovalOf(string user, string? room)
    {
        var inForce = _removals.FindAll(removal => removal.UserId == user && removal.Until > Epoch + Now);
        return inForce.Find(removal => removal.RoomId is null) ?? inForce.Find(removal => removal.RoomId == room);
    }

    public IEnumerable<string> RoomsOf(string user) =>
        _sessions.Where(session => session.User == user && session.Room.Length > 0).Select(session => session.Room).Distinct();

    public int Sessions => _sessions.Count(session => session.Room.Length > 0);

    public NetworkCount CountNetwork(IEnumerable<string> rooms)
    {
        var counts = rooms.Select(Count).ToList();
        return new(
            counts.Count(count => count.Viewers > 0),
            _sessions.Where(session => session.Room.Length > 0).Select(session => session.User).Distinct().Count(),
            Sessions,
            _sessions.Where(session => session.Room.Length > 0 && session.IsGuest).Select(session => session.User).Distinct().Count(),
            counts.Sum(count => count.Hidden),
            counts.Sum(count => count.Fading),
            default);
    }

    public List<NaiveSession> OnlineUsers => _sessions.FindAll(session => session.Room.Length == 0);

    private HeartbeatOutcome Verdict(string room)
    {
        var definition = _definitions.GetValueOrDefault(room, RoomDefinition.Unknown);
        if (!Settings.Enabled)
            return HeartbeatOutcome.NetworkDisabled;
        if (definition.Status == RoomStatus.Ended)
            return HeartbeatOutcome.RoomEnded;
        return definition.Overrides.Enabled == false ? HeartbeatOutcome.RoomDisabled : HeartbeatOutcome.Accepted;
    }

    private void EmptyClosedRooms()
    {
        bool IsClosed(NaiveSession session) => Verdict(session.Room) != HeartbeatOutcome.Accepted;
        ExpireWhere(IsClosed, Now);
        foreach (var session in _sessions.FindAll(IsClosed))
            End(session, Verdict(session.Room) == HeartbeatOutcome.RoomEnded ? LeaveReason.Ended : LeaveReason.Disabled, Now);
    }

    private void Promise(NaiveSession session, ViewerState state)
    {
        _sessions.Remove(session);
        _sessions.Add(session);
        session.State = state;
        session.HeartbeatAt = Now;
        var (interval, timeout) = InForce(session.Room);
        session.Deadline = Now + timeout;
        session.Grace = interval + TimeSpan.FromSeconds(Math.Max(2, interval.TotalSeconds / 10));
        session.IsFading = false;
    }

    private void ExpireWhere(Predicate<NaiveSession> where, TimeSpan now)
    {
        foreach (var session in _sessions.Where(session => where(session) && session.Deadline <= now).OrderBy(session => session.Deadline).ToList())
            End(session, LeaveReason.Timeout, session.Deadline);
    }

    private void End(NaiveSession session, LeaveReason reason, TimeSpan at)
    {
        _sessions.Remove(session);
        if (SessionsOf(session.Room, session.User).Count == 0)
            Changes.Add((session.Room, ChangeKind.Left, session.User, reason, at));
    }

    private NaiveSession? Find(string room, string user, string session) =>
        _sessions.Find(other => other.Room == room && other.User == user && other.Session == session);

    private List<NaiveSession> SessionsOf(string room, string user) => _sessions.FindAll(other => other.Room == room && other.User == user);

    /// <summary>Nobody in a room joined at the same instant as somebody else: it also orders.</summary>
    private TimeSpan NextJoinedAt(string room, TimeSpan at)
    {
        if (_lastJoinedAt.TryGetValue(room, out var last) && at <= last)
            at = last + TimeSpan.FromTicks(1);
        return _lastJoinedAt[room] = at;
    }
}
