namespace Presence.Engine.Rooms;

/// <summary>The orders of a viewer list.</summary>
public enum ViewerSort
{
    /// <summary>Latest heartbeat first: the published default.</summary>
    LatestHeartbeatFirst,

    /// <summary>Oldest heartbeat first.</summary>
    OldestHeartbeatFirst,

    /// <summary>Longest present first.</summary>
    FirstJoinedFirst,

    /// <summary>Newest arrival first.</summary>
    LastJoinedFirst,

    /// <summary>By display name, or id where there is none, in the order of letters; ties by id.</summary>
    Name,
}
