using System.Globalization;

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

    /// <summary>The most heartbeats per second of one room, above which its interval grows; 0 lets it be, up to 100,000.</summary>
    public int RoomHeartbeatsPerSecond { get; init; }

    /// <summary>Rises by one with every change; sent in replies and echoed by clients.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When this version was saved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who saved it: a moderator's email, a server key's name, or <c>initial</c>.</summary>
    public string UpdatedBy { get; init; } = "initial";

    /// <summary>Since when <see cref="Enabled"/> has its value.</summary>
    public DateTimeOffset EnabledAt { get; init; }

    /// <summary>These values, saved when and by whom another version was: equal to it where the values are.</summary>
    /// <param name="version">The version whose number, instants and author to take.</param>
    public PresenceSettings SavedAs(PresenceSettings version) =>
        this with { Version = version.Version, UpdatedAt = version.UpdatedAt, UpdatedBy = version.UpdatedBy, EnabledAt = version.EnabledAt };
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

    /// <summary>The reason of a change, in characters.</summary>
    public const int LongestReason = 200;

    public const int SmallestListLimit = 1;
    public const int LargestListLimit = PresenceLimits.Page;

    public const int LargestRoomRate = 100_000;

    /// <summary>Up to this timeout viewers of published TypeScript clients drop out and rejoin: they always send a heartbeat every 30 s.</summary>
    public static readonly TimeSpan PublishedClientTimeout = TimeSpan.FromSeconds(33);

    /// <summary>From this timeout on hidden browser tabs stay: they wake about once a minute.</summary>
    public static readonly TimeSpan HiddenTabTimeout = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan ShortestExpectedInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestExpectedInterval = TimeSpan.FromSeconds(50);

    /// <summary>The interval, as <see cref="SettingsIssue.Field"/> and the wire name it.</summary>
    public const string Interval = "heartbeatIntervalSeconds";

    /// <summary>The timeout.</summary>
    public const string Timeout = "presenceTimeoutSeconds";

    /// <summary>The cap of lists.</summary>
    public const string List = "listLimit";

    /// <summary>The bound on a room's heartbeats.</summary>
    public const string RoomRate = "roomHeartbeatsPerSecond";

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
            problems.Add(new(SettingsIssueKind.ListLimitOutOfRange, List, settings.ListLimit, SmallestListLimit, LargestListLimit));

        if (settings.RoomHeartbeatsPerSecond is < 0 or > LargestRoomRate)
            problems.Add(new(SettingsIssueKind.RoomRateOutOfRange, RoomRate, settings.RoomHeartbeatsPerSecond, LargestRoomRate));

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

/// <summary>One thing wrong with, or worth knowing about, a set of settings.</summary>
/// <param name="Finding">What it is, for other wordings of the message.</param>
/// <param name="Field">The member concerned, as the wire names it: <c>heartbeatIntervalSeconds</c>, <c>presenceTimeoutSeconds</c>, <c>listLimit</c>.</param>
/// <param name="Values">The numbers that belong to it, as the finding says: a <see cref="TimeSpan"/>, or an <see cref="int"/> for what is counted.</param>
public sealed record SettingsIssue(SettingsIssueKind Finding, string Field, params IReadOnlyList<object> Values)
{
    /// <summary>A sentence with the values, the rule and the way out, as the API says it.</summary>
    public string Message => string.Format(CultureInfo.InvariantCulture, Sentence, [.. Values.Select(value => value is TimeSpan span ? Seconds(span) : value)]);

    private string Sentence => Finding switch
    {
        SettingsIssueKind.IntervalOutOfRange => "The heartbeat interval is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.TimeoutOutOfRange => "The presence timeout is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.TimeoutTooClose => "The presence timeout ({0}) must be at least {1} longer than the heartbeat interval ({2}). Raise the timeout to {3} or more, or shorten the interval.",
        SettingsIssueKind.ListLimitOutOfRange => "The list cap is {0}. It must be between {1} and {2}.",
        SettingsIssueKind.RoomRateOutOfRange => "The limit of a room's heartbeats is {0} per second. It must be 0 (off) to {1}.",
        SettingsIssueKind.TitleRefused => "title must have 1 to {0} characters and no control characters. Leave it out to show the room's id.",
        SettingsIssueKind.StatusUnknown => "status must be live or ended.",
        SettingsIssueKind.ReasonTooLong => "The reason has {0} characters. The limit is {1}.",
        SettingsIssueKind.NoHeartbeatMayBeLost => "One missed heartbeat makes a viewer leave: the timeout ({0}) is less than twice the interval ({1}).",
        SettingsIssueKind.PublishedClientsFlicker => "Published TypeScript clients always send a heartbeat every 30 s. With a timeout of {0}, their viewers drop out and rejoin. Use more than {1}.",
        SettingsIssueKind.HiddenTabsFlicker => "Hidden browser tabs wake up about once a minute. With a timeout of {0}, viewers in the background may drop out and rejoin. Use {1} or more to keep them.",
        _ => "Published clients expect an interval between {0} and {1}. It is {2}.",
    };

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}

/// <summary>What the rules can find about settings; the numbers that belong to each stand in <see cref="SettingsIssue.Values"/>, in this order.</summary>
public enum SettingsIssueKind
{
    /// <summary>The interval, the shortest and the longest there may be.</summary>
    IntervalOutOfRange,

    /// <summary>The timeout, the shortest and the longest there may be.</summary>
    TimeoutOutOfRange,

    /// <summary>The timeout, what it must exceed the interval by, the interval, the shortest timeout with it.</summary>
    TimeoutTooClose,

    /// <summary>The cap, the smallest and the largest there may be.</summary>
    ListLimitOutOfRange,

    /// <summary>The bound, the largest there may be.</summary>
    RoomRateOutOfRange,

    /// <summary>A room's title: the most characters it may have.</summary>
    TitleRefused,

    /// <summary>A room's status; no numbers.</summary>
    StatusUnknown,

    /// <summary>The reason of a change: its characters, and the most it may have.</summary>
    ReasonTooLong,

    /// <summary>Warning: one heartbeat missed is a leave. The timeout, the interval.</summary>
    NoHeartbeatMayBeLost,

    /// <summary>Warning: clients that keep a pace of their own flicker. The timeout, the longest with which they do.</summary>
    PublishedClientsFlicker,

    /// <summary>Warning: tabs in the background may drop out. The timeout, the shortest that keeps them.</summary>
    HiddenTabsFlicker,

    /// <summary>Warning: published clients do not expect it. The shortest and the longest they do, the interval.</summary>
    IntervalUnexpected,
}
