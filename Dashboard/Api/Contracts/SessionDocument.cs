namespace Presence.Dashboard.Api.Contracts;

/// <summary>The caller's own access token, described.</summary>
internal sealed record SessionDocument(string UserId, string DeviceId, string UserType, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
