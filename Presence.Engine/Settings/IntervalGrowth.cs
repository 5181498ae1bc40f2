namespace Presence.Engine.Settings;

/// <summary>How the heartbeat interval of a crowded room grows, so that its heartbeats per second stay bounded. Pure.</summary>
/// <remarks>
/// In steps of a quarter, to whole seconds: a settings value that changed with every join would give each session another promise. It goes a step
/// back only once the room would stay below four fifths of the bound, so that a room at the line doesn't flap.
/// </remarks>
internal static class IntervalGrowth
{
    private const double Step = 1.25;

    /// <summary>The part of the bound below which a step is taken back.</summary>
    private const double Slack = 0.8;

    /// <summary>The step for so many sessions, from the one there is.</summary>
    public static int Next(int step, int sessions, PresenceSettings settings)
    {
        var bound = (double)settings.RoomHeartbeatsPerSecond;
        if (bound <= 0)
            return 0;
        while (sessions > bound * SecondsAt(step, settings) && SecondsAt(step + 1, settings) > SecondsAt(step, settings))
            step++;
        while (step > 0 && sessions <= bound * SecondsAt(step - 1, settings) * Slack)
            step--;
        return step;
    }

    /// <summary>The settings at a step: the timeout follows the interval, so that as many heartbeats may be lost as before.</summary>
    public static PresenceSettings At(int step, PresenceSettings settings)
    {
        if (step == 0)
            return settings;
        var interval = TimeSpan.FromSeconds(SecondsAt(step, settings));
        var timeout = TimeSpan.FromSeconds(Math.Ceiling(settings.PresenceTimeout.TotalSeconds * (interval / settings.HeartbeatInterval)));
        return settings with
        {
            HeartbeatInterval = interval,
            PresenceTimeout = timeout < PresenceSettingsRules.LongestTimeout ? timeout : PresenceSettingsRules.LongestTimeout,
        };
    }

    private static double SecondsAt(int step, PresenceSettings settings)
    {
        var seconds = settings.HeartbeatInterval.TotalSeconds;
        for (; step > 0; step--)
            seconds = Math.Ceiling(seconds * Step);
        return Math.Min(seconds, Math.Max(settings.HeartbeatInterval.TotalSeconds, PresenceSettingsRules.LongestInterval.TotalSeconds));
    }
}
