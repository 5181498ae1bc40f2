using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>What is in force in one room and where each value comes from; for Moderators, what is special about it.</summary>
public sealed partial class RoomSettingsPanel
{
    private string? _roomId;
    private DefinedRoom? _room;
    private RoomDefinition? _seen;
    private PresenceSettings _network = PresenceSettings.Default;
    private PrefixOverrides _prefixes = PrefixOverrides.None;
    private RoomState? _inForce;
    private RoomDraft _draft = new();
    private TypedRoom? _left;
    private MudTextField<string>? _titleField;
    private ElementReference _editLink;
    private bool _isAsked;
    private bool _isEditing;
    private bool _movesFocus;
    private bool _isBusy;
    private bool _hasFailed;
    private string _problem = "";

    [Parameter, EditorRequired]
    public string RoomId { get; set; } = "";

    [Parameter]
    public bool MayAct { get; set; }

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <summary>Whether the address asks for the form; what is typed into it stays out of the address.</summary>
    [Parameter]
    public bool IsEditing { get; set; }

    /// <summary>What was typed, for the tab's next circuit.</summary>
    [PersistentState]
    public TypedRoom? Typed
    {
        get => _isEditing && _room is { Definition: var known } && _draft != RoomDraft.Of(known) ? new TypedRoom(RoomId, known, _draft) : _left;
        set => _left ??= value; // set again, from the getter, with every change of a parameter
    }

    [Inject]
    private IPresence Presence { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomAdministration Administration { get; set; } = default!;

    [Inject]
    private ScheduleAdministration Schedules { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private RoomDefinition Wanted => _draft.On(_room!.Definition);

    /// <summary>What the crowd makes of it included, where it is of the definition shown.</summary>
    private EffectiveSettings Effective => _inForce is { Effective.Grown: not null } state && state.Definition == _room!.Definition ? state.Effective : EffectiveSettings.Resolve(_network, _room!.Definition.Overrides, _prefixes);

    private EffectiveSettings Drafted => EffectiveSettings.Resolve(_network, Wanted.Overrides, _prefixes);

    /// <summary>What the room follows where it has no value of its own.</summary>
    private EffectiveSettings Followed => EffectiveSettings.Resolve(_network, RoomOverrides.None, _prefixes);

    private bool CanSave => !_isBusy && Wanted != _room!.Definition && RoomDefinitionRules.Problems(Wanted).Count == 0;

    private string EditHref => Navigation.GetUriWithQueryParameter("edit", "1");

    private string ReadHref => Navigation.GetUriWithQueryParameter("edit", (string?)null);

    protected override async Task OnParametersSetAsync()
    {
        var isOther = !PresenceComparers.RoomId.Equals(RoomId, _roomId);
        var wasEditing = _isEditing;
        _inForce = Presence.StateOf(RoomId);
        (_network, _prefixes) = (Presence.Current.Settings, _inForce.Value.Prefixes);
        if (isOther)
            (_roomId, _room, _isAsked) = (RoomId, null, false);
        var begins = IsEditing && !_isAsked;
        (_isAsked, _isEditing) = (IsEditing, _isEditing && IsEditing && !isOther);
        if (begins)
            _problem = "";
        if (isOther || begins)
            await LoadAsync(); // before editing too, because the settings can have changed since
        else if (!_isBusy && _room is not null && Presence.StateOf(RoomId).Definition != _seen)
            await FollowAsync(_room.Definition);
        if (begins && IsEditing && _room is not null)
            BeginEditing(_room);
        _movesFocus |= _isEditing != wasEditing && !isOther;
    }

    /// <summary>Opening or closing the form removes the focused element. Without this, keyboard focus would start at the top of the page.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_movesFocus)
            return;
        _movesFocus = false;
        if (!MayAct)
            return;
        try
        {
            await (_isEditing ? _titleField!.FocusAsync() : _editLink.FocusAsync());
        }
        catch (JSDisconnectedException)
        {
            // The tab was closed.
        }
    }

    private void BeginEditing(DefinedRoom room)
    {
        _isEditing = true;
        if (_left is { } left && PresenceComparers.RoomId.Equals(left.RoomId, RoomId))
        {
            _draft = left.Draft.Onto(left.DecidedOn, room.Definition);
            if (left.DecidedOn != room.Definition)
                _problem = Sentence.With(RoomTexts.SaveConflict, room.UpdatedBy);
        }
        else
        {
            _draft = RoomDraft.Of(room.Definition);
        }
        _left = null;
    }

    /// <summary>Another moderator saved. The change is shown at once, typed fields stay, and the form says so.</summary>
    private async Task FollowAsync(RoomDefinition before)
    {
        await LoadAsync();
        if (!_isEditing || _room is null || _room.Definition == before)
            return;
        var isTyped = _draft != RoomDraft.Of(before);
        _draft = _draft.Onto(before, _room.Definition);
        if (isTyped)
            _problem = Sentence.With(RoomTexts.SaveConflict, _room.UpdatedBy);
    }

    private async Task LoadAsync()
    {
        _seen = Presence.StateOf(RoomId).Definition;
        try
        {
            _room = await Administration.ReadAsync(RoomId, CancellationToken.None);
            _hasFailed = false;
        }
        catch (AccessRefusedException)
        {
            // The surrounding page shows the failure.
        }
#pragma warning disable CA1031 // any failure: the panel says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "A room's settings couldn't be loaded.");
            _hasFailed = true;
        }
    }

