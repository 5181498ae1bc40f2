using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>Finds out who calls, from the headers and nothing else: no cookie is ever looked at.</summary>
internal sealed class ClientAuthenticator(
    AccessTokens tokens, CustomerTokens customerTokens, VerifiedUsers vouched, ProfileLookups profiles, AccessTokenCache cache, ServerKeys serverKeys, ShareLinkStore shareLinks, RevokedTokens revoked, TimeProvider time)
{
    private const string Scheme = "Bearer ";
    public const int LongestToken = 4096;

    private const string NoCredentials = "Send an access token or a server key as Authorization: Bearer .... POST /api/v5/sessions issues tokens.";
    private const string NotOurs = "The access token or server key doesn't belong to this server.";
    private const string KeyGone = "The access token was signed with a key that is no longer in use. Log in again.";
    private const string Expired = "The access token has expired. Log in again.";
    private const string Revoked = "The access token was revoked by a logout. Log in again.";
    private const string LinkRevoked = "The share link was revoked.";

    /// <summary>The caller of a request that must have one.</summary>
    public Authenticated Authenticate(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.TryGetValue("x-server-key", out var serverKey))
            return serverKeys.Find(serverKey.ToString());

        var authorization = headers.Authorization;
        if (authorization.Count != 1 || authorization[0] is not { } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return new Authenticated(NoCredentials);
        return Authenticate(header.AsSpan(Scheme.Length));
    }

    /// <summary>The caller a token speaks for, wherever the token came in.</summary>
    public Authenticated Authenticate(ReadOnlySpan<char> token)
    {
        if (token.Length is 0 or > LongestToken)
            return new Authenticated(NotOurs);
        if (cache.Find(token) is { IsKeyWithdrawn: false } principal)
            return Check(principal);
        var server = serverKeys.Find(token);
        if (server.Principal is not null || ServerKeyText.LooksLikeOne(token))
            return server;
        return Read(token.ToString());
    }

    /// <summary>Whether a caller is still who it was when it came: for requests that last, and for tokens that were read before.</summary>
    public Authenticated Check(ClientPrincipal principal)
    {
        if (principal.IsServer)
            return serverKeys.Check(principal);
        if (principal.Kind == ClientKind.ShareLink)
            return shareLinks.IsInForce(principal.TokenId) ? new Authenticated(principal) : new Authenticated(LinkRevoked);
        if (principal.IsKeyWithdrawn)
            return new Authenticated(KeyGone);
        if (time.GetUtcNow() >= principal.AcceptedUntil)
            return new Authenticated(Expired);

        var revocations = revoked.Version; // read before the check, so that a revocation in between is found next time
        if (principal.RevocationsSeen != revocations)
        {
            if (revoked.Contains(principal.TokenId))
                return new Authenticated(Revoked);
            principal.RevocationsSeen = revocations;
        }
        return new Authenticated(principal);
    }

    private Authenticated Read(string text)
    {
        if (!TokenText.TryParse(text, out var token))
            return new Authenticated(NotOurs);
        if (tokens.IsOurs(token))
            return Keep(text, tokens.Read(token) is { } own ? new Authenticated(own) : new Authenticated(NotOurs));
        if (!customerTokens.AreTaken)
            return new Authenticated(NotOurs);

        var read = Keep(text, customerTokens.Read(token));
        if (read.Principal is { } principal)
            vouched.Note(principal.UserId, principal.Profile);
        return read;
    }

    private Authenticated Keep(string text, Authenticated read)
    {
        if (read.Principal is not { } principal)
            return read;
        var checkedFirst = Check(principal); // a revoked token must not push a valid one out of the cache
        if (checkedFirst.Principal is null)
            return checkedFirst;
        profiles.Want(principal); // most are read by the time of the heartbeat that follows
        return new Authenticated(cache.Add(text, principal));
    }
}

/// <summary>Who a client is: access tokens and server keys.</summary>
internal static class ClientAuthentication
{
    public static void AddClientAuthentication(this WebApplicationBuilder builder, DashboardOptions options)
    {
        var services = builder.Services;
        services.AddSingleton<KeyFolder>();
        services.AddSingleton<SigningKeyFile>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<ClientKey>();
        services.AddSingleton<ServerKeys>();
        services.AddSingleton<GuestIds>();
        services.AddSingleton<AuthTokens>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton(_ => new AccessTokenCache());
        services.AddSingleton<ClientAuthenticator>();
        services.AddSingleton<BannedDevices>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<CustomerKeys>();
        services.AddSingleton<CustomerTokens>();
        services.AddSingleton<VerifiedUsers>();
        services.AddSingleton<ProfileLookups>();
        services.AddHostedService<KeyInitializer>();
        services.AddLoop<SigningKeys>("signing keys", TimeSpan.FromHours(1), keys => keys.Turn());
        services.AddLoop<VerifiedUsers>("vouched users", TimeSpan.FromSeconds(1), (users, cancel) => users.FlushAsync(cancel), alsoAtStop: true);
        services.AddHostedService<ProfileLookupsLoop>();
        if (options.Clients.Jwt.JwksUrl is { } address)
        {
            services.AddSingleton(_ => new KeySetClient(new Uri(address)));
            services.AddHostedService<KeySetLoop>();
        }
    }
}
