namespace Presence.Dashboard.Api.Contracts;

internal sealed record ViewersReply(
    IReadOnlyList<ViewerDocument> Viewers,
    int Total,
    int Limit,
    string? Cursor,
    int Count,
    DateTimeOffset ReferenceTimestamp,
    bool? Warming);
