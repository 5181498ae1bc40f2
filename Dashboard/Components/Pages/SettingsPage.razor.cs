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
    /// <summary>How long what was saved is said where the thumb is; the history says it ever after.</summary>
    private static readonly TimeSpan SaidFor = TimeSpan.FromSeconds(10);

    private readonly SettingsForm _form = new();
    private string _outcome = "";
    private DateTimeOffset _saidAt;
    private bool _isSaving;
    private bool _isSaved;
    private TypedSettings? _left;
    private int? _asked;
    private bool _isAskedAgain;

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
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Notices { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    /// <summary>What the preview weighs: the draft while it may be saved, else what is in force.</summary>
    private PresenceSettings Shown => _form.IsChanged && _form.Valid is { } wanted ? wanted : Reading!.InForce;

    private bool CanSave => _form.CanSave && !_isSaving;

    private bool IsUp => _form.IsChanged || (_outcome.Length > 0 && Time.GetUtcNow() - _saidAt < SaidFor);

    private bool IsCaution => !_form.CanSave || ImpactWords.IsLeaving(Reading!.InForce, Shown);

    private string Line => _form switch
    {
        { Theirs: not null } => SettingsTexts.LineTheirs,
        { Valid: null } => SettingsTexts.LineRefused,
        _ => ImpactWords.InOneLine(Reading!.InForce, Shown, Reading.Network),
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

    private void Say(string outcome) => (_outcome, _saidAt) = (outcome, Time.GetUtcNow());

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
        Notices.Say(_outcome, severity: _isSaved ? Severity.Success : Severity.Error); // visible at every scroll position
        _outcome = "";
    }

    private async Task StoreAsync(PresenceSettings wanted, string reason)
    {
        (_isSaving, _isSaved) = (true, false);
        try
        {
            var saved = await Administration.SaveAsync(wanted, reason.Length == 0 ? null : reason, CancellationToken.None);
            _form.Begin(saved);
            _isSaved = true;
            Say(Sentence.With(SettingsTexts.Saved, saved.Version));
        }
        catch (SettingsConflictException conflict)
        {
            _form.Follow(conflict.Current);
            if (_form.Theirs is null) // otherwise the notice explains it and offers the next step
                Say(Sentence.With(SettingsTexts.ChangedMeanwhile, conflict.Current.UpdatedBy) + " " + SettingsTexts.NothingSaved);
        }
        catch (SettingsRefusedException refusal)
        {
            Say(string.Join(' ', refusal.Problems.Select(SettingsIssueTexts.Text)));
        }
        catch (AccessRefusedException)
        {
            Say(SettingsTexts.ReadOnly);
        }
#pragma warning disable CA1031 // any failure: the page says that the outcome is unknown and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Say(Failures.Tell(failure, "The settings couldn't be saved.", SettingsTexts.SavingFailed));
        }
        finally
        {
            _isSaving = false;
        }
        await RefreshAsync();
    }

    private Task<bool> ConfirmDisablingAsync()
    {
        var viewers = Engine.CountNetwork().Viewers;
        var leaving = viewers == 0 ? SettingsTexts.NobodyWatches : Numbers.Of(viewers, SettingsTexts.ViewerLeaves, SettingsTexts.ViewersLeave);
        return ConfirmDialog.AskAsync(Dialogs, SettingsTexts.SwitchOffTitle, $"{leaving} {SettingsTexts.UntilOnAgain}", SettingsTexts.SwitchOff);
    }
}
