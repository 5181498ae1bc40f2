namespace Presence.Engine.Users;

/// <summary>Which users online to list. Those who opted out never are.</summary>
public sealed record OnlineQuery
{
    /// <summary>Latest heartbeat first, else oldest first.</summary>
    public bool LatestFirst { get; init; } = true;

    /// <summary>Only users whose id or display name contains this text, ignoring case; null lists all.</summary>
    public string? Search { get; init; }

    /// <summary>At most so many, 1 or more.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;
}
