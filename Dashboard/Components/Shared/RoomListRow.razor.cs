using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>One room. Renders only when what it shows changed.</summary>
public sealed partial class RoomListRow
{
    private Shown _shown;
    private bool _isChanged;

    [Parameter, EditorRequired]
    public RoomRow Row { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override void OnParametersSet()
    {
        var (summary, trend) = Row;
        var shown = new Shown(
            summary.RoomId,
            summary.Count with { At = default }, // every reading has its own moment
            summary.Peak,
            summary.Since is { } since ? Durations.Rough(Now - since) : "",
            TrendLine.Spark(trend.Recent),
            trend.RecentChange);
        _isChanged = shown != _shown;
        _shown = shown;
    }

    protected override bool ShouldRender() => _isChanged;

    private readonly record struct Shown(string RoomId, RoomCount Count, int Peak, string LiveFor, string Spark, int Change);
}
