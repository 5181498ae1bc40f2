using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>What holds in one room: network settings, definition, and what follows for a heartbeat. Pure. Recreated when either changes.</summary>
internal sealed class RoomRules
{
    public RoomRules(PresenceSettings network, RoomDefinition definition)
    {
        Network = network;
        Definition = definition;
        Effective = EffectiveSettings.Resolve(network, definition.Overrides);
        Verdict = VerdictOf(network, definition, Effective.Values);
        Timeout = Effective.Values.PresenceTimeout.Ticks;
        Interval = Effective.Values.HeartbeatInterval.Ticks;
    }

    public PresenceSettings Network { get; }

    public RoomDefinition Definition { get; }

    public EffectiveSettings Effective { get; }

    /// <summary>What every heartbeat gets, for every user; <see cref="HeartbeatOutcome.Accepted"/> when it depends on who.</summary>
    public HeartbeatOutcome Verdict { get; }

    public long Timeout { get; }

    public long Interval { get; }

    private static HeartbeatOutcome VerdictOf(PresenceSettings network, RoomDefinition definition, PresenceSettings effective)
    {
        if (!network.Enabled)
            return HeartbeatOutcome.NetworkDisabled;
        if (definition.Status == RoomStatus.Ended)
            return HeartbeatOutcome.RoomEnded;
        return effective.Enabled ? HeartbeatOutcome.Accepted : HeartbeatOutcome.RoomDisabled;
    }
}
