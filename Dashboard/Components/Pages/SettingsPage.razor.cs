using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Radzen;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The network's presence settings, with the rules checked while typing, and who changed what.</summary>
public sealed partial class SettingsPage : IDisposable
{
    private const string IntervalField = "heartbeatIntervalSeconds";
    private const string TimeoutField = "presenceTimeoutSeconds";
    private const string ListField = "listLimit";

    private static readonly IReadOnlyDictionary<string, object> SwitchAttributes =
        new Dictionary<string, object>(StringComparer.Ordinal) { ["id"] = "enabled", ["aria-describedby"] = "enabled-hint" };

    private readonly CancellationTokenSource _closing = new();
    private ElementReference _form;
    private SettingsReading? _reading;
    private SettingsDraft _draft = new();
    private PresenceSettings? _theirs;
    private string _reason = "";
    private string _outcome = "";
    private bool _mayChange;
    private bool _isSaving;
    private bool _hasFailed;
    private bool _isRefused;

    [Inject]
    private SettingsAdministration Administration { get; set; } = default!;

    [Inject]
    private DialogService Dialogs { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<SettingsPage> Log { get; set; } = default!;

    private PresenceSettings? Wanted => _reading is null ? null : _draft.On(_reading.InForce);

    /// <summary>What the preview weighs: the draft while it may be saved, else what is in force.</summary>
    private PresenceSettings Shown => Wanted is { } wanted && PresenceSettingsRules.Problems(wanted).Count == 0 ? wanted : _reading!.InForce;

    private bool IsChanged => _reading is not null && _draft != SettingsDraft.Of(_reading.InForce);

    private bool CanSave => IsChanged && !_isSaving && _theirs is null && Wanted is { } wanted && PresenceSettingsRules.Problems(wanted).Count == 0;

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            _mayChange = await Administration.MayChangeAsync();
            Show(await Administration.ReadAsync(_closing.Token));
        }
        catch (AccessRefusedException)
        {
            _isRefused = true;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The page was left while it was being read.
        }
#pragma warning disable CA1031 // whatever it was, the page says so and offers to try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.LogError(failure, "The settings could not be read.");
            _hasFailed = true;
        }
    }

    private void Show(SettingsReading reading)
    {
        _reading = reading;
        _draft = SettingsDraft.Of(reading.InForce);
        _theirs = null;
        _hasFailed = false;
    }

    private void Edit(Action change)
    {
        change();
        _outcome = "";
    }

    private void Take(SettingsPreset preset) => Edit(() =>
        (_draft.HeartbeatIntervalSeconds, _draft.PresenceTimeoutSeconds) = (preset.Interval, preset.Timeout));

    private bool MayRevertTo(PresenceSettings settings) => SettingsDraft.Of(settings) != SettingsDraft.Of(_reading!.InForce);

    /// <summary>Fills the form in; nothing is in force before it is saved, as a version of its own.</summary>
    private async Task RevertAsync(PresenceSettings settings)
    {
        _draft = SettingsDraft.Of(settings);
        _reason = Sentence.With(SettingsTexts.RevertReason, settings.Version);
        _outcome = Sentence.With(SettingsTexts.Reverting, settings.Version);
        await _form.FocusAsync();
    }

    private void Reset()
    {
        _draft = SettingsDraft.Of(_reading!.InForce);
        _reason = "";
        _outcome = "";
    }

    private IEnumerable<string> ProblemsOf(string field)
    {
        if (Wanted is { } wanted)
            return Messages(PresenceSettingsRules.Problems(wanted), field);
        var isEmpty = field switch
        {
            IntervalField => _draft.HeartbeatIntervalSeconds is null,
            TimeoutField => _draft.PresenceTimeoutSeconds is null,
            _ => _draft.ListLimit is null,
        };
        return isEmpty ? [SettingsTexts.WholeNumber] : [];
    }

    // A refused value needs no advice on top.
    private IEnumerable<string> WarningsOf(string field) =>
        Wanted is { } wanted && PresenceSettingsRules.Problems(wanted).Count == 0 ? Messages(PresenceSettingsRules.Warnings(wanted), field) : [];

    private static IEnumerable<string> Messages(IEnumerable<SettingsRemark> remarks, string field) =>
        remarks.Where(remark => string.Equals(remark.Field, field, StringComparison.Ordinal)).Select(SettingsRemarks.Text);

    private async Task SaveAsync()
    {
        if (!CanSave || Wanted is not { } wanted)
            return;
        if (!wanted.Enabled && _reading!.InForce.Enabled && !await ConfirmDisablingAsync())
            return;

        _isSaving = true;
        try
        {
            var saved = await Administration.SaveAsync(wanted, _reason.Length == 0 ? null : _reason, _closing.Token);
            Show(await Administration.ReadAsync(_closing.Token));
            _reason = "";
            _outcome = Sentence.With(SettingsTexts.Saved, saved.Version);
        }
        catch (SettingsConflictException conflict)
        {
            _theirs = conflict.Current;
        }
        catch (SettingsRefusedException refusal)
        {
            _outcome = string.Join(' ', refusal.Problems.Select(SettingsRemarks.Text));
        }
        catch (AccessRefusedException)
        {
            _mayChange = false;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The page was left while it was saving; what was stored is stored.
        }
#pragma warning disable CA1031 // whatever it was, the page says that nothing is certain and offers to try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.LogError(failure, "The settings could not be saved.");
            _outcome = SettingsTexts.SavingFailed;
        }
        finally
        {
            _isSaving = false;
        }
    }

    private Task TakeTheirs() => LoadAsync();

    private async Task KeepMine()
    {
        var mine = _draft;
        await LoadAsync();
        _draft = mine; // now decided on their version: what Save would change is on screen
    }

    private async Task<bool> ConfirmDisablingAsync() =>
        await Dialogs.OpenAsync<DisablePresenceDialog>(
            SettingsTexts.SwitchOffTitle,
            new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(DisablePresenceDialog.Viewers)] = Administration.ViewersNow },
            new DialogOptions { ShowClose = false, Width = "min(440px, 92vw)", CloseDialogOnOverlayClick = true }) is true;
}
