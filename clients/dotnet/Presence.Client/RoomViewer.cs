namespace Presence.Client;

/// <summary>One of those who watch.</summary>
public sealed class RoomViewer
{
    /// <summary>The user, or the id a guest is given.</summary>
    public string UserId { get; init; } = "";

    /// <summary>The name to show, if there is one.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The address of a picture, if there is one.</summary>
    public string? AvatarUrl { get; init; }

    /// <summary>Since when the viewer is in the room.</summary>
    public DateTimeOffset JoinedAt { get; init; }

    /// <summary>When the viewer was last heard of.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>The best of what the viewer's sessions say.</summary>
    public ViewerState State { get; init; }

    /// <summary>A heartbeat is overdue.</summary>
    public bool Fading { get; init; }

    /// <summary>The viewer's tabs and devices in the room.</summary>
    public int Sessions { get; init; }

    /// <summary>The whole profile: metadata, tags, picture. Null from a server that does not give it.</summary>
    public PresenceUser? User { get; init; }
}
