namespace Presence.Dashboard.Api.Contracts;

/// <summary>What anybody with its public link is told of a room. Nothing in it says which room it is.</summary>
/// <param name="Count">All distinct viewers; never capped.</param>
/// <param name="ReferenceTimestamp">The moment it is true of.</param>
/// <param name="RefreshInSeconds">When to ask again: sooner brings the same answer.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
/// <param name="Viewers">Some who watch, the last to join first; left out unless the link shows names.</param>
/// <example>{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","refreshInSeconds":5,"viewers":[{"name":"Anna"}]}</example>
internal sealed record PublicRoomDocument(
    int Count,
    DateTimeOffset ReferenceTimestamp,
    int RefreshInSeconds,
    bool? Warming,
    IReadOnlyList<PublicRoomDocument.ViewerPart>? Viewers)
{
    /// <summary>One who watches: a name and nothing else, no id, no picture.</summary>
    /// <param name="Name">The display name. Viewers without one are not listed.</param>
    internal sealed record ViewerPart(string Name);
}
