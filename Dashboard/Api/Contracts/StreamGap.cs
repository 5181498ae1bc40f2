namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a stream's <c>gap</c> says.</summary>
/// <param name="RoomId">The room, in a stream of several.</param>
internal sealed record StreamGap(string? RoomId);
