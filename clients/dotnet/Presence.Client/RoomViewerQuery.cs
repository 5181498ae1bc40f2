using System.Globalization;

namespace Presence.Client;

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
