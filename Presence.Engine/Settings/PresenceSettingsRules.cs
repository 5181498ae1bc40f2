namespace Presence.Engine.Settings;

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
    public static IReadOnlyList<SettingsRemark> Problems(PresenceSettings settings)
    {
        var problems = new List<SettingsRemark>();
        var interval = settings.HeartbeatInterval;
        var timeout = settings.PresenceTimeout;

        if (interval < ShortestInterval || interval > LongestInterval)
            problems.Add(new(Interval, $"The heartbeat interval is {Seconds(interval)}; it must be between {Seconds(ShortestInterval)} and {Seconds(LongestInterval)}."));

        if (timeout < ShortestTimeout || timeout > LongestTimeout)
            problems.Add(new(Timeout, $"The presence timeout is {Seconds(timeout)}; it must be between {Seconds(ShortestTimeout)} and {Seconds(LongestTimeout)}."));

        if (timeout < interval + SmallestMargin)
            problems.Add(new(Timeout, $"The presence timeout ({Seconds(timeout)}) must be at least {Seconds(SmallestMargin)} longer than the heartbeat interval ({Seconds(interval)}): raise the timeout to {Seconds(interval + SmallestMargin)} or more, or shorten the interval."));

        if (settings.ListLimit is < SmallestListLimit or > LargestListLimit)
            problems.Add(new("listLimit", $"The list cap is {settings.ListLimit}; it must be between {SmallestListLimit} and {LargestListLimit}."));

        return problems;
    }

    /// <summary>What is allowed but may surprise.</summary>
    public static IReadOnlyList<SettingsRemark> Warnings(PresenceSettings settings)
    {
        var warnings = new List<SettingsRemark>();
        var interval = settings.HeartbeatInterval;
        var timeout = settings.PresenceTimeout;

        if (timeout < 2 * interval)
            warnings.Add(new(Timeout, $"A viewer leaves after one missed heartbeat: the timeout ({Seconds(timeout)}) is under twice the interval ({Seconds(interval)})."));

        if (timeout <= PublishedClientTimeout)
            warnings.Add(new(Timeout, $"Published TypeScript clients beat every 30 s whatever they are told: with a timeout of {Seconds(timeout)} their viewers would flicker. Use more than {Seconds(PublishedClientTimeout)}."));
        else if (timeout < HiddenTabTimeout)
            warnings.Add(new(Timeout, $"Hidden browser tabs wake about once a minute: with a timeout of {Seconds(timeout)} viewers in the background may drop out and return. Use {Seconds(HiddenTabTimeout)} or more to keep them."));

        if (interval < ShortestExpectedInterval || interval > LongestExpectedInterval)
            warnings.Add(new(Interval, $"Published clients expect an interval between {Seconds(ShortestExpectedInterval)} and {Seconds(LongestExpectedInterval)}; it is {Seconds(interval)}."));

        return warnings;
    }

    private static string Seconds(TimeSpan span) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
