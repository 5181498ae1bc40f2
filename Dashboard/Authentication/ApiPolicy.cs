namespace Presence.Dashboard.Authentication;

/// <summary>Who may call a route. Every route under /api and /health declares exactly one.</summary>
internal sealed class ApiPolicy
{
    /// <summary>Anyone; credentials are not looked at.</summary>
    public static readonly ApiPolicy Anonymous = new(nameof(Anonymous), viewers: true, server: true);

    /// <summary>A user or guest with an access token, as itself.</summary>
    public static readonly ApiPolicy Viewer = new(nameof(Viewer), viewers: true, server: false);

    /// <summary>A viewer, or the customer's backend.</summary>
    public static readonly ApiPolicy ViewerOrServer = new(nameof(ViewerOrServer), viewers: true, server: true);

    /// <summary>The customer's backend alone.</summary>
    public static readonly ApiPolicy Server = new(nameof(Server), viewers: false, server: true);

    private readonly bool _viewers;
    private readonly bool _server;

    private ApiPolicy(string name, bool viewers, bool server) => (Name, _viewers, _server) = (name, viewers, server);

    public string Name { get; }

    public bool Allows(ClientPrincipal caller) => caller.IsServer ? _server : _viewers;

    public override string ToString() => Name;
}
