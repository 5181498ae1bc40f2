using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>The caller's own access token, described.</summary>
/// <param name="UserId">Whom it speaks for.</param>
/// <param name="DeviceId">The session of heartbeats that name none.</param>
/// <param name="UserType">Whether it is a user or a guest.</param>
/// <param name="IssuedAt">From when on it is valid.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record SessionDocument(
    string UserId,
    string DeviceId,
    [property: AllowedValues(LoginReply.SignedIn, LoginReply.Visitor)] string UserType,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt);
