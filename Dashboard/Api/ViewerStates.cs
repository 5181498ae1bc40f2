using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>The words of the wire for what a session says of its screen.</summary>
internal static class ViewerStates
{
    public const string Rule = "state must be visible, hidden or paused, or left out.";

    /// <summary>Reads a word; one left out means visible.</summary>
    public static bool TryParse(string? word, out ViewerState state)
    {
        state = word switch
        {
            "hidden" => ViewerState.Hidden,
            "paused" => ViewerState.Paused,
            _ => ViewerState.Visible,
        };
        return word is null or "visible" || state != ViewerState.Visible;
    }

    public static string Word(ViewerState state) => state switch
    {
        ViewerState.Hidden => "hidden",
        ViewerState.Paused => "paused",
        _ => "visible",
    };
}
