namespace Presence.Engine.Users;

/// <summary>Which users belong to which channel, as the app's backend last said.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Channels"/> channels of <see cref="PresenceLimits.ChannelMembers"/> members.</remarks>
internal sealed class ChannelMembers(int capacity)
{
    private readonly BoundedMap<string[]> _members = new(capacity, PresenceComparers.ChannelId);

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