    private async Task SaveAsync()
    {
        if (!CanSave || !await ConfirmAsync())
            return;
        _isBusy = true;
        try
        {
            _room = await Administration.SaveAsync(_room!, Wanted, CancellationToken.None);
            _seen = Presence.StateOf(RoomId).Definition;
            Navigation.NavigateTo(ReadHref, replace: true);
        }
        catch (RoomConflictException conflict)
        {
            _draft = _draft.Onto(_room!.Definition, conflict.Current.Definition);
            _room = conflict.Current; // keeps the typed values and shows what would change
            _problem = Sentence.With(RoomTexts.SaveConflict, conflict.Current.UpdatedBy);
        }
        catch (AccessRefusedException)
        {
            _problem = RoomTexts.NotAllowed;
        }
        catch (SettingsRefusedException refused)
        {
            _problem = string.Join(' ', refused.Problems.Select(SettingsIssueTexts.Text));
        }
        catch (StoreFullException full)
        {
            _problem = Sentence.With(RoomTexts.CatalogueFull, Numbers.Count(full.Most));
        }
#pragma warning disable CA1031 // any failure: the panel says so and keeps what was typed
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _problem = Failures.Tell(failure, "A room's settings couldn't be saved.", RoomTexts.SaveFailed);
        }
        finally
        {
            _isBusy = false;
        }
    }

    /// <summary>Switching off and ending send everyone away at once; nothing else does.</summary>
    private async Task<bool> ConfirmAsync()
    {
        var isEnding = Wanted.Status == RoomStatus.Ended && _room!.Definition.Status != RoomStatus.Ended;
        var isClosing = isEnding || (!Drafted.Values.Enabled && Effective.Values.Enabled);
        if (!isClosing)
            return true;
        var viewers = (await Presence.CountAsync(RoomId)).Viewers;
        var leaving = viewers == 0 ? RoomTexts.CloseNobody : Sentence.With(viewers == 1 ? RoomTexts.CloseOne : RoomTexts.CloseMany, Numbers.Count(viewers));
        return await ConfirmDialog.AskAsync(
            Dialogs,
            isEnding ? RoomTexts.CloseEndTitle : RoomTexts.CloseOffTitle,
            $"{leaving} {(isEnding ? RoomTexts.CloseEndText : RoomTexts.CloseOffText)}",
            isEnding ? RoomTexts.CloseEnd : RoomTexts.CloseOff);
    }

    private IEnumerable<string> ProblemsOf(string field) =>
        RoomDefinitionRules.Problems(Wanted).Where(problem => string.Equals(problem.Field, field, StringComparison.Ordinal)).Select(SettingsIssueTexts.Text);

    private static string FollowHint(TimeSpan followed, SettingsOrigin from) =>
        from.Prefix is { } prefix ? Sentence.With(RoomTexts.SettingsFollowPrefix, VisibleText.Isolated($"{prefix}*"), Durations.Exact(followed)) : Sentence.With(RoomTexts.SettingsFollow, Durations.Exact(followed));

    private static string Text(TimeSpan span, SettingsOrigin from) =>
        from.Source == SettingsSource.Rule ? $"{Durations.Exact(span)} ({RoomTexts.FromRule})" : Durations.Exact(span);

    private static string SourceText(SettingsOrigin from) => from.Source switch
    {
        SettingsSource.Prefix => VisibleText.Isolated($"{from.Prefix}*"),
        SettingsSource.Room => RoomTexts.FromRoom,
        SettingsSource.Rule => RoomTexts.FromRule,
        _ => RoomTexts.FromNetwork,
    };
}
