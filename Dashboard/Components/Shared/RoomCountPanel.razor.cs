using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>The number of a room, large, and where it is going.</summary>
public sealed partial class RoomCountPanel
{
    [Parameter, EditorRequired]
    public RoomDetailViewModel Reading { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Parameter]
    public bool IsExplained { get; set; }

    [Parameter, EditorRequired]
    public string ExplainHref { get; set; } = "";

    private RoomCount Count => Reading.Room.Count;

    private RoomBurst Burst => Reading.Burst;
}
