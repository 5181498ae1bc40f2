namespace Presence.Engine.Rooms;

/// <summary>Which viewers to list.</summary>
public sealed record ViewerQuery
{
    /// <summary>The order.</summary>
    public ViewerSort Sort { get; init; } = ViewerSort.LatestHeartbeatFirst;

    /// <summary>At most so many; 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;

    /// <summary>Only viewers whose id or display name contains this text, ignoring case; null lists all. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public string? Search { get; init; }

    /// <summary>Only viewers in this state; null lists all.</summary>
    public ViewerState? State { get; init; }

    /// <summary>Continue behind this viewer; null starts at the first. Not with the orders by heartbeat, which move while one reads.</summary>
    public ViewerCursor? After { get; init; }

    internal bool IsFiltered => !string.IsNullOrEmpty(Search) || State is not null;

    internal bool IsByHeartbeat => Sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst;
}
