namespace Presence.Engine.Moderation;

/// <summary>A viewer kept out of a room or of the network until an instant.</summary>
/// <param name="UserId">Who.</param>
/// <param name="RoomId">Where; null is the whole network.</param>
/// <param name="Until">The end, exclusive, by the wall clock.</param>
/// <param name="Reason">What the viewer is told; null says nothing.</param>
public sealed record Removal(string UserId, string? RoomId, DateTimeOffset Until, string? Reason);
