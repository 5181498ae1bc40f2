using Presence.Engine.Settings;

namespace Presence.Dashboard.Live;

/// <summary>Presence settings while a moderator edits them: seconds, and a field may be empty.</summary>
internal sealed record SettingsDraft
{
    public bool Enabled { get; set; }
    public int? HeartbeatIntervalSeconds { get; set; }
    public int? PresenceTimeoutSeconds { get; set; }
    public int? ListLimit { get; set; }

    public static SettingsDraft Of(PresenceSettings settings) => new()
    {
        Enabled = settings.Enabled,
        HeartbeatIntervalSeconds = Seconds(settings.HeartbeatInterval),
        PresenceTimeoutSeconds = Seconds(settings.PresenceTimeout),
        ListLimit = settings.ListLimit,
    };

    /// <summary>The same settings with what was typed; null while a field is empty.</summary>
    public PresenceSettings? On(PresenceSettings settings) =>
        (HeartbeatIntervalSeconds, PresenceTimeoutSeconds, ListLimit) is ({ } interval, { } timeout, { } limit)
            ? settings with
            {
                Enabled = Enabled,
                HeartbeatInterval = Kept(settings.HeartbeatInterval, interval),
                PresenceTimeout = Kept(settings.PresenceTimeout, timeout),
                ListLimit = limit,
            }
            : null;

    /// <summary>What somebody else saved, with what was typed here: a field that still says what it said before is theirs.</summary>
    /// <param name="before">What was in force when this was typed.</param>
    /// <param name="theirs">What is in force now.</param>
    public SettingsDraft Onto(PresenceSettings before, PresenceSettings theirs)
    {
        var (was, now) = (Of(before), Of(theirs));
        return new SettingsDraft
        {
            Enabled = Typed.Or(Enabled, was.Enabled, now.Enabled),
            HeartbeatIntervalSeconds = Typed.Or(HeartbeatIntervalSeconds, was.HeartbeatIntervalSeconds, now.HeartbeatIntervalSeconds),
            PresenceTimeoutSeconds = Typed.Or(PresenceTimeoutSeconds, was.PresenceTimeoutSeconds, now.PresenceTimeoutSeconds),
            ListLimit = Typed.Or(ListLimit, was.ListLimit, now.ListLimit),
        };
    }

    // Settings made through the API may hold fractions of a second; a field nobody touched must not round them away.
    private static TimeSpan Kept(TimeSpan current, int seconds) =>
        Seconds(current) == seconds ? current : TimeSpan.FromSeconds(seconds);

    private static int Seconds(TimeSpan span) => (int)Math.Ceiling(span.TotalSeconds);
}

/// <summary>One field of a form that two people edit.</summary>
internal static class Typed
{
    /// <summary>What was typed; what somebody else saved where nothing was.</summary>
    public static T Or<T>(T field, T before, T theirs) => EqualityComparer<T>.Default.Equals(field, before) ? theirs : field;
}
