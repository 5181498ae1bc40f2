using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Everyone in a room: only the visible rows are read and rendered, and they don't move while the moderator points at them.</summary>
public sealed partial class Roster
{
    private static readonly (ViewerStatusKind? State, string Text)[] States =
    [
        (null, RoomTexts.All),
        (ViewerStatusKind.Watching, ViewerTexts.StatusWatching),
        (ViewerStatusKind.Hidden, ViewerTexts.StatusHidden),
        (ViewerStatusKind.Paused, ViewerTexts.StatusPaused),
        (ViewerStatusKind.Fading, ViewerTexts.StatusFading),
    ];

    private static readonly (bool? Guests, string Text)[] GuestChoices = [(null, RoomTexts.Everybody), (true, RoomTexts.GuestsAlone), (false, RoomTexts.NoGuests)];

    private static readonly (string? Word, string Text)[] WatchChoices =
        [(null, NoteTexts.FilterNone), (RosterView.AnyFlag, NoteTexts.FilterAny), .. NoteWords.Flags.Select(known => ((string?)known.Word, known.Text))];

    /// <summary>The most devices in the list. Others can be typed.</summary>
    private const int MostDevices = 50;

    private bool _showsFilters;
    private HashSet<string>? _selected;
    private bool _isFull;
    private Virtualize<RosterItem>? _rows;
    private RosterView? _shownView;
    private string? _shownOpen;
    private int _total;
    private int _lines;
    private long _waiting;
    private ItemsProviderResult<RosterItem> _window;
    private int _windowStart;
    private bool _isRead;
    private bool _hasFailed;
    private bool _isPointedAt;
    private bool _hasFocus;

    [Parameter, EditorRequired]
    public RosterView View { get; set; } = default!;

    /// <summary>The viewer whose sessions are shown. Null for none.</summary>
    [Parameter]
    public string? Open { get; set; }

