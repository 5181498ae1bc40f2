using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <summary>Counts, lists and forgets the viewers of live rooms. Skeleton of the facade: signatures are final, bodies follow.</summary>
public sealed class PresenceEngine
{
    public PresenceEngine(TimeProvider time, PresenceSettings settings, PresenceLimits limits) => throw new NotSupportedException("not yet built");

    public PresenceSettings Settings => throw new NotSupportedException("not yet built");
    public PresenceLimits Limits => throw new NotSupportedException("not yet built");

    /// <summary>True from a restore until one heartbeat interval has passed.</summary>
    public bool IsWarming => throw new NotSupportedException("not yet built");

    public HeartbeatReceipt Heartbeat(in Heartbeat heartbeat) => throw new NotSupportedException("not yet built");

    /// <summary>True when the session was present.</summary>
    public bool Leave(string roomId, string userId, string sessionId) => throw new NotSupportedException("not yet built");

    public RoomCount Count(string roomId) => throw new NotSupportedException("not yet built");
    public NetworkCount CountNetwork() => throw new NotSupportedException("not yet built");
    public ViewerPage Viewers(string roomId, ViewerQuery query) => throw new NotSupportedException("not yet built");
    public RoomPage Rooms(RoomQuery query) => throw new NotSupportedException("not yet built");
    public RoomSummary Room(string roomId) => throw new NotSupportedException("not yet built");
    public RoomTrend Trend(string roomId) => throw new NotSupportedException("not yet built");

    /// <summary>Puts settings in force at once. Disabling empties every room before it returns.</summary>
    public void Apply(PresenceSettings settings) => throw new NotSupportedException("not yet built");

    /// <summary>Shows a new name or picture for a user present somewhere; nothing happens for others.</summary>
    public void UpdateProfile(string userId, UserProfile profile) => throw new NotSupportedException("not yet built");

    /// <summary>Signals when a room's visible state changed.</summary>
    public DirtyWatch Watch(string roomId) => throw new NotSupportedException("not yet built");

    /// <summary>Signals when any room's visible state or the settings changed.</summary>
    public DirtyWatch WatchNetwork() => throw new NotSupportedException("not yet built");

    /// <summary>Every change of one room from now on, bounded; a gap is told when it could not keep up.</summary>
    public ChangeSubscription Subscribe(string roomId, int capacity) => throw new NotSupportedException("not yet built");

    /// <summary>What the membership writer drains.</summary>
    public MembershipJournal Journal => throw new NotSupportedException("not yet built");

    /// <summary>Expires what is due. Called once a second by the host's sweep loop.</summary>
    public void Sweep() => throw new NotSupportedException("not yet built");

    /// <summary>Brings back sessions after a restart; before anything else was recorded. Each gets one full timeout.</summary>
    public void Restore(IEnumerable<RestoredSession> sessions) => throw new NotSupportedException("not yet built");
}
