namespace Presence.Dashboard.Authentication;

/// <summary>Who may call a route. Every route under /api and /health declares exactly one.</summary>
internal sealed class ApiPolicy
{
    /// <summary>Anyone; credentials are not looked at.</summary>
    public static readonly ApiPolicy Anonymous = new(nameof(Anonymous), viewers: true, server: true, ServerScopes.None);

    /// <summary>A user or guest with an access token, as itself.</summary>
    public static readonly ApiPolicy Viewer = new(nameof(Viewer), viewers: true, server: false, ServerScopes.None);

    /// <summary>A viewer, or the customer's backend with a key that may read.</summary>
    public static readonly ApiPolicy ViewerOrServer = new(nameof(ViewerOrServer), viewers: true, server: true, ServerScopes.Read);

    /// <summary>The customer's backend alone, with a key of every scope: a route that names none is not opened by accident.</summary>
    public static readonly ApiPolicy Server = new(nameof(Server), viewers: false, server: true, ServerScopes.None);

    private ApiPolicy(string name, bool viewers, bool server, ServerScopes anyOf) => (Name, AllowsViewers, AllowsServers, AnyOf) = (name, viewers, server, anyOf);

    public string Name { get; }

    public bool AllowsViewers { get; }

    public bool AllowsServers { get; }

    /// <summary>The scopes of which a server key must have one; none means that it must have them all.</summary>
    public ServerScopes AnyOf { get; }

    /// <summary>The scopes a server key must have, in words; null where it needs none or may not call.</summary>
    public string? ScopeRule => AllowsServers && this != Anonymous ? Describe(AnyOf) : null;

    /// <summary>The same for server keys with one of these scopes.</summary>
    public ApiPolicy With(ServerScopes anyOf) => new(Name, AllowsViewers, AllowsServers, anyOf);

    /// <summary>Why a caller may not; null when it may.</summary>
    public string? ProblemOf(ClientPrincipal caller)
    {
        if (!caller.IsServer)
            return AllowsViewers ? null : "This route requires a server key, not an access token.";
        if (!AllowsServers)
            return "This route acts for the viewer of an access token. With a server key, name users in POST /api/v1/presence/heartbeats.";
        return IsWithin(caller.Scopes) ? null : $"This server key lacks the required scope: {Describe(AnyOf)}.";
    }

    public override string ToString() => AllowsServers && AnyOf != ServerScopes.None ? $"{Name}({Describe(AnyOf)})" : Name;

    private static string Describe(ServerScopes anyOf) => anyOf == ServerScopes.None ? "every one" : string.Join(" or ", ServerScopeWords.Of(anyOf));

    private bool IsWithin(ServerScopes held) => AnyOf == ServerScopes.None ? held == ServerScopes.All : (held & AnyOf) != ServerScopes.None;
}
