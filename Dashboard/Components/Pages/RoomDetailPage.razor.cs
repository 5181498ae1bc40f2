using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One room: its count, its last hour, and who is watching.</summary>
public sealed partial class RoomDetailPage
{
    [Parameter]
    public string? RoomId { get; set; }

    /// <summary>For the few ids that cannot stand in a path, see <see cref="RoomLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? RoomIdInQuery { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private RoomReader Reader { get; set; } = default!;

    protected override string Watched => View.RoomId;

    private DateTimeOffset Now => Time.GetUtcNow();

    // Newest arrival first: rows then move down one by one and never change places.
    private RoomView View { get; set; } = new("", "", ViewerSort.LastJoinedFirst);

    private string Showing => Reading switch
    {
        null => "",
        var reading when reading.Viewers.Count < reading.Matching =>
            $"Showing {Numbers.Count(reading.Viewers.Count)} of {Numbers.Of(reading.Matching, "viewer", "viewers")}. Search to find the others.",
        var reading => Numbers.Of(reading.Matching, "viewer", "viewers"),
    };

    protected override Task OnParametersSetAsync()
    {
        var search = SearchText ?? "";
        View = new RoomView(
            RoomId ?? RoomIdInQuery ?? "",
            search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength],
            Sort switch
            {
                "joined" => ViewerSort.FirstJoinedFirst,
                "-heartbeat" => ViewerSort.LatestHeartbeatFirst,
                "heartbeat" => ViewerSort.OldestHeartbeatFirst,
                _ => ViewerSort.LastJoinedFirst,
            });
        return base.OnParametersSetAsync();
    }

    protected override ValueTask<RoomReading> ReadAsync() => Reader.ReadAsync(View);

    protected override DirtyWatch OpenWatch() => Reader.Watch(View.RoomId);

    private void Search(string? text) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("search", string.IsNullOrEmpty(text) ? null : text), replace: true);

    private string SortHref(ViewerSort first, ViewerSort second) => Navigation.GetUriWithQueryParameter(
        "sort",
        (View.Sort == first ? second : first) switch
        {
            ViewerSort.FirstJoinedFirst => "joined",
            ViewerSort.LatestHeartbeatFirst => "-heartbeat",
            ViewerSort.OldestHeartbeatFirst => "heartbeat",
            _ => null,
        });

    private string? AriaSort(ViewerSort ascending, ViewerSort descending) =>
        View.Sort == ascending ? "ascending" : View.Sort == descending ? "descending" : null;
}
