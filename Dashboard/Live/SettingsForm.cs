using Presence.Dashboard.Display;
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
            return; // already known, or read before this form's save had completed
        if ((!IsChanged && Reason.Length == 0) || Draft == SettingsDraft.Of(inForce))
            Begin(inForce);
        else
            Theirs = inForce;
    }

    /// <summary>What a circuit leaves behind for the next one of its tab; null while nothing was typed.</summary>
    public TypedSettings? Typed => IsChanged || Reason.Length > 0
        ? new TypedSettings(DecidedOn, Draft, Reason)
        : null;

    /// <summary>Shows what was typed before the circuit was lost, and what others saved since.</summary>
    public void Restore(TypedSettings typed, PresenceSettings inForce)
    {
        Begin(typed.DecidedOn);
        Draft = typed.Draft;
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

/// <summary>A settings form with typed values.</summary>
/// <param name="DecidedOn">The settings that were on screen.</param>
/// <param name="Draft">What was typed.</param>
/// <param name="Reason">For the history.</param>
public sealed record TypedSettings(PresenceSettings DecidedOn, SettingsDraft Draft, string Reason);
