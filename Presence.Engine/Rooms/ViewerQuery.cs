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
}
