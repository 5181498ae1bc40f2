using Presence.Engine.Stage;

namespace Presence.Engine;

/// <content>Who is invited to which stage. In memory; <see cref="Storage.StageStore"/> makes it durable first.</content>
public sealed partial class PresenceEngine
{
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
