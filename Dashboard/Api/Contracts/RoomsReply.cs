namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms of this page.</param>
/// <param name="Cursor">Leads to the next page; left out on the last one.</param>
/// <param name="ReferenceTimestamp">The moment the page was read.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
internal sealed record RoomsReply(IReadOnlyList<RoomDocument> Rooms, string? Cursor, DateTimeOffset ReferenceTimestamp, bool? Warming);
