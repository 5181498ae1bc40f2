using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Components.Layout;

/// <summary>One search for everything: people, rooms, pages, and what can be done with them.</summary>
/// <remarks>
/// Searches follow one another. A letter ends the search before it, and of letters that came meanwhile only the last is looked for.
/// What was found last stays until the next is there. Enter waits for what was typed: nobody opens what an earlier text found.
/// </remarks>
public sealed partial class SearchPalette : IAsyncDisposable
{
    private static readonly int MostTyped = PresenceLimits.SearchLength + SearchTexts.Ban.Length + 1;

    private string _text = "";
    private string _shownText = "";
    private SearchMenu _menu = SearchMenu.Empty;
    private NetworkSearchViewModel? _reading;
    private int _active;
    private string? _subject;
    private string? _problem;
    private bool _isBusy;
    private CancellationTokenSource _typing = new();
    private Task _search = Task.CompletedTask;
    private IJSObjectReference? _module;

    [Inject]
    private NetworkSearchQuery Query { get; set; } = default!;

    [Inject]
    private RoomTrail Trail { get; set; } = default!;

    [Inject]
    private RoomPins Pins { get; set; } = default!;

    [Inject]
    private ModeratorGuard Guard { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private SearchEntry? Active => _active < _menu.Options.Count ? _menu.Options[_active] : null;

    private bool IsNothing => _shownText.Length > 0 && _menu.Options.Count == 0;

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        NoteRoom(Navigation.Uri);
    }

    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        await _typing.CancelAsync();
        _typing.Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab was closed, which also ends the module.
        }
    }

    private static string IdOf(int place) => "search-option-" + place;

    private IEnumerable<(SearchGroup Group, int First)> Groups()
    {
        var first = 0;
        foreach (var group in _menu.Groups)
        {
            yield return (group, first);
            first += group.Options.Count;
        }
    }

    /// <summary>It was opened, or the window came back.</summary>
    private Task BeginAsync() => _text.Length == 0 ? LookAsync() : Task.CompletedTask;

    private Task LookAsync()
    {
        _typing.Cancel();
        _typing = new CancellationTokenSource();
        _isBusy = true;
        return _search = LookAfterAsync(_search, _text.Length <= MostTyped ? _text : _text[..MostTyped], _typing.Token);
    }

    private async Task LookAfterAsync(Task former, string text, CancellationToken typedOn)
    {
        await former;
        if (typedOn.IsCancellationRequested)
            return;
        try
        {
            var mayBan = SearchMenu.WhomToBan(text) is not null && (await Guard.AccessAsync()).HoldsSomewhere(ModeratorRole.Moderator);
            var reading = await Query.ReadAsync(mayBan ? SearchMenu.WhomToBan(text)! : text, Trail.Lately, typedOn);
            if (typedOn.IsCancellationRequested)
                return;
            (_reading, _shownText, _active, _subject, _problem, _isBusy) = (reading, text.Trim(), 0, null, null, false);
            Arrange();
        }
        catch (OperationCanceledException)
        {
            // The text changed.
        }
        catch (AccessRefusedException)
        {
            (_menu, _problem, _isBusy) = (SearchMenu.Empty, SearchTexts.NotAllowed, false);
        }
#pragma warning disable CA1031 // any failure: the search says so, and the next key tries again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            (_menu, _problem, _isBusy) = (SearchMenu.Empty, Failures.Tell(failure, "A search of the network failed.", SearchTexts.Failed), false);
        }
    }

    private void Arrange() => _menu = _reading is null ? SearchMenu.Empty : SearchMenu.Of(_shownText, _reading, _subject, Time.GetUtcNow());

    private Task PressAsync(KeyboardEventArgs key)
    {
        if (key.IsComposing)
            return Task.CompletedTask;
        switch (key.Key)
        {
            case "ArrowDown":
                Move(1);
                break;
            case "ArrowUp":
                Move(-1);
                break;
            case "Tab" when !key.ShiftKey:
                MoveToActions();
                break;
            case "Enter":
                return EnterAsync();
        }
        return Task.CompletedTask;
    }

    private void Move(int step)
    {
        var options = _menu.Options.Count;
        if (options == 0)
            return;
        _active = (_active + step + options) % options;
        if (Active is not { Key: var key, Search: not null, Href: not null, Act: SearchAct.Open } || key.StartsWith("page ", StringComparison.Ordinal))
            return;
        _subject = key; // what actions apply to; actions are listed after everything they can apply to
        Arrange();
    }

    private void MoveToActions()
    {
        var (actions, first) = Groups().FirstOrDefault(group => group.Group.IsActions);
        if (actions is not null)
            _active = first;
    }

    private async Task EnterAsync()
    {
        await _search;
        if (Active is not { } option)
            return;
        if (option.Href is { } href)
        {
            await CloseAsync();
            Navigation.NavigateTo(href);
            return;
        }
        await ActAsync(option);
    }

    /// <summary>The browser has already followed the link, possibly in another tab.</summary>
    private Task ClickAsync(int place) => place < _menu.Options.Count && _menu.Options[place] is { Href: null } option ? ActAsync(option) : Task.CompletedTask;

    private async Task ActAsync(SearchEntry option)
    {
        switch (option.Act)
        {
            case SearchAct.Ban:
                await CloseAsync();
                await Bans.AskAsync(option.UserId!, option.Whom, option.RoomId);
                break;
            case SearchAct.Pin:
                await PinAsync(option.RoomId!);
                break;
            case SearchAct.Type:
                _text = option.Typed!;
                await LookAsync();
                break;
        }
    }

    private async Task PinAsync(string roomId)
    {
        _problem = PinOutcomeTexts.Problem(await Pins.ToggleAsync(roomId));
        _reading = _reading! with { Pins = await Pins.ReadAsync() };
        Arrange();
    }

    private async Task CloseAsync()
    {
        try
        {
            _module ??= await Script.InvokeAsync<IJSObjectReference>("import", "./" + Assets["page.js"]);
            await _module.InvokeVoidAsync("closeSearch");
        }
        catch (JSDisconnectedException)
        {
            // The tab was closed, which also ends the dialog.
        }
    }

    /// <summary>It was closed, by whatever.</summary>
    private void Reset()
    {
        _typing.Cancel();
        (_text, _shownText, _menu, _reading, _active, _subject, _problem, _isBusy) = ("", "", SearchMenu.Empty, null, 0, null, null, false);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs location) => NoteRoom(location.Location);

    private void NoteRoom(string address)
    {
        if (RoomLinks.RoomAt(Navigation.ToBaseRelativePath(address)) is { } roomId)
            Trail.Open(roomId);
    }
}
