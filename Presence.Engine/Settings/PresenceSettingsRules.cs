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
            problems.Add(new(SettingsFinding.IntervalOutOfRange, Interval, interval, ShortestInterval, LongestInterval));

        if (timeout < ShortestTimeout || timeout > LongestTimeout)
            problems.Add(new(SettingsFinding.TimeoutOutOfRange, Timeout, timeout, ShortestTimeout, LongestTimeout));

        if (timeout < interval + SmallestMargin)
            problems.Add(new(SettingsFinding.TimeoutTooClose, Timeout, timeout, SmallestMargin, interval, interval + SmallestMargin));

        if (settings.ListLimit is < SmallestListLimit or > LargestListLimit)
            problems.Add(new(SettingsFinding.ListLimitOutOfRange, "listLimit", settings.ListLimit, SmallestListLimit, LargestListLimit));

        return problems;
    }

    /// <summary>What is allowed but may surprise.</summary>
    public static IReadOnlyList<SettingsRemark> Warnings(PresenceSettings settings)
    {
        var warnings = new List<SettingsRemark>();
        var interval = settings.HeartbeatInterval;
        var timeout = settings.PresenceTimeout;

        if (timeout < 2 * interval)
            warnings.Add(new(SettingsFinding.NoHeartbeatMayBeLost, Timeout, timeout, interval));

        if (timeout <= PublishedClientTimeout)
            warnings.Add(new(SettingsFinding.PublishedClientsFlicker, Timeout, timeout, PublishedClientTimeout));
        else if (timeout < HiddenTabTimeout)
            warnings.Add(new(SettingsFinding.HiddenTabsFlicker, Timeout, timeout, HiddenTabTimeout));

        if (interval < ShortestExpectedInterval || interval > LongestExpectedInterval)
            warnings.Add(new(SettingsFinding.IntervalUnexpected, Interval, ShortestExpectedInterval, LongestExpectedInterval, interval));

        return warnings;
    }
}
