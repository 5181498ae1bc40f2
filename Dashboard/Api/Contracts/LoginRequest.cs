using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user who logs in.</summary>
/// <param name="UserId">The user; made if unknown. Does not begin with <c>ADMIN_</c>, <c>DELETED_</c> or <c>~guest-</c>.</param>
/// <param name="DisplayName">What the user is called from now on; left as it is unless sent.</param>
/// <param name="AuthToken">Your backend's word that this is the user; see <c>POST /api/v4/authentication/token</c>.</param>
/// <param name="DeviceId">This client instance; the session of heartbeats that name none.</param>
/// <param name="DeviceInfo">The device, in words.</param>
/// <example>{"userId":"anna","deviceId":"laptop","displayName":"Anna"}</example>
internal sealed record LoginRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    [property: MaxLength(UserRules.LongestDisplayName)] string? DisplayName,
    [property: MaxLength(Authentication.AuthTokens.LongestToken)] string? AuthToken,
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? DeviceId,
    DeviceDescription? DeviceInfo);
