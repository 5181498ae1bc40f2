using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Live;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>
/// Asks whether to go back to an earlier version of the settings, with what that changes and means, live. Closes with the
/// settings to save, decided on the version that was in force on screen.
/// </summary>
public sealed partial class RevertSettingsDialog
{
    /// <summary>The version to go back to.</summary>
    [Parameter, EditorRequired]
    public PresenceSettings Target { get; set; } = default!;

    [Inject]
    private SettingsAdministration Administration { get; set; } = default!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    private PresenceSettings? Wanted => Reading is null ? null : Target.SavedAs(Reading.InForce);

    private bool IsLeaving => Wanted is { } wanted && ImpactWords.IsLeaving(Reading!.InForce, wanted);

    protected override ValueTask<SettingsViewModel> ReadAsync() => Administration.ReadAsync(CancellationToken.None);
}
