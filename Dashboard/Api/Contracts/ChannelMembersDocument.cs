namespace Presence.Dashboard.Api.Contracts;

/// <summary>Who belongs to a channel.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="UserIds">Its members, each once.</param>
internal sealed record ChannelMembersDocument(string ChannelId, IReadOnlyList<string> UserIds);
