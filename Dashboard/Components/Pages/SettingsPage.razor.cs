using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The network's presence settings, with the rules checked while typing, and who changed what; live, others' saves included.</summary>
public sealed partial class SettingsPage
{
    private readonly SettingsForm _form = new();
    private string _outcome = "";
    private bool _isSaving;
    private TypedSettings? _left;
    private int? _asked;
    private bool _isAskedAgain;

    /// <summary>Which part is shown: the network's settings, the rooms with their own, what is scheduled, how history is kept, or all changes. What was typed stays meanwhile.</summary>
    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    /// <summary>What was typed, for the tab's next circuit.</summary>
    [PersistentState]
    public TypedSettings? Typed
    {
        get => Reading is null ? _left : _form.Typed;
        set => _left ??= value; // the framework writes the getter's value back with every change of a parameter
    }

    /// <summary>The version that a question is open about, for the tab's next circuit.</summary>
    [PersistentState]
    public int? Asked
    {
        get => _asked;
        set => _asked = value;
    }

    [Inject]
    private SettingsAdministration Administration { get; set; } = default!;

    [Inject]
    private RoomAdministration RoomSettings { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Notices { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private string ShownTab => Tab is "rooms" or "scheduled" or "retention" or "history" ? Tab : "network";

    private PresenceSettings Wanted => _form.Valid ?? Reading!.InForce;

    private bool CanSave => _form.CanSave && !_isSaving;

    private bool IsUp => _form.IsChanged || _outcome.Length > 0;

    private bool IsCaution => !_form.CanSave || ImpactWords.IsLeaving(Reading!.InForce, Wanted);

    private string Line => _form switch
    {
        { Theirs: not null } => SettingsTexts.LineTheirs,
        { Valid: null } => SettingsTexts.LineRefused,
        _ => ImpactWords.InOneLine(Reading!.InForce, Wanted, Reading.Network),
    };

    protected override async ValueTask<SettingsViewModel> ReadAsync()
    {
        var reading = await Administration.ReadAsync(CancellationToken.None);
        if (Reading is null && _left is { } left)
            _form.Restore(left, reading.InForce);
        else if (Reading is null)
            _form.Begin(reading.InForce);
        else if (!_isSaving)
            _form.Follow(reading.InForce);
        return reading;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        // The dialog was open when the tab's circuit was lost. It opens again when the versions are loaded.
        if (_isAskedAgain || Reading is null)
            return;
        _isAskedAgain = true;
        if (_asked is { } version && Reading.History.FirstOrDefault(entry => entry.Settings.Version == version) is { } entry)
            await RevertAsync(entry.Settings);
    }

    private void Edit(Action change)
    {
        change();
        _outcome = "";
    }

    private void Take(SettingsPreset? preset)
    {
        if (preset is not null)
            Edit(() => _form.Take(preset.Interval, preset.Timeout));
    }

    private void Reset() => Edit(_form.Reset);

    private string? CurrentTab(string tab) => ShownTab == tab ? "page" : null;

    private IEnumerable<string> ProblemsOf(string field, int? value) =>
        _form.Wanted is { } wanted ? Messages(PresenceSettingsRules.Problems(wanted), field) : value is null ? [SettingsTexts.WholeNumber] : [];

    // A field with an error gets no advice as well.
    private IEnumerable<string> WarningsOf(string field) =>
        _form.Valid is { } wanted ? Messages(PresenceSettingsRules.Warnings(wanted), field) : [];

    private static IEnumerable<string> Messages(IEnumerable<SettingsIssue> remarks, string field) =>
        remarks.Where(remark => string.Equals(remark.Field, field, StringComparison.Ordinal)).Select(SettingsIssueTexts.Text);

    private async Task SaveAsync()
    {
        if (!CanSave || _form.Valid is not { } wanted)
            return;
        if (!ImpactWords.IsLeaving(_form.DecidedOn, wanted) || await ConfirmDisablingAsync())
            await StoreAsync(wanted, _form.Reason);
    }

    /// <summary>One question, with what it changes and means; then it is in force, as a version of its own.</summary>
    private async Task RevertAsync(PresenceSettings target)
    {
        _asked = target.Version;
        var chosen = await Dialogs.AskAsync<RevertSettingsDialog>(
            Sentence.With(SettingsTexts.RevertTitle, target.Version), new DialogParameters<RevertSettingsDialog> { { dialog => dialog.Target, target } });
        _asked = null;
        if (chosen is not PresenceSettings wanted || _isSaving)
            return;
        await StoreAsync(wanted, Sentence.With(SettingsTexts.RevertReason, target.Version));
        if (_outcome.Length > 0)
            Notices.Say(_outcome, severity: Severity.Error); // visible at every scroll position
        _outcome = "";
    }

    private async Task StoreAsync(PresenceSettings wanted, string reason)
    {
        (_isSaving, _outcome) = (true, "");
        try
        {
            var saved = await Administration.SaveAsync(wanted, reason.Length == 0 ? null : reason, CancellationToken.None);
            _form.Begin(saved);
        }
        catch (SettingsConflictException conflict)
        {
            _form.Follow(conflict.Current);
            if (_form.Theirs is null) // otherwise the notice explains it and offers the next step
                _outcome = Sentence.With(SettingsTexts.ChangedMeanwhile, conflict.Current.UpdatedBy) + " " + SettingsTexts.NothingSaved;
        }
        catch (SettingsRefusedException refusal)
        {
            _outcome = string.Join(' ', refusal.Problems.Select(SettingsIssueTexts.Text));
        }
        catch (AccessRefusedException)
        {
            _outcome = SettingsTexts.ReadOnly;
        }
#pragma warning disable CA1031 // any failure: the page says that the outcome is unknown and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _outcome = Failures.Tell(failure, "The settings couldn't be saved.", SettingsTexts.SavingFailed);
        }
        finally
        {
            _isSaving = false;
        }
        await RefreshAsync();
    }

    /// <summary>A room's own settings go at once: the notice offers the way back.</summary>
    private async Task ResetRoomAsync(DefinedRoom room)
    {
        try
        {
            await RoomSettings.SaveAsync(room, room.Definition with { Overrides = RoomOverrides.None }, CancellationToken.None);
        }
        catch (RoomConflictException conflict)
        {
            Notices.Say(Sentence.With(RoomTexts.SaveConflict, conflict.Current.UpdatedBy), severity: Severity.Error);
        }
        catch (AccessRefusedException)
        {
            Notices.Say(RoomTexts.NotAllowed, severity: Severity.Error);
        }
#pragma warning disable CA1031 // whatever it was, the moderator is told and can try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Notices.Say(Failures.Tell(failure, "A room's settings couldn't be reset.", RoomTexts.SaveFailed), severity: Severity.Error);
        }
        await RefreshAsync();
    }

    private async Task<bool> ConfirmDisablingAsync()
    {
        var viewers = (await Presence.ReadNetworkAsync()).Count.Viewers;
        var leaving = viewers == 0 ? SettingsTexts.NobodyWatches : Numbers.Of(viewers, SettingsTexts.ViewerLeaves, SettingsTexts.ViewersLeave);
        return await ConfirmDialog.AskAsync(Dialogs, SettingsTexts.SwitchOffTitle, $"{leaving} {SettingsTexts.UntilOnAgain}", SettingsTexts.SwitchOff);
    }
}
