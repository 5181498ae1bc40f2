namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of the catalogue.</summary>
/// <param name="Rooms">In the order of their ids.</param>
/// <param name="Cursor">Asks for the next page; left out on the last.</param>
internal sealed record DefinedRoomsReply(IReadOnlyList<DefinedRoomDocument> Rooms, string? Cursor);
