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

    /// <summary>Whether to say how they are shown, and since when they are online.</summary>
    public bool WithProfiles { get; init; } = true;
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

    /// <summary>Whether the user asked not to be listed.</summary>
    public bool IsOptedOut { get; init; }
}

/// <summary>How many users are online in the network, those who opted out included.</summary>
/// <param name="Users">Users.</param>
/// <param name="At">The moment the count is true of: the last sweep.</param>
public readonly record struct OnlineCount(int Users, DateTimeOffset At);

/// <summary>Users who asked not to be listed as online (rule 18). Kept whether or not they are online.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.OptOuts"/>.</remarks>
internal sealed class OptOuts(int capacity)
{
    private readonly BoundedMap<string> _users = new(capacity, PresenceComparers.UserId);

    public int Count => _users.Count;

    public bool Contains(string userId) => _users[userId] is not null;

    /// <summary>Opts a user out or in again; false when the cap is reached.</summary>
    public bool TrySet(string userId, bool isOut) => _users.TrySet(userId, isOut ? userId : null);
}

/// <summary>Which users belong to which channel, as the app's backend last said.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Channels"/> channels of <see cref="PresenceLimits.ChannelMembers"/> members.</remarks>
internal sealed class ChannelMembers(int capacity)
{
    private readonly BoundedMap<string[]> _members = new(capacity, PresenceComparers.ChannelId);

    /// <summary>The channels that have any.</summary>
    public IEnumerable<string> Ids => _members.All.Select(channel => channel.Key);

    /// <summary>The members; none for an unknown channel.</summary>
    public IReadOnlyList<string> MembersOf(string channelId) => _members[channelId] ?? [];

    /// <summary>Replaces the members; with none the channel is forgotten. False when there are too many channels.</summary>
    public bool TrySet(string channelId, string[] members) => _members.TrySet(channelId, members.Length == 0 ? null : members);
}

/// <summary>The online members of a channel.</summary>
/// <param name="ChannelId">The channel; an unknown one has no members.</param>
/// <param name="OnlineCount">Members online who did not opt out, the asking user left out.</param>
public sealed record ChannelPresence(string ChannelId, int OnlineCount)
{
    /// <summary>Whether there is one at all.</summary>
    public bool IsAnyMemberOnline => OnlineCount > 0;
}
