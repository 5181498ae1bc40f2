namespace Presence.Engine.Settings;

/// <summary>The network's presence settings: immutable, swapped whole, valid together (<see cref="PresenceSettingsRules"/>).</summary>
public sealed record PresenceSettings
{
    /// <summary>The settings of a fresh installation: on, 30 s, 60 s, 200. Source: the reference documents.</summary>
    public static readonly PresenceSettings Default = new();

    /// <summary>Whether presence is on for the network.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How often a session is asked for a heartbeat; 1 s to 10 min.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after its last heartbeat a session still counts; 6 s to 60 min, at least the interval + 5 s.</summary>
    public TimeSpan PresenceTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most viewers the published list answers; 1 to 200.</summary>
    public int ListLimit { get; init; } = PresenceLimits.Page;

    /// <summary>Rises by one with every change; sent in replies and echoed by clients.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When this version was saved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who saved it: a moderator's email, a server key's name, or <c>initial</c>.</summary>
    public string UpdatedBy { get; init; } = "initial";

    /// <summary>Since when <see cref="Enabled"/> has its value.</summary>
    public DateTimeOffset EnabledAt { get; init; }
}

/// <summary>Rule 5: which settings are valid together, and which are valid but worth a warning. Pure.</summary>
public static class PresenceSettingsRules
{
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(60);

    /// <summary>What the timeout must exceed the interval by, so that one late heartbeat is no leave.</summary>
    public static readonly TimeSpan SmallestMargin = TimeSpan.FromSeconds(5);

    public const int SmallestListLimit = 1;
    public const int LargestListLimit = PresenceLimits.Page;

    /// <summary>Up to this timeout viewers of published TypeScript clients flicker: those beat every 30 s whatever they are told.</summary>
    public static readonly TimeSpan PublishedClientTimeout = TimeSpan.FromSeconds(33);

    /// <summary>From this timeout on hidden browser tabs stay: they wake about once a minute.</summary>
    public static readonly TimeSpan HiddenTabTimeout = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan ShortestExpectedInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestExpectedInterval = TimeSpan.FromSeconds(50);

    private const string Interval = "heartbeatIntervalSeconds";
    internal const string Timeout = "presenceTimeoutSeconds";

    /// <summary>What forbids these settings; empty when they may be saved.</summary>
    public static IReadOnlyList<SettingsIssue> Problems(PresenceSettings settings)
    {
        var problems = new List<SettingsIssue>();
        var interval = settings.HeartbeatInterval;
        var timeout = settings.PresenceTimeout;

        if (interval < ShortestInterval || interval > LongestInterval)
            problems.Add(new(SettingsIssueKind.IntervalOutOfRange, Interval, interval, ShortestInterval, LongestInterval));

        if (timeout < ShortestTimeout || timeout > LongestTimeout)
            problems.Add(new(SettingsIssueKind.TimeoutOutOfRange, Timeout, timeout, ShortestTimeout, LongestTimeout));

        if (timeout < interval + SmallestMargin)
            problems.Add(new(SettingsIssueKind.TimeoutTooClose, Timeout, timeout, SmallestMargin, interval, interval + SmallestMargin));

        if (settings.ListLimit is < SmallestListLimit or > LargestListLimit)
            problems.Add(new(SettingsIssueKind.ListLimitOutOfRange, "listLimit", settings.ListLimit, SmallestListLimit, LargestListLimit));

        return problems;
    }

    /// <summary>What is allowed but may surprise.</summary>
    public static IReadOnlyList<SettingsIssue> Warnings(PresenceSettings settings)
    {
        var warnings = new List<SettingsIssue>();
        var interval = settings.HeartbeatInterval;
        var timeout = settings.PresenceTimeout;

        if (timeout < 2 * interval)
            warnings.Add(new(SettingsIssueKind.NoHeartbeatMayBeLost, Timeout, timeout, interval));

        if (timeout <= PublishedClientTimeout)
            warnings.Add(new(SettingsIssueKind.PublishedClientsFlicker, Timeout, timeout, PublishedClientTimeout));
        else if (timeout < HiddenTabTimeout)
            warnings.Add(new(SettingsIssueKind.HiddenTabsFlicker, Timeout, timeout, HiddenTabTimeout));

        if (interval < ShortestExpectedInterval || interval > LongestExpectedInterval)
            warnings.Add(new(SettingsIssueKind.IntervalUnexpected, Interval, ShortestExpectedInterval, LongestExpectedInterval, interval));

        return warnings;
    }
}

/// <summary>What one room does differently from the network; null follows the network.</summary>
public sealed record RoomOverrides
{
    /// <summary>No override at all.</summary>
    public static readonly RoomOverrides None = new();

    /// <summary>False switches presence off for the room. True cannot switch on what is off for the network.</summary>
    public bool? Enabled { get; init; }

    /// <summary>1 s to 10 min.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>6 s to 60 min; with the interval in force at least 5 s above it.</summary>
    public TimeSpan? PresenceTimeout { get; init; }
}
