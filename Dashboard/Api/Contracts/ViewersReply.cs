namespace Presence.Dashboard.Api.Contracts;

internal sealed record ViewersReply(
    IReadOnlyList<ViewerDocument> Viewers,
    int Total,
    int Limit,
    int Count,
    DateTimeOffset ReferenceTimestamp,
    bool? Warming);
