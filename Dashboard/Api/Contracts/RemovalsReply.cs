namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of the removals in force.</summary>
/// <param name="Removals">The latest first.</param>
/// <param name="Cursor">Asks for the next page; left out on the last.</param>
/// <example>
/// {"removals":[{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z",
/// "removedBy":"server key"}]}
/// </example>
internal sealed record RemovalsReply(IReadOnlyList<RemovalDocument> Removals, string? Cursor);
