namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms of this page.</param>
/// <param name="Cursor">Leads to the next page; left out on the last one.</param>
/// <param name="ReferenceTimestamp">The moment the page was read.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
/// <example>
/// {"rooms":[{"roomId":"lobby","status":"live","enabled":true,"count":1240,"hidden":131,"fading":12,"guests":85,"sessions":1302,
/// "since":"2026-11-21T20:00:02.101Z","peak":1388}],"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
/// </example>
internal sealed record RoomsReply(IReadOnlyList<RoomDocument> Rooms, string? Cursor, DateTimeOffset ReferenceTimestamp, bool? Warming);
