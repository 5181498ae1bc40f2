namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of the removals in force.</summary>
/// <param name="Removals">The latest first.</param>
/// <param name="Cursor">Asks for the next page; left out on the last.</param>
internal sealed record RemovalsReply(IReadOnlyList<RemovalDocument> Removals, string? Cursor);
