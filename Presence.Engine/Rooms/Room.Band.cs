using System.Runtime.InteropServices;

namespace Presence.Engine.Rooms;

/// <content>The unverified band: sessions nobody vouched for with the pattern of machines. They count, and are counted apart.</content>
internal sealed partial class Room
{
    /// <summary>Looks at a heartbeat of a session nobody vouched for. Off, a heartbeat pays one comparison for it; on, a look-up.</summary>
    /// <param name="index">The session.</param>
    /// <param name="state">In the background, browsers wake tabs by the minute, so that regular distances say nothing.</param>
    /// <param name="now">When this heartbeat came; the slot still has the one before.</param>
    private void JudgeNeedsLock(int index, ViewerState state, long now)
    {
        ref var slot = ref _sessions[index];
        ref var pattern = ref CollectionsMarshal.GetValueRefOrAddDefault(_rare.Patterns ??= [], index, out var isKnown);
        if (!isKnown)
            pattern = new BeatPattern { Origin = _network.Users.OriginOf(slot.UserId!, slot.Hash) };
        pattern.Beat(now - slot.HeartbeatAt, state == ViewerState.Hidden ? -1 : _network.Limits.MetronomeTolerance.Ticks);
        var reason = ReasonOf(pattern);
        if (reason != BandReason.None == slot.IsInBand)
            return;
        var before = MarkOfNeedsLock(index);
        slot.Flags = reason == BandReason.None ? slot.Flags & ~SlotFlags.Band : slot.Flags | SlotFlags.Band;
        CountChangeNeedsLock(index, before, MarkOfNeedsLock(index), now, seenAt: now);
    }

    private BandReason ReasonOf(in BeatPattern pattern)
    {
        var limits = _network.Limits;
        var isMetronome = limits.MetronomeHeartbeats > 0 && pattern.Regular >= limits.MetronomeHeartbeats;
        var isCrowded = limits.CrowdedAddress > 0 && _network.Users.Origins.SessionsOf(pattern.Origin) > limits.CrowdedAddress;
        return (isMetronome ? BandReason.Metronome : BandReason.None) | (isCrowded ? BandReason.CrowdedAddress : BandReason.None);
    }

    /// <summary>Why a viewer is in the band: the reasons of all its sessions.</summary>
    private BandReason BandOfNeedsLock(int lead)
    {
        if (!MarkOfNeedsLock(lead).IsInBand)
            return BandReason.None;
        var reasons = BandReason.None;
        ref var slot = ref _sessions[lead];
        for (var index = _sessions.FirstOfUser(slot.Hash, slot.UserId!); index != None; index = _sessions.NextOfUser(index))
        {
            if (_rare.Patterns?.TryGetValue(index, out var pattern) == true)
                reasons |= ReasonOf(pattern);
        }
        return reasons;
    }
}

/// <summary>How regular a session's heartbeats are, and where they come from.</summary>
internal struct BeatPattern
{
    private long _distance;

    /// <summary>The number of its origin in <see cref="OriginShares"/>.</summary>
    public int Origin { get; init; }

    /// <summary>Distances in a row that were the same.</summary>
    public int Regular { get; private set; }

    public void Beat(long distance, long tolerance)
    {
        Regular = Math.Abs(distance - _distance) <= tolerance ? Regular + 1 : 0;
        _distance = distance;
    }
}

/// <summary>Why a viewer is in the unverified band.</summary>
[Flags]
public enum BandReason : byte
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>Its heartbeats come at more regular distances than a person's device sends them.</summary>
    Metronome = 1,

    /// <summary>Its address holds more sessions than an address of people.</summary>
    CrowdedAddress = 2,
}
