using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>The keys of the customer's backend. One, from the configuration.</summary>
internal sealed class ServerKeys(DashboardOptions options)
{
    private static readonly ClientPrincipal Configured = new() { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = "", Name = "server key", Scopes = ServerScopes.All };

    private readonly SecretComparison? _configured = options.Server.Key is { } key ? new SecretComparison(key) : null;

    /// <summary>Whoever holds a key; null when it is none.</summary>
    public ClientPrincipal? Find(ReadOnlySpan<char> presented) => _configured is not null && _configured.Matches(presented) ? Configured : null;
}
