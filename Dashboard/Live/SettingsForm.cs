using Presence.Engine.Settings;

namespace Presence.Dashboard.Live;

/// <summary>
/// The settings form of one circuit, while others save too: untouched, it follows what is in force; touched, it keeps what was
/// typed and shows theirs beside it. Whatever is saved was decided on the version that was on screen.
/// </summary>
internal sealed class SettingsForm
{
    /// <summary>The version that was on screen when this was typed.</summary>
    public PresenceSettings DecidedOn { get; private set; } = PresenceSettings.Default;

    public SettingsDraft Draft { get; private set; } = new();

    /// <summary>The values saved by others since, until the moderator decides between the two.</summary>
    public PresenceSettings? Theirs { get; private set; }

    public string Reason { get; set; } = "";

    /// <summary>The draft as settings; null while a field is empty.</summary>
    public PresenceSettings? Wanted => Draft.On(DecidedOn);

    public bool IsChanged => Draft != SettingsDraft.Of(DecidedOn);

    /// <summary>The draft as it may be saved; null while it may not.</summary>
    public PresenceSettings? Valid => Wanted is { } wanted && PresenceSettingsRules.Problems(wanted).Count == 0 ? wanted : null;

    public bool CanSave => IsChanged && Theirs is null && Valid is not null;

    /// <summary>Shows these settings and nothing else.</summary>
    public void Begin(PresenceSettings inForce)
    {
        DecidedOn = inForce;
        Draft = SettingsDraft.Of(inForce);
        Theirs = null;
        Reason = "";
    }

    /// <summary>Records the settings in effect, which others may have saved.</summary>
    public void Follow(PresenceSettings inForce)
    {
        if (inForce.Version <= (Theirs ?? DecidedOn).Version)
            return; // known, or read before our own save was through
        if ((!IsChanged && Reason.Length == 0) || Draft == SettingsDraft.Of(inForce))
            Begin(inForce);
        else
            Theirs = inForce;
    }

    /// <summary>What a circuit leaves behind for the next one of its tab; null while nothing was typed.</summary>
    public TypedSettings? Typed => IsChanged || Reason.Length > 0
        ? new TypedSettings(DecidedOn, Draft.Enabled, Draft.HeartbeatIntervalSeconds, Draft.PresenceTimeoutSeconds, Draft.ListLimit, Reason)
        : null;

    /// <summary>Shows what was typed before the circuit was lost, and what others saved since.</summary>
    public void Restore(TypedSettings typed, PresenceSettings inForce)
    {
        Begin(typed.DecidedOn);
        Draft = new SettingsDraft { Enabled = typed.Enabled, HeartbeatIntervalSeconds = typed.Interval, PresenceTimeoutSeconds = typed.Timeout, ListLimit = typed.ListLimit };
        Reason = typed.Reason;
        Follow(inForce);
    }

    /// <summary>Fills an interval and a timeout in.</summary>
    public void Take(int intervalSeconds, int timeoutSeconds) =>
        (Draft.HeartbeatIntervalSeconds, Draft.PresenceTimeoutSeconds) = (intervalSeconds, timeoutSeconds);

    /// <summary>Lets go of what was typed.</summary>
    public void Reset() => Begin(Theirs ?? DecidedOn);

    /// <summary>Keeps the fields that were typed in and takes theirs of the others, decided on their version from now on: what saving would change is on screen.</summary>
    public void KeepMine()
    {
        Draft = Draft.Onto(DecidedOn, Theirs ?? DecidedOn);
        DecidedOn = Theirs ?? DecidedOn;
        Theirs = null;
    }
}

/// <summary>A settings form somebody has typed in.</summary>
/// <param name="DecidedOn">The settings that were on screen.</param>
/// <param name="Enabled">Whether presence is to be on.</param>
/// <param name="Interval">Seconds; null for an empty field, here and below.</param>
/// <param name="Timeout">Seconds.</param>
/// <param name="ListLimit">Viewers.</param>
/// <param name="Reason">For the history.</param>
public sealed record TypedSettings(PresenceSettings DecidedOn, bool Enabled, int? Interval, int? Timeout, int? ListLimit, string Reason);

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

    /// <summary>The values saved by others, combined with those typed here: an untouched field takes theirs.</summary>
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
    /// <summary>The typed values, and the saved ones where nothing was typed.</summary>
    public static T Or<T>(T field, T before, T theirs) => EqualityComparer<T>.Default.Equals(field, before) ? theirs : field;
}
