using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Stage;

namespace Presence.Engine;

/// <content>What moderators decide about rooms and viewers. In memory; the stores make it durable first.</content>
public sealed partial class PresenceEngine
{
    private DateTimeOffset _sweptUtc;
    private long _sweptNow;

    /// <summary>Decides what may be forgotten for good; the database's, which knows of former runs, where there is one.</summary>
    internal SteadyClock Steady { get; set; }

    /// <summary>Says what is special about a room, or with null that nothing is; in force at once.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    /// <param name="definition">Title, status, overrides; each override valid by rule 5 on its own.</param>
    /// <returns>False, and nothing changed, when the cap on defined rooms is reached.</returns>
    /// <remarks><para><b>Guarantee.</b> After this returns for a disabled or ended room, the room is empty and no viewer can join. A shorter timeout drops no viewer (rule 4).</para></remarks>
    public bool Define(string roomId, RoomDefinition? definition)
    {
        lock (_applying)
        {
            if (!_network.Catalogue.TrySet(roomId, definition))
                return false;
            try
            {
                if (_rooms.TryGetValue(roomId, out var room))
                    EmptyIfClosed(room);
            }
            finally
            {
                _network.Watches.Signal();
                Record(FeedEventKind.RoomDefined, roomId, null);
            }
            return true;
        }
    }

    /// <summary>Says what holds in rooms by the beginning of their id, instead of what was said before; in force at once.</summary>
    /// <param name="rules">All of them, by prefix; each override valid by rule 5 on its own.</param>
    /// <remarks>
    /// <para><b>Cost.</b> A glance at every room.</para>
    /// <para><b>Guarantee.</b> As of <see cref="Apply"/>, for the rooms they are for.</para>
    /// </remarks>
    public void SetPrefixes(IEnumerable<KeyValuePair<string, RoomOverrides>> rules)
    {
        lock (_applying)
        {
            _network.Catalogue.Prefixes = new PrefixRules(rules);
            try
            {
                ForEveryRoom(EmptyIfClosed);
            }
            finally
            {
                _network.Watches.Signal();
                Record(FeedEventKind.SettingsApplied, null, null);
            }
        }
    }

    /// <summary>Says to those who watch the network that something about the settings changed which is none of their values.</summary>
    internal void SignalSettings() => _network.Watches.Signal();

    /// <summary>Keeps a viewer out of a room or the network from now on, and ends its sessions there.</summary>
    /// <returns>False, and nothing changed, when the cap on removals is reached.</returns>
    /// <remarks>
    /// <para><b>Cost.</b> One room's lock; for the whole network every room's, one after the other.</para>
    /// <para><b>Guarantee.</b> Once this returned the user is not present there, and its heartbeats are refused until the removal ends or is lifted.</para>
    /// </remarks>
    public bool Remove(Removal removal)
    {
        if (!_network.Removals.TryAdd(removal))
        {
            _network.Removals.Prune(Steady.Now()); // expired bans free their places
            if (!_network.Removals.TryAdd(removal))
                return false;
        }
        try
        {
            EndRemoved(removal);
        }
        finally
        {
            Record(FeedEventKind.Banned, removal.RoomId, removal.UserId);
        }
        return true;
    }

    /// <summary>Lets a removed viewer in again, with its next heartbeat; false when it was not removed.</summary>
    public bool Lift(string userId, string? roomId)
    {
        if (!_network.Removals.TryLift(userId, roomId))
            return false;
        Record(FeedEventKind.BanLifted, roomId, userId);
        return true;
    }

    /// <summary>What keeps a user out of a room (or, with null, of the network) now; null when nothing does.</summary>
    public Removal? RemovalOf(string userId, string? roomId) => _network.Removals.Find(userId, roomId, _clock.UtcOf(_clock.Now()));

    /// <summary>The ban in force that names a device, by its hash; null when none does.</summary>
    public Removal? RemovalOfDevice(string device) => _network.Removals.FindDevice(device, _clock.UtcOf(_clock.Now()));

    /// <summary>Rises when a ban names devices; 0 while none ever did.</summary>
    public int DeviceBanVersion => _network.Removals.DeviceVersion;

