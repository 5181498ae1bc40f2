namespace Presence.Engine.Users;

/// <summary>A page of the users online, and their count, of one moment.</summary>
/// <param name="Users">The users asked for.</param>
/// <param name="Matching">How many match, listed or not; without a search those who opted out are among them.</param>
/// <param name="Count">How many are online.</param>
public sealed record OnlineRoster(IReadOnlyList<OnlineUser> Users, int Matching, OnlineCount Count);

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

/// <summary>A user online in the network.</summary>
/// <param name="UserId">Who.</param>
/// <param name="LastHeartbeatAt">The latest heartbeat of the user presence kind; room heartbeats do not count (rule 18).</param>
public sealed record OnlineUser(string UserId, DateTimeOffset LastHeartbeatAt)
{
    /// <summary>How the user is shown; null when nothing is known, or was not asked for.</summary>
    public UserProfile? Profile { get; init; }

    /// <summary>Since when without a pause; null when it was not asked for.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>How many users are online in the network, those who opted out included.</summary>
/// <param name="Users">Users.</param>
/// <param name="At">The moment the count is true of: the last sweep.</param>
public readonly record struct OnlineCount(int Users, DateTimeOffset At);
