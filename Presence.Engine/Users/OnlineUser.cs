namespace Presence.Engine.Users;

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
