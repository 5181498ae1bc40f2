using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;

namespace Presence.Dashboard.Components.Shared;

/// <summary>For how long history is kept, and how it is divided: checked while typing, beside what it takes on the disk.</summary>
public sealed partial class HistorySettingsPanel : IDisposable
{
    private static readonly IReadOnlyList<string> Zones = [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Select(zone => zone.Id).Order(StringComparer.Ordinal)];

    private readonly LatestReading<HistoryVolume> _latest = new();
    private HistorySettings? _decidedOn;
    private HistoryDraft _draft = new();
    private TypedHistory? _left;
    private string _reason = "";
    private string _outcome = "";
    private bool _isSaving;

    [Parameter, EditorRequired]
    public HistorySettings InForce { get; set; } = default!;

    [Parameter]
    public bool MayChange { get; set; }

    /// <summary>Something was saved, or was found saved.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>What was typed, for the tab's next circuit.</summary>
    [PersistentState]
    public TypedHistory? Typed
    {
        get => _decidedOn is { } decided && (IsChanged || _reason.Length > 0) ? new TypedHistory(decided, _draft, _reason) : _left;
        set => _left ??= value; // set again, from the getter, with every change of a parameter
    }

    [Inject]
    private HistoryAdministration Administration { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private HistorySettings? Wanted => _draft.On(_decidedOn!);

    private HistorySettings? Valid => Wanted is { } wanted && HistorySettingsRules.Problems(wanted).Count == 0 ? wanted : null;

    private bool IsChanged => _draft != HistoryDraft.Of(_decidedOn!);

    private bool CanSave => IsChanged && Valid is not null && !_isSaving;

    protected override void OnParametersSet()
    {
        if (_decidedOn is null && _left is { } left)
            (_decidedOn, _draft, _reason, _left) = (left.DecidedOn, left.Draft, left.Reason, null);
        if (_decidedOn is null || (InForce.Version > _decidedOn.Version && !IsChanged && !_isSaving))
            Begin(InForce);
        else if (InForce.Version > _decidedOn.Version && !_isSaving)
            Follow(InForce);
    }

    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? LoadAsync() : Task.CompletedTask;

    private static bool IsShorter(HistorySettings before, HistorySettings after) =>
        after.MinuteDays < before.MinuteDays || after.QuarterDays < before.QuarterDays || after.AttendanceDays < before.AttendanceDays || after.BroadcastDays < before.BroadcastDays || after.EventDays < before.EventDays;

    private void Begin(HistorySettings settings) => (_decidedOn, _draft, _reason, _outcome) = (settings, HistoryDraft.Of(settings), "", "");

    /// <summary>Somebody else saved. Typed fields stay, the others follow, and the form says so.</summary>
    private void Follow(HistorySettings theirs)
    {
        _draft = _draft.Onto(_decidedOn!, theirs);
        _decidedOn = theirs;
        _outcome = Sentence.With(SettingsTexts.KeptMeanwhile, theirs.UpdatedBy);
    }

    private void Edit(Action change)
    {
        change();
        _outcome = "";
    }

    public void Dispose() => _latest.Dispose();

    private async Task LoadAsync()
    {
        await _latest.ReadAsync(Administration.ReadVolumeAsync, Failures, "The volume of history couldn't be read.");
        StateHasChanged();
    }

    private async Task SaveAsync()
    {
        if (!CanSave || Valid is not { } wanted)
            return;
        (_isSaving, _outcome) = (true, "");
        try
        {
            Begin(await Administration.SaveAsync(wanted, _reason.Length == 0 ? null : _reason, CancellationToken.None));
        }
        catch (HistorySettingsConflictException conflict)
        {
            Follow(conflict.Current);
        }
        catch (HistorySettingsRefusedException refusal)
        {
            _outcome = refusal.Message;
        }
        catch (AccessRefusedException)
        {
            _outcome = SettingsTexts.ReadOnly;
        }
#pragma warning disable CA1031 // any failure: the form says that the outcome is unknown and keeps what was typed
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _outcome = Failures.Tell(failure, "The settings of history couldn't be saved.", SettingsTexts.SavingFailed);
        }
        finally
        {
            _isSaving = false;
        }
        await OnSaved.InvokeAsync();
    }

    private IEnumerable<string> ProblemsOf(string field, int? typed) => typed is null ? [SettingsTexts.WholeNumber] : ProblemsOf(field);

    /// <summary>A field's rule in the page's words. An empty field elsewhere hides no problem of this one.</summary>
    private IEnumerable<string> ProblemsOf(string field)
    {
        var draft = _draft with
        {
            MinuteDays = _draft.MinuteDays ?? 1,
            QuarterDays = _draft.QuarterDays ?? HistorySettingsRules.MostDays,
            AttendanceDays = _draft.AttendanceDays ?? 1,
            BroadcastDays = _draft.BroadcastDays ?? 1,
            EventDays = _draft.EventDays ?? 1,
            EmptyMinutes = _draft.EmptyMinutes ?? 0,
        };
        var wanted = draft.On(_decidedOn!)!;
        foreach (var problem in HistorySettingsRules.Problems(wanted).Where(problem => string.Equals(problem.Field, field, StringComparison.Ordinal)))
        {
            yield return problem.Field switch
            {
                "minuteDays" => Sentence.With(SettingsTexts.KeptDaysRule, HistorySettingsRules.MostMinuteDays),
                "quarterDays" when wanted.QuarterDays is >= 1 and <= HistorySettingsRules.MostDays => Sentence.With(SettingsTexts.KeptQuartersRule, wanted.MinuteDays),
                "emptyGapSeconds" => Sentence.With(SettingsTexts.KeptEmptyRule, HistorySettingsRules.LongestGap.TotalMinutes),
                "zone" => SettingsTexts.KeptZoneRule,
                _ => Sentence.With(SettingsTexts.KeptDaysRule, HistorySettingsRules.MostDays),
            };
        }
    }

    private static Task<IEnumerable<string>> FindZonesAsync(string? text, CancellationToken cancellationToken)
    {
        var wanted = text?.Trim().Replace(' ', '_') ?? "";
        return Task.FromResult(Zones.Where(zone => zone.Contains(wanted, StringComparison.OrdinalIgnoreCase)));
    }

    private IEnumerable<ImpactLine> FullOf(HistoryVolume volume)
    {
        yield return Line(SettingsTexts.KeptMinutes, settings => volume.MinuteBytesOf(settings.MinuteDays));
        yield return Line(SettingsTexts.KeptQuarters, settings => volume.QuarterBytesOf(settings.QuarterDays));
        yield return Line(SettingsTexts.KeptAttendance, settings => volume.VisitBytesOf(settings.AttendanceDays));
        yield return Line(SettingsTexts.KeptAll, volume.FullBytes);

        ImpactLine Line(string name, Func<HistorySettings, long> bytes) => Valid is { } wanted
            ? new(name, Numbers.Bytes(bytes(InForce)), Numbers.Bytes(bytes(wanted)), bytes(wanted).CompareTo(bytes(InForce)) switch { > 0 => "is-caution", < 0 => "is-good", _ => null })
            : new(name, Numbers.Bytes(bytes(InForce)), ImpactWords.None, null);
    }
}
