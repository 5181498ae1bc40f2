using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Authentication;

/// <summary>Makes access tokens (JWT, HS256) and reads them back.</summary>
/// <remarks>Expiry and revocation are not decided here: they change while a token is cached, so <see cref="ClientAuthenticator"/> asks on every request.</remarks>
internal sealed class AccessTokens
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _rules;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;

    public AccessTokens(SigningSecrets secrets, DashboardOptions options, TimeProvider time)
    {
        _time = time;
        _lifetime = options.Clients.TokenLifetime;
        var key = new SymmetricSecurityKey(secrets.AccessTokens);
        _credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
        _rules = new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256], // no other, whatever a header asks for
            ValidTypes = ["JWT"],
            ValidateIssuer = false, // only this server holds the key
            ValidateAudience = false,
            ValidateLifetime = false,
        };
    }

    public AccessToken Issue(User user, string deviceId)
    {
        // Whole seconds, so that what the reply says is what the token says.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = issuedAt + _lifetime;
        var payload = new AccessTokenPayload(
            new AccessTokenPayload.Subject(user.UserId, user.InternalId),
            user.UserId,
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            deviceId,
            user.DisplayName,
            user.AvatarUrl,
            user.IsGuest,
            issuedAt.ToUnixTimeSeconds(),
            expiresAt.ToUnixTimeSeconds());
        return new AccessToken(_handler.CreateToken(JsonSerializer.Serialize(payload, AccessTokenJson.Default.AccessTokenPayload), _credentials), issuedAt, expiresAt);
    }

    /// <summary>The principal a token speaks for; null when this server did not sign it.</summary>
    public async ValueTask<ClientPrincipal?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _rules);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
            return null;

        var payload = JsonSerializer.Deserialize(Base64UrlEncoder.Decode(jwt.EncodedPayload), AccessTokenJson.Default.AccessTokenPayload);
        if (payload is null || PresenceIds.ProblemOfUserId(payload.UserId) is not null)
            return null;
        return new ClientPrincipal
        {
            Kind = payload.IsGuest ? ClientKind.Guest : ClientKind.Viewer,
            UserId = payload.UserId,
            SessionId = payload.DeviceId,
            TokenId = payload.TokenId,
            Name = payload.UserId,
            Profile = payload.DisplayName is null && payload.AvatarUrl is null ? null : new UserProfile(payload.DisplayName, payload.AvatarUrl),
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(payload.IssuedAt),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(payload.ExpiresAt),
        };
    }
}
