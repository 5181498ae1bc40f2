namespace Presence.Dashboard.Api.Contracts;

internal sealed record RoomsReply(IReadOnlyList<RoomDocument> Rooms, string? Cursor, DateTimeOffset ReferenceTimestamp, bool? Warming);
