using System.Globalization;

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

/// <summary>Which viewers to list, and in what order.</summary>
public sealed class RoomViewerQuery
{
    /// <summary>1 to 200; 200 unless said.</summary>
    public int? Limit { get; set; }

    /// <summary>The order; the latest heartbeat first unless said.</summary>
    public RoomViewerSort Sort { get; set; }

    /// <summary>Part of the id or the name, up to 64 characters.</summary>
    public string? Search { get; set; }

    /// <summary>Only those in this state.</summary>
    public ViewerState? State { get; set; }

    internal string ToQuery()
    {
        var parts = new List<string>();
        if (Limit is { } limit)
            parts.Add("limit=" + limit.ToString(CultureInfo.InvariantCulture));
        if (Sort != RoomViewerSort.Heartbeat)
            parts.Add("sort=" + Sort switch { RoomViewerSort.Joined => "joined", RoomViewerSort.LastJoined => "-joined", _ => "name" });
        if (Search is { } search)
            parts.Add("search=" + Uri.EscapeDataString(search));
        if (State is { } state)
            parts.Add("state=" + Http.ViewerStates.Text(state));
        parts.Add("include=user");
        return "?" + string.Join("&", parts);
    }
}

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

/// <summary>What a viewer does, as moderators see it.</summary>
public enum ViewerState
{
    /// <summary>The room is on screen.</summary>
    Visible,

    /// <summary>The room's screen is in the background.</summary>
    Hidden,

    /// <summary>Playback is paused.</summary>
    Paused,
}
