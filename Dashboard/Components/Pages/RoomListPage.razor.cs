using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Every room with viewers, live.</summary>
public sealed partial class RoomListPage
{
    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomListReader Reader { get; set; } = default!;

    protected override string Watched => "network";

    private DateTimeOffset Now => Time.GetUtcNow();

    private RoomListView View { get; set; } = new("", ByName: false, Reversed: false);

    private bool IsEmpty => Reading is { Network.Rooms: 0, Rows.Count: 0 } && View.Search.Length == 0;

    private string Showing => Reading switch
    {
        null => "",
        var reading when reading.Rows.Count < reading.Matching =>
            $"Showing {Numbers.Count(reading.Rows.Count)} of {Numbers.Of(reading.Matching, "room", "rooms")}. Search to find the others.",
        var reading => Numbers.Of(reading.Matching, "room", "rooms"),
    };

    protected override Task OnParametersSetAsync()
    {
        var search = SearchText ?? "";
        View = new RoomListView(
            search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength],
            ByName: Sort is "name" or "-name",
            Reversed: Sort is "-name" or "-count");
        return base.OnParametersSetAsync();
    }

    protected override ValueTask<RoomListReading> ReadAsync() => Reader.ReadAsync(View);

    protected override DirtyWatch OpenWatch() => Reader.Watch();

    private void Search(string? text) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("search", string.IsNullOrEmpty(text) ? null : text), replace: true);

    // Names read upwards first, counts downwards; a second click turns the order round.
    private string SortHref(bool byName)
    {
        var reverse = byName == View.ByName && !View.Reversed;
        return Navigation.GetUriWithQueryParameter("sort", (byName, reverse) switch
        {
            (true, false) => "name",
            (true, true) => "-name",
            (false, true) => "-count",
            (false, false) => null,
        });
    }

    private string? AriaSort(bool byName) => (byName == View.ByName, byName != View.Reversed) switch
    {
        (false, _) => null,
        (true, true) => "ascending",
        (true, false) => "descending",
    };
}
