using Presence.Engine.Rooms;

namespace Presence.Engine.Settings;

/// <summary>What the rules by prefix say for one room, value by value: each is the longest matching prefix's that says something of it.</summary>
public sealed class PrefixOverrides
{
    /// <summary>No prefix says anything.</summary>
    public static readonly PrefixOverrides None = new();

    private RoomRules? _shared;

    /// <summary>The values; null follows the network.</summary>
    public RoomOverrides Overrides { get; init; } = RoomOverrides.None;

    /// <summary>Whose <see cref="RoomOverrides.Enabled"/> it is.</summary>
    public string? EnabledOf { get; init; }

    /// <summary>Whose <see cref="RoomOverrides.HeartbeatInterval"/> it is.</summary>
    public string? HeartbeatIntervalOf { get; init; }

    /// <summary>Whose <see cref="RoomOverrides.PresenceTimeout"/> it is.</summary>
    public string? PresenceTimeoutOf { get; init; }

    /// <summary>One object for all rooms it is for that have no definition; null where it was never asked for, or of former settings.</summary>
    internal RoomRules? Shared
    {
        get => Volatile.Read(ref _shared);
        set => Volatile.Write(ref _shared, value);
    }
}

/// <summary>The rules by the beginning of a room's id: immutable, swapped whole.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/>. <b>Cost.</b> A look at each for a room that is made, and for every room when they change; none for a heartbeat.</remarks>
internal sealed class PrefixRules
{
    /// <summary>How many there can be.</summary>
    public const int Most = 200;

    private readonly (string Prefix, PrefixOverrides Says)[] _longestFirst;
    private readonly PrefixOverrides _none = new(); // not the shared one, because it keeps what was made for it

    public PrefixRules(IEnumerable<KeyValuePair<string, RoomOverrides>> rules)
    {
        KeyValuePair<string, RoomOverrides>[] longestFirst = [.. rules.OrderByDescending(rule => rule.Key.Length)];
        _longestFirst = [.. longestFirst.Select(rule => (rule.Key, Merged(longestFirst.Where(other => IsFor(other.Key, rule.Key)))))];
        SwitchesOff = Array.Exists(_longestFirst, rule => rule.Says.Overrides.Enabled == false);
    }

    /// <summary>Presence is off in some rooms because of their prefix.</summary>
    public bool SwitchesOff { get; }

    public PrefixOverrides this[string roomId]
    {
        get
        {
            foreach (var (prefix, says) in _longestFirst)
            {
                if (IsFor(prefix, roomId))
                    return says;
            }
            return _none;
        }
    }

    private static bool IsFor(string prefix, string roomId) => roomId.StartsWith(prefix, StringComparison.Ordinal);

    private static PrefixOverrides Merged(IEnumerable<KeyValuePair<string, RoomOverrides>> longestFirst)
    {
        var merged = new PrefixOverrides();
        foreach (var (prefix, own) in longestFirst)
        {
            var known = merged.Overrides;
            merged = new PrefixOverrides
            {
                Overrides = new RoomOverrides
                {
                    Enabled = known.Enabled ?? own.Enabled,
                    HeartbeatInterval = known.HeartbeatInterval ?? own.HeartbeatInterval,
                    PresenceTimeout = known.PresenceTimeout ?? own.PresenceTimeout,
                },
                EnabledOf = merged.EnabledOf ?? (own.Enabled is null ? null : prefix),
                HeartbeatIntervalOf = merged.HeartbeatIntervalOf ?? (own.HeartbeatInterval is null ? null : prefix),
                PresenceTimeoutOf = merged.PresenceTimeoutOf ?? (own.PresenceTimeout is null ? null : prefix),
            };
        }
        return merged;
    }
}
