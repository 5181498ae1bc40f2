namespace Presence.Engine.Settings;

/// <summary>The settings in force in one room, and where each value comes from. Pure.</summary>
/// <param name="Values">The values, under the network's version.</param>
/// <param name="EnabledFrom">Who decided on or off.</param>
/// <param name="HeartbeatIntervalFrom">Who decided the interval.</param>
/// <param name="PresenceTimeoutFrom">Who decided the timeout.</param>
public sealed record EffectiveSettings(
    PresenceSettings Values,
    SettingsOrigin EnabledFrom,
    SettingsOrigin HeartbeatIntervalFrom,
    SettingsOrigin PresenceTimeoutFrom)
{
    /// <summary>The crowd for which the interval has grown, and from what; null where it has not.</summary>
    public GrownInterval? Grown { get; init; }

    /// <summary>These settings with the interval and the timeout of a step (<see cref="IntervalGrowth"/>).</summary>
    internal EffectiveSettings At(int step, int sessions) => step == 0 ? this : this with
    {
        Values = IntervalGrowth.At(step, Values),
        Grown = new(Values.HeartbeatInterval, Values.PresenceTimeout, sessions),
    };

    /// <summary>Puts a room's overrides on top of what prefixes say, and that on top of the network's settings; always valid by rule 5 where each was on its own.</summary>
    public static EffectiveSettings Resolve(PresenceSettings network, RoomOverrides overrides, PrefixOverrides? prefixes = null)
    {
        prefixes ??= PrefixOverrides.None;
        var inherited = prefixes.Overrides;
        if (overrides == RoomOverrides.None && inherited == RoomOverrides.None)
            return new(network, SettingsSource.Network, SettingsSource.Network, SettingsSource.Network);

        var isOff = network.Enabled && (overrides.Enabled ?? inherited.Enabled) == false;
        var interval = overrides.HeartbeatInterval ?? inherited.HeartbeatInterval ?? network.HeartbeatInterval;
        var timeout = overrides.PresenceTimeout ?? inherited.PresenceTimeout ?? network.PresenceTimeout;
        var shortest = interval + PresenceSettingsRules.SmallestMargin;
        var isTooShort = timeout < shortest;
        return new(
            network with
            {
                Enabled = network.Enabled && !isOff,
                HeartbeatInterval = interval,
                PresenceTimeout = isTooShort ? shortest : timeout,
            },
            network.Enabled ? OriginOf(overrides.Enabled is not null, prefixes.EnabledOf) : SettingsSource.Network,
            OriginOf(overrides.HeartbeatInterval is not null, prefixes.HeartbeatIntervalOf),
            isTooShort ? SettingsSource.Rule : OriginOf(overrides.PresenceTimeout is not null, prefixes.PresenceTimeoutOf));
    }

    private static SettingsOrigin OriginOf(bool isOfRoom, string? prefix) => isOfRoom ? SettingsSource.Room : prefix is null ? SettingsSource.Network : new SettingsOrigin(SettingsSource.Prefix, prefix);
}

/// <summary>What a room's interval and timeout would be without its crowd.</summary>
/// <param name="From">The interval.</param>
/// <param name="TimeoutFrom">The timeout.</param>
/// <param name="Sessions">The sessions in the room now.</param>
public readonly record struct GrownInterval(TimeSpan From, TimeSpan TimeoutFrom, int Sessions);

/// <summary>Where an effective value comes from, by name.</summary>
/// <param name="Source">What decided.</param>
/// <param name="Prefix">The beginning of the room's id, where that is the source.</param>
public readonly record struct SettingsOrigin(SettingsSource Source, string? Prefix = null)
{
    public static implicit operator SettingsOrigin(SettingsSource source) => new(source);
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

    /// <summary>A rule by the beginning of the room's id.</summary>
    Prefix = 3,
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
