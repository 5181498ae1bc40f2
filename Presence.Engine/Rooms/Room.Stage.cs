using Presence.Engine.Stage;

namespace Presence.Engine.Rooms;

/// <content>The stage: invitations that heartbeats bring, and raised hands.</content>
internal sealed partial class Room
{
    /// <summary>Hands raised, in their order.</summary>
    public IReadOnlyList<RaisedHand> Hands()
    {
        if (!_hasHands)
            return [];
        lock (_lock)
            return HandsNeedsLock();
    }

    /// <summary>A moderator lowers a hand; with null all of them. How many were up.</summary>
    public int LowerHands(string? userId)
    {
        lock (_lock)
        {
            if (_rare.Hands is not { } hands)
                return 0;
            var lowered = userId is null ? hands.InOrder().Count(hand => hands.Lower(hand.UserId)) : hands.Lower(userId) ? 1 : 0;
            if (lowered > 0)
                SignalNeedsLock();
            return lowered;
        }
    }

    /// <summary>Adds to a receipt what its viewer hears of the stage. For a viewer who neither is invited nor says anything of a hand, two reads.</summary>
    private HeartbeatReceipt WithStageNeedsLock(HeartbeatReceipt receipt, in Heartbeat heartbeat)
    {
        if (!_network.Stage.IsEmpty && _network.Stage.Of(Id, heartbeat.UserId) is { IsOpen: true } invitation)
            receipt = receipt with { Invitation = invitation };
        if (!_hasHands && heartbeat.HandRaised != true)
            return receipt;
        var hands = _rare.Hands ??= new RaisedHands();
        if (hands.Say(heartbeat.HandRaised, heartbeat.UserId, heartbeat.SessionId, _latest))
            SignalNeedsLock();
        _hasHands = !hands.IsEmpty;
        return receipt with { IsHandRaised = hands.IsRaised(heartbeat.UserId) };
    }

    /// <summary>The viewer is gone, and with it its hand and its invitation.</summary>
    private void LeaveStageNeedsLock(string userId, long at)
    {
        if (!_network.Stage.IsEmpty)
            _network.Stage.Leave(Id, userId, _network.Clock.UtcOf(at));
        if (!_hasHands)
            return;
        _rare.Hands!.Leave(userId);
        _hasHands = !_rare.Hands.IsEmpty;
    }

    private List<RaisedHand> HandsNeedsLock() =>
        _hasHands ? _rare.Hands!.InOrder().ConvertAll(hand => new RaisedHand(hand.UserId, _network.Clock.UtcOf(hand.RaisedAt))) : [];
}
