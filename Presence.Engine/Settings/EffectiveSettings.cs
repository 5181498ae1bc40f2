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
