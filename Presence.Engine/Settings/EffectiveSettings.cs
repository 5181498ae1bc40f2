namespace Presence.Engine.Settings;

/// <summary>The settings in force in one room, and where each value comes from. Pure.</summary>
/// <param name="Values">The values, under the network's version.</param>
/// <param name="EnabledFrom">Who decided on or off.</param>
/// <param name="HeartbeatIntervalFrom">Who decided the interval.</param>
/// <param name="PresenceTimeoutFrom">Who decided the timeout.</param>
public sealed record EffectiveSettings(
    PresenceSettings Values,
    SettingsSource EnabledFrom,
    SettingsSource HeartbeatIntervalFrom,
    SettingsSource PresenceTimeoutFrom)
{
    /// <summary>Puts a room's overrides on top of the network's settings; always valid by rule 5 where both were on their own.</summary>
    public static EffectiveSettings Resolve(PresenceSettings network, RoomOverrides overrides)
    {
        if (overrides == RoomOverrides.None)
            return new(network, SettingsSource.Network, SettingsSource.Network, SettingsSource.Network);

        var isOff = network.Enabled && overrides.Enabled == false;
        var interval = overrides.HeartbeatInterval ?? network.HeartbeatInterval;
        var timeout = overrides.PresenceTimeout ?? network.PresenceTimeout;
        var shortest = interval + PresenceSettingsRules.SmallestMargin;
        var isTooShort = timeout < shortest;
        return new(
            network with
            {
                Enabled = network.Enabled && !isOff,
                HeartbeatInterval = interval,
                PresenceTimeout = isTooShort ? shortest : timeout,
            },
            isOff ? SettingsSource.Room : SettingsSource.Network,
            SourceOf(overrides.HeartbeatInterval),
            isTooShort ? SettingsSource.Rule : SourceOf(overrides.PresenceTimeout));
    }

    private static SettingsSource SourceOf(TimeSpan? value) => value is null ? SettingsSource.Network : SettingsSource.Room;
}

/// <summary>Where an effective value comes from.</summary>
public enum SettingsSource : byte
{
    /// <summary>The network's settings.</summary>
    Network = 0,

    /// <summary>The room's override.</summary>
    Room = 1,

    /// <summary>Rule 5: the network's and the room's values do not go together, and the timeout was raised to interval + 5 s.</summary>
    Rule = 2,
}

/// <summary>The one place that holds the settings in force. They are swapped whole; a reader sees the old or the new, never a mix.</summary>
internal sealed class SettingsHolder(PresenceSettings settings)
{
    private volatile PresenceSettings _current = settings;

    public PresenceSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
