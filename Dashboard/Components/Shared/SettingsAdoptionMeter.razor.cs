using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Shared;

/// <summary>How far the settings in force have come among those who are present, live.</summary>
public sealed partial class SettingsAdoptionMeter
{
    [Parameter, EditorRequired]
    public PresenceSettings InForce { get; set; } = default!;

    /// <summary>The version before the one in force; null for the first.</summary>
    [Parameter]
    public PresenceSettings? Previous { get; set; }

    [Parameter, EditorRequired]
    public AdoptionViewModel Adoption { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    /// <summary>
    /// When the last session should have said so: it hears of the version with its next heartbeat, at the old interval, and
    /// says so with the one after, at the new.
    /// </summary>
    private DateTimeOffset? ExpectedBy => Previous is null ? null : InForce.UpdatedAt + Previous.HeartbeatInterval + InForce.HeartbeatInterval;

    private IReadOnlyList<(int Sessions, string Text)> Parts =>
    [
        (Adoption.Answering, Sentence.With(SettingsTexts.AdoptionOn, Numbers.Count(Adoption.Answering), InForce.Version)),
        (Adoption.Behind, Sentence.With(SettingsTexts.AdoptionBehind, Numbers.Count(Adoption.Behind))),
        (Adoption.Silent, Sentence.With(SettingsTexts.AdoptionSilent, Numbers.Count(Adoption.Silent))),
    ];

    private string Expectation => Adoption switch
    {
        { Sessions: 0 } => SettingsTexts.AdoptionNobody,
        { Telling: 0 } => SettingsTexts.AdoptionSilentOnly,
        { Behind: 0 } => SettingsTexts.AdoptionDone,
        _ when ExpectedBy is { } by && by > Now => Sentence.With(SettingsTexts.AdoptionExpected, LocalTime.Clock(by, Now)),
        _ => SettingsTexts.AdoptionLate,
    };
}
