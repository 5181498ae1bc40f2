using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>One viewer. Renders only when what it shows changed: two hundred rows are read four times a second, few of them differ.</summary>
public sealed partial class ViewerRow
{
    private Shown _shown;
    private bool _isChanged;

    [Parameter, EditorRequired]
    public Viewer Viewer { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override void OnParametersSet()
    {
        var shown = new Shown(
            Viewer.UserId,
            Viewer.Profile?.DisplayName ?? (Viewer.IsGuest ? "Guest" : Viewer.UserId),
            ViewerStatuses.Of(Viewer),
            LocalTime.Clock(Viewer.JoinedAt, Now),
            Durations.Rough(Now - Viewer.JoinedAt),
            Durations.Ago(Now - Viewer.LastHeartbeatAt));
        _isChanged = shown != _shown;
        _shown = shown;
    }

    protected override bool ShouldRender() => _isChanged;

    private readonly record struct Shown(
        string UserId, string Name, ViewerStatus Status, string Joined, string WatchingFor, string LastHeartbeat);
}
