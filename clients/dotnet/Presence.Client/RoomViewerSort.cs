namespace Presence.Client;

/// <summary>In what order viewers are listed.</summary>
public enum RoomViewerSort
{
    /// <summary>The latest heartbeat first.</summary>
    Heartbeat,

    /// <summary>The longest present first.</summary>
    Joined,

    /// <summary>The last to join first.</summary>
    LastJoined,

    /// <summary>By name.</summary>
    Name,
}
