namespace Presence.Dashboard.Api.Contracts;

/// <summary>Whether anybody of some channels is online.</summary>
/// <param name="Channels">In the order asked for.</param>
/// <example>{"channels":[{"channelId":"crew","isAnyMemberOnline":true,"onlineCount":2}]}</example>
internal sealed record ChannelsReply(IReadOnlyList<ChannelsReply.Channel> Channels)
{
    /// <summary>One channel.</summary>
    /// <param name="ChannelId">The channel; an unknown one has nobody online.</param>
    /// <param name="IsAnyMemberOnline">Whether somebody of it is, other than who asks.</param>
    /// <param name="OnlineCount">How many are, without who asks and those who do not want to be listed.</param>
    internal sealed record Channel(string ChannelId, bool IsAnyMemberOnline, int OnlineCount);
}
