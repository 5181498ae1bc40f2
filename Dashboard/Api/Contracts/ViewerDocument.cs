namespace Presence.Dashboard.Api.Contracts;

internal sealed record ViewerDocument(
    string UserId,
    DateTimeOffset JoinedAt,
    string? DisplayName,
    string? AvatarUrl,
    DateTimeOffset LastHeartbeatAt,
    string State,
    bool Fading,
    int Sessions);