    /// <summary>The removals in force.</summary>
    public IReadOnlyList<Removal> Removals() => _network.Removals.InForce(_clock.UtcOf(_clock.Now()));

    /// <summary>The rooms of which something is said.</summary>
    internal IEnumerable<string> DefinedRooms => _network.Catalogue.Ids;

    /// <summary>Forgets removals that ended at an instant or before it, and may never be in force again.</summary>
    internal void ForgetRemovals(DateTimeOffset until) => _network.Removals.Prune(until);

    /// <summary>Tells readers of the feed what moderators decided, once everybody it concerns has left.</summary>
    private void Record(FeedEventKind kind, string? roomId, string? userId) =>
        Feed.Record(new() { Kind = kind, At = _clock.Now(), RoomId = roomId, UserId = userId, SettingsVersion = Settings.Version });

    private void EndRemoved(Removal removal)
    {
        var hash = PresenceComparers.UserId.GetHashCode(removal.UserId);
        if (removal.RoomId is null)
        {
            ForEveryRoom(room => room.EndUser(removal.UserId, hash, LeaveReason.Removed));
        }
        else if (_rooms.TryGetValue(removal.RoomId, out var room))
        {
            room.EndUser(removal.UserId, hash, LeaveReason.Removed);
        }
    }

    /// <summary>A viewer who joined while the wall clock was ahead of the end of the ban is removed again once the clock is corrected.</summary>
    private void EndRemovedAfterAStepBack(long now)
    {
        var utc = _clock.UtcOf(now);
        var isStepBack = utc - _sweptUtc < TimeSpan.FromTicks(now - _sweptNow) - TimeSpan.FromSeconds(1);
        (_sweptUtc, _sweptNow) = (utc, now);
        if (!isStepBack)
            return;
        foreach (var removal in _network.Removals.InForce(utc))
            EndRemoved(removal);
    }

    private static void EmptyIfClosed(Room room)
    {
        if (room.ClosedFor() is { } reason)
            room.Empty(reason);
        room.Signal();
    }

    internal StageInvitations Stage => _network.Stage;

    /// <summary>The latest invitation of a viewer in a room; null when there is none.</summary>
    /// <remarks><para><b>Cost.</b> One look-up; no lock.</para></remarks>
    public StageInvitation? InvitationOf(string roomId, string userId) => Stage.Of(roomId, userId);

    /// <summary>The latest invitation of each viewer of a room, the oldest first.</summary>
    /// <remarks><para><b>Cost.</b> A look at every invitation of the network, of which there are few.</para></remarks>
    public IReadOnlyList<StageInvitation> InvitationsIn(string roomId) =>
        [.. Stage.All.Where(invitation => PresenceComparers.RoomId.Equals(invitation.RoomId, roomId)).OrderBy(invitation => invitation.InvitedAt).ThenBy(invitation => invitation.Id, StringComparer.Ordinal)];

    /// <summary>The hands raised in a room, in their order.</summary>
    public IReadOnlyList<RaisedHand> HandsIn(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Hands() : [];

    /// <summary>Lowers a viewer's raised hand, or with null all of a room; how many were up.</summary>
    public int LowerHands(string roomId, string? userId) => _rooms.TryGetValue(roomId, out var room) ? room.LowerHands(userId) : 0;

    /// <summary>Puts an invitation in force; one whose viewer has left meanwhile is over at once.</summary>
    internal void Invite(StageInvitation invitation)
    {
        Stage.Set(invitation);
        EndIfAbsent(invitation);
        SignalStage(invitation.RoomId);
    }

    /// <summary>Ends an open invitation whose viewer is not in the room: after a restart that did not bring it back.</summary>
    internal void EndIfAbsent(StageInvitation invitation)
    {
        if (invitation.IsOpen && Find(invitation.RoomId, invitation.UserId) is null)
            Stage.Leave(invitation.RoomId, invitation.UserId, _clock.UtcOf(_clock.Now()));
    }

    /// <summary>Tells pages that a room's stage is another.</summary>
    internal void SignalStage(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var room))
            room.Signal();
    }
}
