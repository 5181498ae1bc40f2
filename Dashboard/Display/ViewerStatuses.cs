using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>Decides and words a <see cref="ViewerStatus"/>.</summary>
internal static class ViewerStatuses
{
    public static ViewerStatus Of(Viewer viewer) => viewer switch
    {
        { IsFading: true } => ViewerStatus.Fading,
        { State: ViewerState.Hidden } => ViewerStatus.Hidden,
        { State: ViewerState.Paused } => ViewerStatus.Paused,
        _ => ViewerStatus.Watching,
    };

    public static string Text(ViewerStatus status) => status.ToString();

    public static string Explanation(ViewerStatus status) => status switch
    {
        ViewerStatus.Watching => "The room is on screen.",
        ViewerStatus.Hidden => "The room's tab or screen is in the background.",
        ViewerStatus.Paused => "Playback is paused.",
        _ => "A heartbeat is overdue; the viewer leaves at its deadline unless one comes.",
    };

    public static string Css(ViewerStatus status) => status switch
    {
        ViewerStatus.Watching => "status-watching",
        ViewerStatus.Hidden => "status-hidden",
        ViewerStatus.Paused => "status-paused",
        _ => "status-fading",
    };

    public static Icon Icon(ViewerStatus status) => status switch
    {
        ViewerStatus.Watching => Display.Icon.Eye,
        ViewerStatus.Hidden => Display.Icon.EyeOff,
        ViewerStatus.Paused => Display.Icon.Pause,
        _ => Display.Icon.Hourglass,
    };
}
