using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Tests.Contracts;

/// <summary>
/// The rules of presence, written down with lists and loops: slow and obviously right. The model test holds the engine to it.
/// </summary>
internal sealed class NaivePresence(PresenceLimits limits)
{
    private readonly List<NaiveSession> _sessions = [];
    private int _stays;

    public PresenceSettings Settings { get; set; } = PresenceSettings.Default;

    /// <summary>Presence time, in seconds since the start.</summary>
    public TimeSpan Now { get; set; }

    public List<(string Room, ChangeKind Kind, string User, LeaveReason Reason, TimeSpan At)> Changes { get; } = [];

    public HeartbeatOutcome Heartbeat(string room, string user, string session, ViewerState state, bool guest)
    {
        if (!Settings.Enabled)
            return HeartbeatOutcome.NetworkDisabled;

        if (Find(room, user, session) is { } present && Now < present.Deadline)
        {
            Promise(present, state);
            return HeartbeatOutcome.Accepted;
        }

        ExpireWhere(other => other.Room == room && other.User == user, Now);
        if (_sessions.Count >= limits.Sessions)
            return HeartbeatOutcome.SessionLimit;
        var others = SessionsOf(room, user);
        if (others.Count == 0 && _sessions.Where(other => other.User == user).Select(other => other.Room).Distinct().Count() >= limits.RoomsPerUser)
            return HeartbeatOutcome.RoomsPerUserLimit;

        var added = new NaiveSession(room, user, session)
        {
            Stay = ++_stays,
            IsGuest = others.Count == 0 ? guest : others[0].IsGuest,
            ViewerJoinedAt = others.Count == 0 ? Now : others[0].ViewerJoinedAt,
        };
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
        if (settings.Enabled)
            return;
        ExpireWhere(_ => true, Now);
        while (_sessions.Count > 0)
            End(_sessions[0], LeaveReason.Disabled, Now);
    }

    /// <summary>Everyone comes back, in the order of joining, with a full timeout.</summary>
    public void Restart()
    {
        var stored = _sessions.OrderBy(session => session.ViewerJoinedAt).ThenBy(session => session.Stay).ToList();
        _sessions.Clear();
        foreach (var session in stored)
            Promise(session, session.State);
    }

    public RoomCount Count(string room)
    {
        var viewers = ViewersOf(room);
        return new(
            viewers.Count,
            _sessions.Count(session => session.Room == room),
            viewers.Count(viewer => viewer[0].IsGuest),
            viewers.Count(viewer => StateOf(viewer) == ViewerState.Hidden),
            viewers.Count(viewer => viewer.TrueForAll(session => session.IsFading)),
            default);
    }

    public IEnumerable<string> ByJoin(string room) =>
        ViewersOf(room).OrderBy(viewer => viewer[0].ViewerJoinedAt).Select(viewer => viewer[0].User);

    public IEnumerable<(string User, TimeSpan LastHeartbeat, ViewerState State, int Sessions)> ByHeartbeat(string room) =>
        ViewersOf(room)
            .Select(viewer => (viewer[0].User, LastHeartbeat: viewer.Max(session => session.HeartbeatAt), State: StateOf(viewer), viewer.Count))
            .OrderByDescending(viewer => viewer.LastHeartbeat);

    public int DistinctViewers => _sessions.Select(session => session.User).Distinct().Count();

    public int Sessions => _sessions.Count;

    private void Promise(NaiveSession session, ViewerState state)
    {
        _sessions.Remove(session);
        _sessions.Add(session);
        session.State = state;
        session.HeartbeatAt = Now;
        session.Deadline = Now + Settings.PresenceTimeout;
        session.Grace = Settings.HeartbeatInterval + TimeSpan.FromSeconds(Math.Max(2, Settings.HeartbeatInterval.TotalSeconds / 10));
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

    private List<List<NaiveSession>> ViewersOf(string room) =>
        [.. _sessions.Where(session => session.Room == room).GroupBy(session => session.User).Select(viewer => viewer.ToList())];

    private static ViewerState StateOf(List<NaiveSession> viewer) => viewer.Min(session => session.State);
}
