namespace Presence.Client.Http;

/// <summary>How states are spelt on the wire.</summary>
internal static class ViewerStates
{
    public static string Text(ViewerState state) => state switch
    {
        ViewerState.Hidden => "hidden",
        ViewerState.Paused => "paused",
        _ => "visible",
    };

    /// <summary>A state of a later server is one that is seen.</summary>
    public static ViewerState Of(string? text) => text switch
    {
        "hidden" => ViewerState.Hidden,
        "paused" => ViewerState.Paused,
        _ => ViewerState.Visible,
    };
}
