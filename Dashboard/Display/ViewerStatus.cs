namespace Presence.Dashboard.Display;

/// <summary>What a list says of a viewer: fading goes before what its sessions said, because it may be gone.</summary>
public enum ViewerStatus
{
    Watching,
    Hidden,
    Paused,
    Fading,
}
