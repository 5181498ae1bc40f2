using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Every room with viewers, live; the moderator's pinned rooms above them.</summary>
public sealed partial class RoomListPage
{
    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomListQuery Reader { get; set; } = default!;

    [Inject]
    private RoomTrail Trail { get; set; } = default!;

    [Inject]
    private RoomPins Pins { get; set; } = default!;

    private DateTimeOffset Now => Time.GetUtcNow();

    private RoomListView View { get; set; } = new("", RoomFilter.All, RoomOrder.Count, Reversed: false);

    private bool IsAscending => RoomOrders.IsAscending(View.Order, View.Reversed);

    private bool IsEmpty => Reading is { Viewers: 0, Matching: 0, Pinned.Count: 0 } && View.IsEverything;

    private string Showing => Numbers.Of(Reading!.Matching, RoomListTexts.OneRoom, RoomListTexts.ManyRooms);

    protected override Task OnParametersSetAsync()
    {
        View = RoomListView.Of(SearchText, Show, Sort);
        return base.OnParametersSetAsync();
    }

    protected override async ValueTask<RoomListViewModel> ReadAsync()
    {
        var reading = await Reader.ReadAsync(View);
        Trail.List(reading);
        return reading;
    }

    private async Task TogglePinAsync(string roomId)
    {
        await Pins.ToggleAsync(roomId);
        await RefreshAsync();
    }

    private Task HoldAsync(bool isHeld)
    {
        Reader.Hold(isHeld);
        return isHeld ? Task.CompletedTask : RefreshAsync();
    }

    private Task TakeOrderAsync()
    {
        Reader.TakeOrder();
        return RefreshAsync();
    }

    private string DownloadHref =>
        ("downloads/rooms.csv?" + RoomLinks.Query([new("search", View.Search.Length == 0 ? null : View.Search), new("show", RoomFilters.All.First(known => known.Filter == View.Filter).Name), new("sort", RoomOrders.InAddress(View.Order, View.Reversed))])).TrimEnd('?');

    private string FilterHref(string? name) => Navigation.GetUriWithQueryParameter("show", name);

    // A second click reverses the order.
    private string SortHref(RoomOrder order) => OrderHref(order, isReversed: order == View.Order && !View.Reversed);

    private string OrderHref(RoomOrder order, bool isReversed) => Navigation.GetUriWithQueryParameter("sort", RoomOrders.InAddress(order, isReversed));

    private bool IsPinned(string roomId) => Reading!.Pins.Contains(roomId, PresenceComparers.RoomId);

    private string? AriaSort(RoomOrder order)
    {
        if (order != View.Order)
            return null;
        return IsAscending ? "ascending" : "descending";
    }
}
