namespace Presence.Dashboard.Api.Contracts;

/// <summary>Who belongs to a channel.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="UserIds">Its members, each once.</param>
/// <example>{"channelId":"crew","userIds":["anna","berta"]}</example>
internal sealed record ChannelMembersDocument(string ChannelId, IReadOnlyList<string> UserIds);
