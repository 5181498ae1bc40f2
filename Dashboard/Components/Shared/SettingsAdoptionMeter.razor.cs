using System.Globalization;
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

    private string Expectation(AdoptionViewModel adoption)
    {
        if (adoption is { Telling: 0, Silent: > 0 })
            return Sentence.With(SettingsTexts.AdoptionSilentOnly, Numbers.Of(adoption.Silent, SettingsTexts.Session, SettingsTexts.Sessions));

        var behind = adoption.Telling - adoption.Answering;
        var rest = adoption switch
        {
            { Telling: 0 } => SettingsTexts.AdoptionNobody,
            _ when behind == 0 => SettingsTexts.AdoptionDone,
            _ when ExpectedBy is { } by && by > Now => Sentence.With(SettingsTexts.AdoptionExpected, LocalTime.Clock(by, Now)),
            _ => SettingsTexts.AdoptionLate,
        };
        return adoption.Silent == 0 ? rest : rest + " " + Sentence.With(SettingsTexts.AdoptionSilent, Numbers.Of(adoption.Silent, SettingsTexts.Session, SettingsTexts.Sessions));
    }

    private static string Width(AdoptionViewModel adoption) =>
        string.Create(CultureInfo.InvariantCulture, $"width:{(adoption.Telling == 0 ? 0 : 100d * adoption.Answering / adoption.Telling):0.#}%");
}
