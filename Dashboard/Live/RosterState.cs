namespace Presence.Dashboard.Live;

/// <summary>The states a list of viewers can be narrowed to.</summary>
public enum RosterState
{
    Watching,
    Hidden,
    Paused,
    Fading,
}
