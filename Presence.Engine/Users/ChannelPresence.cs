namespace Presence.Engine.Users;

/// <summary>Whether anybody of a channel is online.</summary>
/// <param name="ChannelId">The channel; an unknown one has no members.</param>
/// <param name="OnlineCount">Members online who did not opt out, the asking user left out.</param>
public sealed record ChannelPresence(string ChannelId, int OnlineCount)
{
    /// <summary>Whether there is one at all.</summary>
    public bool IsAnyMemberOnline => OnlineCount > 0;
}
