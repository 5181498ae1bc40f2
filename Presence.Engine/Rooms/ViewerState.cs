namespace Presence.Engine.Rooms;

/// <summary>What a session last said of itself; a viewer shows the best of its sessions (rule 17). The numbers are stored.</summary>
public enum ViewerState : byte
{
    /// <summary>The room is on screen. What a heartbeat without a state means.</summary>
    Visible = 0,

    /// <summary>The room's tab or screen is in the background.</summary>
    Hidden = 1,

    /// <summary>Playback is paused.</summary>
    Paused = 2,
}
