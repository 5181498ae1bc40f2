using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>What the catalogue says of a room.</summary>
public sealed record RoomDefinition
{
    /// <summary>A room the catalogue does not know.</summary>
    public static readonly RoomDefinition Unknown = new();

    /// <summary>What to show instead of the id; up to 100 characters.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it takes viewers.</summary>
    public RoomStatus Status { get; init; }

    /// <summary>What it does differently from the network.</summary>
    public RoomOverrides Overrides { get; init; } = RoomOverrides.None;
}

/// <summary>Which definitions of a room are valid. Pure.</summary>
public static class RoomDefinitionRules
{
    public const int LongestTitle = 100;

    /// <summary>What forbids a definition; empty when it may be saved. An override on its own is held against its range alone: where it does not go with the network's values, the timeout in force is raised.</summary>
    public static IReadOnlyList<SettingsIssue> Problems(RoomDefinition definition)
    {
        var problems = new List<SettingsIssue>();
        if (definition.Title is { } title && (title.Length is 0 or > LongestTitle || title.Any(char.IsControl)))
            problems.Add(new(SettingsIssueKind.TitleRefused, "title", LongestTitle));
        if (definition.Status is not (RoomStatus.Live or RoomStatus.Ended))
            problems.Add(new(SettingsIssueKind.StatusUnknown, "status"));

        var overrides = definition.Overrides;
        // The longest timeout fits every valid interval, so a value that isn't overridden causes no error here.
        var settings = PresenceSettings.Default with
        {
            HeartbeatInterval = overrides.HeartbeatInterval ?? PresenceSettingsRules.ShortestInterval,
            PresenceTimeout = overrides.PresenceTimeout ?? PresenceSettingsRules.LongestTimeout,
        };
        problems.AddRange(PresenceSettingsRules.Problems(settings)
            .Where(problem => problem.Field != PresenceSettingsRules.Timeout || overrides.PresenceTimeout is not null)
            .DistinctBy(problem => problem.Field));
        return problems;
    }
}

/// <summary>Whether a room of the catalogue takes viewers. The numbers are stored.</summary>
public enum RoomStatus : byte
{
    /// <summary>It does. What a room outside the catalogue is.</summary>
    Live = 0,

    /// <summary>Its broadcast is over: heartbeats are refused (rule 19).</summary>
    Ended = 1,
}

/// <summary>The defined rooms. A room in use looks its definition up again when <see cref="Version"/> has moved.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.CatalogueRooms"/> definitions.</remarks>
internal sealed class RoomCatalogue(int capacity)
{
    private readonly BoundedMap<RoomDefinition> _definitions = new(capacity, PresenceComparers.RoomId);
    private volatile PrefixRules _prefixes = new([]);
    private int _version;

    /// <summary>What is said of rooms by the beginning of their id.</summary>
    public PrefixRules Prefixes
    {
        get => _prefixes;
        set
        {
            _prefixes = value;
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Rises with every change, after it.</summary>
    public int Version => Volatile.Read(ref _version);

    public RoomDefinition this[string roomId] => _definitions[roomId] ?? RoomDefinition.Unknown;

    /// <summary>How many rooms are defined.</summary>
    public int Count => _definitions.Count;

    /// <summary>The rooms that are defined.</summary>
    public IEnumerable<string> Ids => _definitions.All.Select(room => room.Key);

    /// <summary>The rooms in which presence is off, whatever the network does.</summary>
    /// <param name="others">Rooms to look at besides the defined ones, when a prefix switches off.</param>
    /// <remarks><b>Cost.</b> A look at every definition; at the others too when a prefix switches off.</remarks>
    public IEnumerable<string> SwitchedOff(IEnumerable<string> others)
    {
        var prefixes = Prefixes;
        var defined = _definitions.All.Where(room => (room.Value.Overrides.Enabled ?? prefixes[room.Key].Overrides.Enabled) == false).Select(room => room.Key);
        return prefixes.SwitchesOff ? defined.Concat(others.Where(roomId => _definitions[roomId] is null && prefixes[roomId].Overrides.Enabled == false)) : defined;
    }

    /// <summary>Defines a room, or deletes its definition with null. False when the catalogue is full.</summary>
    public bool TrySet(string roomId, RoomDefinition? definition)
    {
        if (!_definitions.TrySet(roomId, definition))
            return false;
        Interlocked.Increment(ref _version);
        return true;
    }
}

/// <summary>What holds in one room: network settings, definition, and what follows for a heartbeat. Pure. Recreated when either changes.</summary>
internal sealed class RoomRules
{
    public RoomRules(PresenceSettings network, PrefixOverrides prefixes, RoomDefinition definition, int growth = 0)
    {
        Network = network;
        Prefixes = prefixes;
        Definition = definition;
        Base = EffectiveSettings.Resolve(network, definition.Overrides, prefixes);
        Effective = Base.At(growth, sessions: 0);
        Verdict = VerdictOf(network, definition, Effective.Values);
        Timeout = Effective.Values.PresenceTimeout.Ticks;
        Interval = Effective.Values.HeartbeatInterval.Ticks;
    }

    public PresenceSettings Network { get; }

    public PrefixOverrides Prefixes { get; }

    public RoomDefinition Definition { get; }

    /// <summary>Without what the room's crowd makes of it.</summary>
    public EffectiveSettings Base { get; }

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
