using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>The caller's own access token, described.</summary>
/// <param name="UserId">Whom it speaks for.</param>
/// <param name="DeviceId">The session of heartbeats that name none.</param>
/// <param name="UserType">Whether it is a user or a guest.</param>
/// <param name="IssuedAt">From when on it is valid.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <example>{"userId":"anna","deviceId":"laptop","userType":"signed-in","issuedAt":"2026-11-21T22:37:41.000Z","expiresAt":"2026-12-21T22:37:41.000Z"}</example>
internal sealed record SessionDocument(
    string UserId,
    string DeviceId,
    [property: AllowedValues(LoginReply.SignedIn, LoginReply.Visitor)] string UserType,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt);
