using System.Text.Json.Serialization;

namespace Presence.Dashboard.Authentication;

/// <summary>What an access token says. Published clients read <c>user</c>, <c>iat</c> and <c>exp</c> of it; the rest saves a heartbeat the database. No name: what a user is called changes while a token lives.</summary>
internal sealed record AccessTokenPayload(
    [property: JsonPropertyName("user")] AccessTokenPayload.Subject User,
    [property: JsonPropertyName("sub")] string UserId,
    [property: JsonPropertyName("jti")] string TokenId,
    [property: JsonPropertyName("deviceId")] string DeviceId,
    [property: JsonPropertyName("guest")] bool IsGuest,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt)
{
    /// <param name="PublicUserId">The id the app gave the user.</param>
    /// <param name="UserId">The id this server gave it.</param>
    internal sealed record Subject(
        [property: JsonPropertyName("publicUserId")] string PublicUserId,
        [property: JsonPropertyName("userId")] string UserId);
}
