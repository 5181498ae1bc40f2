using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Pinned rooms, or those its address names, as large tiles that fill a second screen.</summary>
public sealed partial class WallPage
{
    /// <summary>"a,b"; or once for each room, for ids with a comma in them.</summary>
    [SupplyParameterFromQuery(Name = "rooms")]
    private string[]? RoomsInQuery { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private WallQuery Reader { get; set; } = default!;

    private IReadOnlyList<string> Named { get; set; } = [];

    /// <summary>As square as it gets: tiles are wider than high.</summary>
    private int Columns => Reading?.Rooms.Count switch
    {
        <= 1 => 1,
        2 or 4 => 2,
        <= 9 => 3,
        _ => 4,
    };

    private string KeepHref => Navigation.GetUriWithQueryParameters(
        "wall", new Dictionary<string, object?>(StringComparer.Ordinal) { ["rooms"] = Reading!.Rooms.Select(row => row.Summary.RoomId).ToArray() });

    protected override Task OnParametersSetAsync()
    {
        var named = RoomsInQuery is [var only] ? only.Split(',') : RoomsInQuery ?? [];
        Named = [.. named.Where(room => PresenceIds.ProblemOfRoomId(room) is null).Distinct(PresenceComparers.RoomId)];
        return base.OnParametersSetAsync();
    }

    protected override ValueTask<WallViewModel> ReadAsync() => Reader.ReadAsync(Named);
}
