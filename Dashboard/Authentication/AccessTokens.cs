using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>Makes access tokens (JWT, HS256) and reads them back.</summary>
/// <remarks>Expiry and revocation are not decided here: they change while a token is cached, so <see cref="ClientAuthenticator"/> asks on every request.</remarks>
internal sealed class AccessTokens
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningKeys _keys;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;

    public AccessTokens(SigningKeys keys, DashboardOptions options, TimeProvider time)
    {
        _keys = keys;
        _time = time;
        _lifetime = options.Clients.TokenLifetime;
    }

    /// <param name="user">Whose.</param>
    /// <param name="deviceId">The device of the login.</param>
    /// <param name="isUnverified">Nobody vouched for the user.</param>
    public AccessToken Issue(User user, string deviceId, bool isUnverified = false)
    {
        // Whole seconds, so that the reply and the token agree.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = issuedAt + _lifetime;
        var payload = new AccessTokenPayload(
            new AccessTokenPayload.Subject(user.UserId, user.InternalId),
            user.UserId,
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            deviceId,
            user.IsGuest,
            issuedAt.ToUnixTimeSeconds(),
            expiresAt.ToUnixTimeSeconds(),
            isUnverified);
        var credentials = new SigningCredentials(_keys.Current.AccessTokens.Material, SecurityAlgorithms.HmacSha256);
        return new AccessToken(_handler.CreateToken(JsonSerializer.Serialize(payload, AccessTokenJson.Default.AccessTokenPayload), credentials), issuedAt, expiresAt);
    }

    /// <summary>Whether a token names a key of this server. It is tried with that key alone then.</summary>
    public bool IsOurs(TokenText token) => token.KeyId is { } id && _keys.Find(id) is not null;

    /// <summary>The principal a token speaks for; null when this server did not sign it.</summary>
    public ClientPrincipal? Read(TokenText token)
    {
        if (_keys.Find(token.KeyId!) is not { } key || token.Algorithm != key.Algorithm || token.IsCritical || !key.Signed(token))
            return null;

        var payload = JsonSerializer.Deserialize(token.Payload, AccessTokenJson.Default.AccessTokenPayload);
        if (payload is null || PresenceIds.ProblemOfUserId(payload.UserId) is not null)
            return null;
        return new ClientPrincipal
        {
            Kind = payload.IsGuest ? ClientKind.Guest : ClientKind.Viewer,
            IsUnverified = payload.IsUnverified || payload.IsGuest, // a token of an earlier version says nothing of it
            UserId = payload.UserId,
            SessionId = payload.DeviceId,
            TokenId = payload.TokenId,
            Name = payload.UserId,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(payload.IssuedAt),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(payload.ExpiresAt),
            AcceptedUntil = DateTimeOffset.FromUnixTimeSeconds(payload.ExpiresAt),
            Key = key,
        };
    }
}

/// <summary>A token as handed out.</summary>
internal sealed record AccessToken(string Text, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>What an access token says. Published clients read <c>user</c>, <c>iat</c> and <c>exp</c> of it; the rest saves a heartbeat the database. No name: what a user is called changes while a token lives.</summary>
internal sealed record AccessTokenPayload(
    [property: JsonPropertyName("user")] AccessTokenPayload.Subject User,
    [property: JsonPropertyName("sub")] string UserId,
    [property: JsonPropertyName("jti")] string TokenId,
    [property: JsonPropertyName("deviceId")] string DeviceId,
    [property: JsonPropertyName("guest")] bool IsGuest,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt,
    [property: JsonPropertyName("unverified")] bool IsUnverified = false)
{
    /// <param name="PublicUserId">The id the app gave the user.</param>
    /// <param name="UserId">The id this server gave it.</param>
    internal sealed record Subject(
        [property: JsonPropertyName("publicUserId")] string PublicUserId,
        [property: JsonPropertyName("userId")] string UserId);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AccessTokenPayload))]
internal sealed partial class AccessTokenJson : JsonSerializerContext;

/// <summary>
/// Short proofs that the app's backend vouches for a user, to be traded for an access token: secure login.
/// A proof is its expiry and a keyed hash of expiry and user; the user itself comes with the login.
/// </summary>
internal sealed class AuthTokens(SigningKeys keys, TimeProvider time)
{
    public const int LongestToken = 100;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int ExpiryBytes = sizeof(long);

    public string Mint(string userId)
    {
        Span<byte> token = stackalloc byte[ExpiryBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, time.GetUtcNow().Add(Lifetime).ToUnixTimeMilliseconds());
        Sign(keys.Current, userId, token[..ExpiryBytes], token[ExpiryBytes..]);
        return Base64Url.EncodeToString(token);
    }

    public bool Vouches(string token, string userId)
    {
        Span<byte> bytes = stackalloc byte[ExpiryBytes + HMACSHA256.HashSizeInBytes];
        if (token.Length > LongestToken || !Base64Url.IsValid(token, out var length) || length != bytes.Length)
            return false;
        Base64Url.DecodeFromChars(token, bytes);

        if (time.GetUtcNow().ToUnixTimeMilliseconds() >= BinaryPrimitives.ReadInt64BigEndian(bytes))
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys.All) // a proof can be signed just before the keys change
        {
            Sign(key, userId, bytes[..ExpiryBytes], expected);
            if (CryptographicOperations.FixedTimeEquals(bytes[ExpiryBytes..], expected))
                return true;
        }
        return false;
    }

    private static void Sign(SigningKey key, string userId, ReadOnlySpan<byte> expiry, Span<byte> signature) =>
        HMACSHA256.HashData(key.AuthTokens, [.. expiry, .. Encoding.UTF8.GetBytes(userId)], signature);
}
