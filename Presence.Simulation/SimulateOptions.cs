namespace Presence.Simulation;

/// <summary>What an operator asks of a simulation. See docs/simulator.md.</summary>
internal sealed record SimulateOptions
{
    /// <summary>The server to watch.</summary>
    public Uri Url { get; init; } = new("http://localhost:5080");

    /// <summary>Sets how connections reach the server, such as a socket's file; null for the ordinary way.</summary>
    public Action<SocketsHttpHandler>? Route { get; init; }

    /// <summary>The client key viewers sign in with; null when <see cref="Secret"/> signs their tokens.</summary>
    public string? Key { get; init; }

    /// <summary>The server's <c>Presence__Clients__Jwt__Secret</c>; null when viewers sign in.</summary>
    public string? Secret { get; init; }

    public int Rooms { get; init; } = 10;

    public int Viewers { get; init; } = 500;

    /// <summary>The share of viewers who go and are replaced, each minute.</summary>
    public double Churn { get; init; } = 0.1;

    /// <summary>Of those who go, the share who do it without a word.</summary>
    public double Vanish { get; init; } = 0.3;

    /// <summary>The share of viewers whose app goes to the background after a while.</summary>
    public double Hidden { get; init; } = 0.2;

    /// <summary>The share of requests that are lost.</summary>
    public double Lossy { get; init; }

    /// <summary>How long the crowd stays once all have joined.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time in which all join. Null: chosen by their number.</summary>
    public TimeSpan? Ramp { get; init; }

    /// <summary>How many connections all viewers share.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Confirms that a server elsewhere may be put under load.</summary>
    public bool OwnsServer { get; init; }

    /// <summary>The time in which all join. By default, a server accepts 50 logins per second from one address.</summary>
    public TimeSpan Arrival => Ramp ?? TimeSpan.FromSeconds(Math.Max(10, Math.Ceiling(Viewers / (Secret is null ? 40.0 : 500.0))));

    /// <summary>New connections to the server.</summary>
    public SocketsHttpHandler NewConnections()
    {
        var connections = new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseCookies = false };
        Route?.Invoke(connections);
        return connections;
    }
}
