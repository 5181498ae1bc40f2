namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of the catalogue.</summary>
/// <param name="Rooms">In the order of their ids.</param>
/// <param name="Cursor">Asks for the next page; left out on the last.</param>
/// <example>
/// {"rooms":[{"roomId":"lobby","title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90},"effective":{"enabled":{"value":true,
/// "from":"network"},"heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":90,"from":"room"}},"version":1,
/// "updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}]}
/// </example>
internal sealed record DefinedRoomsReply(IReadOnlyList<DefinedRoomDocument> Rooms, string? Cursor);
