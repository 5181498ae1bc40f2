using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Every room with viewers, live; the moderator's pinned rooms first.</summary>
public sealed partial class RoomListPage
{
    /// <summary>As many rows stand in the first answer already; of more, only those on screen are rendered, once a browser says which.</summary>
    private const int MostRenderedAtOnce = 60;

    private PinOutcome _pinOutcome;

    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomListReader Reader { get; set; } = default!;

    [Inject]
    private PinnedRooms Pins { get; set; } = default!;

    protected override string Watched => "network";

    private DateTimeOffset Now => Time.GetUtcNow();

    private RoomListView View { get; set; } = new("", RoomFilter.All, RoomOrder.Count, Reversed: false);

    private bool IsEmpty => Reading is { Network.Rooms: 0, Matching: 0 } && View.IsEverything;

    private string? PinProblem => _pinOutcome switch
    {
        PinOutcome.Full => Sentence.With(RoomListTexts.PinsFull, PinBoard.Most),
        PinOutcome.Failed => RoomListTexts.PinFailed,
        _ => null,
    };

    protected override Task OnParametersSetAsync()
    {
        var search = SearchText ?? "";
        View = new RoomListView(
            search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength],
            RoomFilters.Parse(Show),
            Sort switch
            {
                "name" or "-name" => RoomOrder.Name,
                "change" or "-change" => RoomOrder.Change,
                _ => RoomOrder.Count,
            },
            Reversed: Sort is "-name" or "-count" or "-change");
        return base.OnParametersSetAsync();
    }

    protected override ValueTask<RoomListReading> ReadAsync() => Reader.ReadAsync(View);

    protected override DirtyWatch OpenWatch() => Reader.Watch();

    private async Task TogglePinAsync(string roomId)
    {
        _pinOutcome = await Pins.SetAsync(roomId, isPinned: Reading?.Pins.Contains(roomId, PresenceComparers.RoomId) != true);
        await RefreshAsync();
    }

    private void Search(string? text) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("search", string.IsNullOrEmpty(text) ? null : text), replace: true);

    private string FilterHref(string? name) => Navigation.GetUriWithQueryParameter("show", name);

    // Names read upwards first, numbers downwards; a second click turns the order round.
    private string SortHref(RoomOrder order)
    {
        var reverse = order == View.Order && !View.Reversed;
        return Navigation.GetUriWithQueryParameter("sort", (order, reverse) switch
        {
            (RoomOrder.Name, false) => "name",
            (RoomOrder.Name, true) => "-name",
            (RoomOrder.Change, false) => "change",
            (RoomOrder.Change, true) => "-change",
            (_, true) => "-count",
            (_, false) => null,
        });
    }

    private string? AriaSort(RoomOrder order)
    {
        if (order != View.Order)
            return null;
        return (order == RoomOrder.Name) != View.Reversed ? "ascending" : "descending";
    }
}