    /// <summary>The room's numbers; each new one triggers a new read of the rows.</summary>
    [Parameter, EditorRequired]
    public RoomDetailViewModel Reading { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private RosterQuery Reader { get; set; } = default!;

    [Inject]
    private IPresence Presence { get; set; } = default!;

    [Inject]
    private ViewerModeration Moderation { get; set; } = default!;

    [Inject]
    private NoteModeration Notes { get; set; } = default!;

    [Inject]
    private ViewerNoteDialogs NoteDialogs { get; set; } = default!;

    [Inject]
    private ModeratorBoard Board { get; set; } = default!;

    [Inject]
    private ModeratorTab Tab { get; set; } = default!;

    [Inject]
    private RegularsQuery Regulars { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private StageModeration Stage { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    /// <summary>What would bring viewers here. Into a closed room heartbeats bring none.</summary>
    private string EmptyText => Reading.Room.Status == RoomStatus.Ended ? RoomTexts.EmptyRoomEnded : Reading.IsEnabled ? RoomTexts.EmptyRoom : RoomTexts.EmptyRoomOff;

    private string Showing => View.IsFiltered && _isRead
        ? Sentence.With(RoomTexts.OfMany, Numbers.Count(_total), Viewers)
        : Viewers;

    private string Viewers => Reading.Room.Count is { Unlisted: > 0 } count
        ? Sentence.With(RoomTexts.AndUnlisted, Numbers.Of(count.Listed, RoomTexts.ViewersOne, RoomTexts.ViewersMany), Numbers.Count(count.Unlisted))
        : Numbers.Of(Reading.Room.Count.Viewers, RoomTexts.ViewersOne, RoomTexts.ViewersMany);

    private string WaitingText => Sentence.With(_waiting == 1 ? RoomTexts.WaitingOne : RoomTexts.WaitingMany, Numbers.Count(_waiting));

    /// <summary>Those who are chosen to be acted on together, also where they left since. Null while none are chosen.</summary>
    private HashSet<string>? Selected => Reading.MayAct ? _selected : null;

    private string SelectAllText => Sentence.With(
        _total > ViewerModeration.MostTogether ? RoomTexts.SelectFirst : View.IsFiltered ? RoomTexts.SelectFiltered : RoomTexts.SelectAll,
        Numbers.Count(Math.Min(_total, ViewerModeration.MostTogether)));

    private string AllHref => Navigation.GetUriWithQueryParameters(Nothing("search", "state", "guests", "device", "longer", "watch"));

    /// <summary>The devices that sessions reported. Read when the filter is first used.</summary>
    private IReadOnlyList<string>? Devices { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        var isNew = View != _shownView || Open != _shownOpen;
        if (View.RoomId != _shownView?.RoomId)
        {
            _isRead = false;
            await ShowFiltersAsync(View.Filters > 0);
            _selected = null;
        }
        else if (_shownView with { Sort = View.Sort } != View)
        {
            _selected?.Clear(); // what another filter showed isn't acted on
        }
        (_shownView, _shownOpen) = (View, Open);
        await Reader.ShowAsync(View, Open);
        _waiting = await Reader.CountWaitingAsync();
        if (isNew || Reader.IsDue)
            await RefreshRowsAsync();
    }

    private async ValueTask<ItemsProviderResult<RosterItem>> ReadAsync(ItemsProviderRequest request)
    {
        try
        {
            var window = await Reader.ReadAsync(request.StartIndex, request.Count, Reading.View == View ? Reading.Snapshot.First : null);
            (_window, _windowStart) = (new(window.Items, window.Lines), request.StartIndex);
            var read = (window.Viewers, window.Lines, true, false);
            if ((_total, _lines, _isRead, _hasFailed) != read)
            {
                (_total, _lines, _isRead, _hasFailed) = read;
                StateHasChanged(); // Virtualize also calls this for its first rows and on scrolling
            }
            _ = LearnAsync(window.Items);
            return _window;
        }
        catch (AccessRefusedException)
        {
            return new([], 0); // the surrounding page shows the failure at its next read
        }
#pragma warning disable CA1031 // any failure: the list says so and offers a retry; the number above it stays
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "The rows of a viewer list couldn't be loaded.");
            if (!_hasFailed)
            {
                _hasFailed = true;
                StateHasChanged();
            }
            return request.StartIndex == _windowStart && _isRead ? _window : new([], _lines);
        }
    }

    /// <summary>Rows don't wait for history: what it knows of them is drawn with the page's next second.</summary>
    private async Task LearnAsync(IReadOnlyList<RosterItem> rows)
    {
        try
        {
            await Regulars.LearnAsync(View.RoomId, rows.Where(row => !row.Viewer.IsGuest).Select(row => row.Viewer.UserId));
        }
        catch (AccessRefusedException)
        {
            // The surrounding page shows it at its next read.
        }
#pragma warning disable CA1031 // any failure: rows show all the rest
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "Earlier visits of viewers couldn't be loaded.");
        }
    }

    private async Task RefreshRowsAsync()
    {
        if (_rows is not null)
            await _rows.RefreshDataAsync();
    }

    private Task PointAtAsync(bool isPointedAt)
    {
        _isPointedAt = isPointedAt;
        return HoldAsync();
    }

    private Task FocusAsync(bool hasFocus)
    {
        _hasFocus = hasFocus;
        return HoldAsync();
    }

    private async Task HoldAsync()
    {
        var wasHeld = Reader.IsHeld;
        await Reader.PointAtAsync(_isPointedAt || _hasFocus);
        if (wasHeld && !Reader.IsHeld)
            await RefreshRowsAsync();
        _waiting = await Reader.CountWaitingAsync();
    }

    private async Task ShowWaitingAsync()
    {
        await Reader.TakeWaitingAsync();
        _waiting = 0;
        await RefreshRowsAsync();
    }

    private void Toggle(RosterItem item) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("open", item.Viewer.UserId == Open ? null : item.Viewer.UserId), replace: true);

    private async Task RemoveAsync(RosterItem item)
    {
        if (await Bans.AskAsync(item.Viewer.UserId, ViewerNames.Of(item.Viewer), View.RoomId))
            await RefreshRowsAsync();
    }

    private void SwitchSelecting() => (_selected, _isFull) = (_selected is null ? new(PresenceComparers.UserId) : null, false);

    private void Select(RosterItem item)
    {
        if (_selected is not { } selected)
            return;
        _isFull = !selected.Remove(item.Viewer.UserId) && (selected.Count >= ViewerModeration.MostTogether || !selected.Add(item.Viewer.UserId));
    }

    private async Task SelectAllAsync()
    {
        var all = await Reader.ReadIdsAsync(ViewerModeration.MostTogether);
        (_selected, _isFull) = (all.ToHashSet(PresenceComparers.UserId), false);
    }

    private async Task RemoveSelectedAsync()
    {
        if (_selected is not { Count: > 0 } selected)
            return;
        var userIds = selected.ToArray();
        if (!(userIds.Length == 1 ? await Bans.AskAsync(userIds[0], VisibleText.IdOf(userIds[0]), View.RoomId) : await Bans.AskAsync(userIds, View.RoomId)))
            return;
        _selected = null;
        await RefreshRowsAsync();
    }

    private async Task NoteAsync(RosterItem item)
    {
        if (await NoteDialogs.AskAsync(item.Viewer.UserId, ViewerNames.Of(item.Viewer), roomId: View.RoomId))
            await RefreshRowsAsync();
    }

    /// <summary>Invites a viewer to the stage, or takes an open invitation back.</summary>
    private Task InviteAsync(RosterItem item) => Reading.Stage.Invitations.GetValueOrDefault(item.Viewer.UserId) is { IsOpen: true } open
        ? Stage.CancelAsync(open)
        : Stage.InviteAsync(View.RoomId, item.Viewer.UserId, ViewerNames.Of(item.Viewer));

    private async Task DrawAsync() => await Dialogs.AskAsync<DrawDialog>(
        Sentence.With(DrawTexts.Title, VisibleText.Isolated(VisibleText.NameOf(Reading.Room.Title) ?? VisibleText.IdOf(View.RoomId))),
        new DialogParameters<DrawDialog> { { dialog => dialog.View, View }, { dialog => dialog.MayAct, Reading.MayAct } },
        MaxWidth.Small);

    private async Task LiftAsync(RosterItem item)
    {
        if (Moderation.RemovalOf(item.Viewer.UserId, View.RoomId) is { } ban)
            await Bans.LiftAsync(ban.UserId, ViewerNames.Of(item.Viewer), ban.RoomId);
        await RefreshRowsAsync();
    }

    private async Task ShowFiltersAsync(bool areShown)
    {
        _showsFilters = areShown;
        Devices = areShown ? (await Presence.ReadNetworkAsync(new NetworkQuery { Devices = MostDevices })).Devices : null;
    }

    private static Dictionary<string, object?> Nothing(params ReadOnlySpan<string> parameters)
    {
        var nothing = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
            nothing.Add(parameter, null);
        return nothing;
    }

    private string StateHref(ViewerStatusKind? state) => Navigation.GetUriWithQueryParameter("state", RosterView.WordOf(state));

    private string SortHref(ViewerSort first, ViewerSort second) => Navigation.GetUriWithQueryParameter("sort", RosterView.WordOf(View.Sort == first ? second : first));

    private string? AriaSort(ViewerSort ascending, ViewerSort descending) =>
        View.Sort == ascending ? "ascending" : View.Sort == descending ? "descending" : null;
}
