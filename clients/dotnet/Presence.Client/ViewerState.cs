namespace Presence.Client;

/// <summary>What a viewer does, as moderators see it.</summary>
public enum ViewerState
{
    /// <summary>The room is on screen.</summary>
    Visible,

    /// <summary>The room's screen is in the background.</summary>
    Hidden,

    /// <summary>Playback stands still.</summary>
    Paused,
}
