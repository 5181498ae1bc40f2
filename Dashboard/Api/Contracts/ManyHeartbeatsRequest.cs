namespace Presence.Dashboard.Api.Contracts;

internal sealed record ManyHeartbeatsRequest(IReadOnlyList<ManyHeartbeatsRequest.Item?>? Heartbeats)
{
    internal sealed record Item(string? RoomId, string? UserId, string? SessionId, string? State);
}
