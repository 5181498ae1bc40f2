using System.Buffers.Text;
using System.Security.Cryptography;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Reads tokens that the customer's backend signed.</summary>
/// <remarks>Expiry and revocation of a token already read are <see cref="ClientAuthenticator"/>'s, as for our own.</remarks>
internal sealed class CustomerTokens(CustomerKeys keys, DashboardOptions options, TimeProvider time)
{
    /// <summary>Kinds of token that speak for a user. Others carry a subject too (a logout token does) and mean something else by it.</summary>
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Whether any are taken.</summary>
    public bool AreTaken => keys.AreConfigured;

    public Authenticated Read(TokenText token)
    {
        if (token.IsCritical)
            return new Authenticated("The token's header makes demands (crit) that this server does not know.");
        if (token.Type is { } type && !Types.Contains(type, StringComparer.OrdinalIgnoreCase))
            return new Authenticated("The token's type (typ) is not one that speaks for a user: JWT or at+jwt.");
        if (!keys.TryFind(token, out var key, out var refusal))
            return refusal;

        if (!key.Signed(token))
            return new Authenticated("The token's signature is not good.");
        return CustomerClaims.ProblemOf(token.Payload, options.Clients.Jwt, time.GetUtcNow(), out var claims) is { } problem
            ? new Authenticated($"The token is signed well, but {problem}")
            : new Authenticated(Describe(token, key, claims!));
    }

    private static ClientPrincipal Describe(TokenText token, TokenKey key, CustomerClaims claims) => new()
    {
        Kind = ClientKind.Viewer,
        UserId = claims.UserId,
        SessionId = claims.SessionId ?? "",
        TokenId = IdOf(token),
        Name = claims.UserId,
        Profile = claims.Profile,
        Rooms = claims.Rooms,
        Key = key,
        IssuedAt = claims.IssuedAt ?? DateTimeOffset.UnixEpoch,
        ExpiresAt = claims.ExpiresAt,
        AcceptedUntil = claims.ExpiresAt + CustomerClaims.Leeway,
    };

    /// <summary>
    /// What a revocation knows the token by: the part that is signed. Not its <c>jti</c>, which it may lack or share, and
    /// not its signature, which for ES256 can be written in two ways.
    /// </summary>
    private static string IdOf(TokenText token) => "jwt:" + Base64Url.EncodeToString(SHA256.HashData(token.Signed));
}
