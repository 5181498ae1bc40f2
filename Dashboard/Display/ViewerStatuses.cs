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

    public static ViewerStatus Of(ViewerSession session) => session switch
    {
        { IsFading: true } => ViewerStatus.Fading,
        { State: ViewerState.Hidden } => ViewerStatus.Hidden,
        { State: ViewerState.Paused } => ViewerStatus.Paused,
        _ => ViewerStatus.Watching,
    };

    public static string Text(ViewerStatus status) => status switch
    {
        ViewerStatus.Watching => ViewerTexts.StatusWatching,
        ViewerStatus.Hidden => ViewerTexts.StatusHidden,
        ViewerStatus.Paused => ViewerTexts.StatusPaused,
        _ => ViewerTexts.StatusFading,
    };

    public static string Explanation(ViewerStatus status) => status switch
    {
        ViewerStatus.Watching => ViewerTexts.StatusWatchingText,
        ViewerStatus.Hidden => ViewerTexts.StatusHiddenText,
        ViewerStatus.Paused => ViewerTexts.StatusPausedText,
        _ => ViewerTexts.StatusFadingText,
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

/// <summary>What a list says of a viewer: fading goes before what its sessions said, because it may be gone.</summary>
public enum ViewerStatus
{
    Watching,
    Hidden,
    Paused,
    Fading,
}
