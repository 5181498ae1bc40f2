using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>Decides and words a <see cref="ViewerStatusKind"/>.</summary>
internal static class ViewerStatusTexts
{
    public static ViewerStatusKind Of(Viewer viewer) => Of(viewer.IsFading, viewer.State);

    public static ViewerStatusKind Of(ViewerSession session) => Of(session.IsFading, session.State);

    private static ViewerStatusKind Of(bool isFading, ViewerState state) => isFading ? ViewerStatusKind.Fading : (ViewerStatusKind)state;

    /// <summary>Why a viewer is in the unverified band.</summary>
    public static string Of(BandReason band) => band switch
    {
        BandReason.Metronome => ViewerTexts.UnverifiedMetronome,
        BandReason.CrowdedAddress => ViewerTexts.UnverifiedAddress,
        _ => $"{ViewerTexts.UnverifiedMetronome} {ViewerTexts.UnverifiedAddress}",
    };

    public static string Text(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => ViewerTexts.StatusWatching,
        ViewerStatusKind.Hidden => ViewerTexts.StatusHidden,
        ViewerStatusKind.Paused => ViewerTexts.StatusPaused,
        _ => ViewerTexts.StatusFading,
    };

    public static string Explanation(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => ViewerTexts.StatusWatchingText,
        ViewerStatusKind.Hidden => ViewerTexts.StatusHiddenText,
        ViewerStatusKind.Paused => ViewerTexts.StatusPausedText,
        _ => ViewerTexts.StatusFadingText,
    };

    public static string Css(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => "status-watching",
        ViewerStatusKind.Hidden => "status-hidden",
        ViewerStatusKind.Paused => "status-paused",
        _ => "status-fading",
    };

    public static IconShape Icon(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => Display.IconShape.Eye,
        ViewerStatusKind.Hidden => Display.IconShape.EyeOff,
        ViewerStatusKind.Paused => Display.IconShape.Pause,
        _ => Display.IconShape.Hourglass,
    };
}

/// <summary>A viewer's state in lists: fading first, because the viewer may have left, then what the sessions reported.</summary>
public enum ViewerStatusKind
{
    Watching = (int)ViewerState.Visible,
    Hidden = (int)ViewerState.Hidden,
    Paused = (int)ViewerState.Paused,
    Fading,
}
