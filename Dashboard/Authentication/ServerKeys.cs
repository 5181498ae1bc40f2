using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication;

/// <summary>The keys of the customer's backend: those made here, and the one of the configuration, which may do everything.</summary>
/// <remarks>Every request looks its key up in memory, so that a key made, revoked or expired is so with the next request.</remarks>
internal sealed class ServerKeys(DashboardOptions options, ServerKeyStore store, TimeProvider time) : IDisposable
{
    /// <summary>How many keys of one name are good at once: the one in use and the one that follows it.</summary>
    public const int MostOfOneName = 2;

    private static readonly Authenticated Configured = new(new ClientPrincipal { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = "configured", Name = "server key", Scopes = ServerScopes.All });
    private static readonly Authenticated Unknown = new("The server key is not one of this server's.");
    private static readonly Authenticated Mistyped = new("The server key is mistyped or cut short: its checksum does not fit.");
    private static readonly Authenticated Revoked = new("The server key was revoked.");
    private static readonly Authenticated Expired = new("The server key has expired.");

    private readonly SecretComparison? _configured = options.Server.Key is { } key ? new SecretComparison(key) : null;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Whoever holds a key, or why it opens nothing.</summary>
    public Authenticated Find(ReadOnlySpan<char> presented)
    {
        if (_configured is not null && _configured.Matches(presented))
            return Configured;
        if (!ServerKeyText.LooksLikeOne(presented))
            return Unknown;
        if (!ServerKeyText.IsWellFormed(presented))
            return Mistyped;
        if (store.Find(ServerKeyText.Hash(presented)) is not { } key)
            return Unknown;
        if (RefusalOf(key) is { } refusal)
            return refusal;

        store.Touch(key.Id);
        return new Authenticated(Describe(key));
    }

    /// <summary>Whether the key a caller came with is still good; for requests that last.</summary>
    public Authenticated Check(ClientPrincipal caller) =>
        caller == Configured.Principal ? Configured : store.FindById(caller.TokenId) is not { } key ? Revoked : RefusalOf(key) ?? new Authenticated(caller);

    /// <summary>Makes a key; its rules were asked before. Stored, and in force, when it returns.</summary>
    /// <exception cref="StoreFullException">There are as many keys as may be, in all or of this name. Nothing was made.</exception>
    public async Task<IssuedServerKey> IssueAsync(string name, ServerScopes scopes, DateTimeOffset? expiresAt, string by, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (store.List().Count(key => key.Name == name && key.IsUsableAt(now)) >= MostOfOneName)
                throw new StoreFullException(MostOfOneName, $"There are {MostOfOneName} good keys of this name, the one in use and the one that follows it; revoke one first.");

            var secret = ServerKeyText.Make();
            var made = await store.CreateAsync(
                new NewServerKey(name, ServerKeyText.Hash(secret), secret[..ServerKeyText.ShownLength], ServerScopeWords.Of(scopes), by, expiresAt),
                cancellationToken);
            return new IssuedServerKey(made, secret);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static ClientPrincipal Describe(ServerKey key)
    {
        // A word this version does not know (the folder was used by a later one) gives nothing, and takes nothing from the others.
        _ = ServerScopeWords.TryRead(key.Scopes.Intersect(ServerScopeWords.All, StringComparer.Ordinal), out var scopes);
        return new ClientPrincipal { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = key.Id, Name = $"server key {key.Name}", Scopes = scopes };
    }

    private Authenticated? RefusalOf(ServerKey key) => key.RevokedAt is not null ? Revoked : key.IsUsableAt(time.GetUtcNow()) ? null : Expired;
}
