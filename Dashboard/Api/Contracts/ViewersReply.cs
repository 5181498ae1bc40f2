namespace Presence.Dashboard.Api.Contracts;

/// <summary>A page of viewers. Page and count are of one moment.</summary>
/// <param name="Viewers">The viewers of this page.</param>
/// <param name="Total">How many stand on this page.</param>
/// <param name="Limit">How many could: the limit asked for, or the moderators' cap if that is lower.</param>
/// <param name="Cursor">Leads to the next page; left out on the last one.</param>
/// <param name="Count">All distinct viewers of the room.</param>
/// <param name="ReferenceTimestamp">The moment all of it is true of, at most a second ago.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be listed.</param>
/// <example>
/// {"viewers":[{"userId":"anna","joinedAt":"2026-11-21T22:31:07.593Z","displayName":"Anna","lastHeartbeatAt":"2026-11-21T22:37:40.614Z",
/// "state":"visible","fading":false,"sessions":1}],"total":1,"limit":200,"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
/// </example>
internal sealed record ViewersReply(
    IReadOnlyList<ViewerDocument> Viewers,
    int Total,
    int Limit,
    string? Cursor,
    int Count,
    DateTimeOffset ReferenceTimestamp,
    bool? Warming);
