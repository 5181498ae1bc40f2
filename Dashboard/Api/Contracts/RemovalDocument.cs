namespace Presence.Dashboard.Api.Contracts;

/// <summary>A viewer kept out.</summary>
/// <param name="RoomId">Of this room; left out when of the network.</param>
/// <param name="UserId">Who.</param>
/// <param name="Until">The end, exclusive.</param>
/// <param name="Reason">What the viewer is told.</param>
/// <param name="RemovedAt">Since when.</param>
/// <param name="RemovedBy">Who decided it.</param>
/// <example>{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key"}</example>
internal sealed record RemovalDocument(string? RoomId, string UserId, DateTimeOffset Until, string? Reason, DateTimeOffset RemovedAt, string RemovedBy);
