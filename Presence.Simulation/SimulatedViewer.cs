using System.Collections.Concurrent;
using Presence.Client;

namespace Presence.Simulation;

/// <summary>A made-up person who watches one room with the .NET client. The client sends the heartbeats; this decides what the person does.</summary>
internal sealed class SimulatedViewer : IAsyncDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly RoomPresence _presence;
    private readonly UserPresence? _user;

    /// <param name="network">What its requests go through.</param>
    /// <param name="options">Who it is, and the room it watches.</param>
    /// <param name="showsOnline">Whether its app tells the network that the user is online, too.</param>
    public SimulatedViewer(SimulatedNetwork network, RoomPresenceOptions options, bool showsOnline = false)
    {
        _network = network;
        options.App = new PresenceApp(); // its own device, which shares nothing with other viewers
        options.HttpClient = new HttpClient(network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _presence = new RoomPresence(options);
        _user = showsOnline ? new UserPresence(options) : null;
    }

    public PresenceState State => _presence.State;

    /// <summary>Comes to watch, and goes on by itself until it leaves or vanishes.</summary>
    public void Enter()
    {
        _ = _presence.StartHeartbeatAsync();
        _ = _user?.StartHeartbeatAsync();
    }

    public void Show(ViewerState state) => _presence.SetViewerState(state);

    /// <summary>Goes, and says so.</summary>
    public Task LeaveAsync() => Task.WhenAll(_presence.StopHeartbeatAsync(), _user?.StopHeartbeatAsync() ?? Task.CompletedTask);

    /// <summary>Goes without a word: the server learns by the presence timeout.</summary>
    public Task VanishAsync()
    {
        _network.Cut();
        return LeaveAsync();
    }

    public async ValueTask DisposeAsync() => await VanishAsync();
}

/// <summary>Keeps access tokens by device, as apps do, so that who comes back need not sign in again. Bounded by the devices there are.</summary>
internal sealed class SignIns
{
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    /// <summary>Where one visit of a device gets its tokens: the one kept, and after that a new one whenever asked.</summary>
    public Func<CancellationToken, Task<string>> Of(string deviceId, Func<CancellationToken, Task<string>> signIn)
    {
        var mayUseKept = true;
        return async cancellationToken =>
        {
            var usesKept = mayUseKept;
            mayUseKept = false;
            if (usesKept && _tokens.TryGetValue(deviceId, out var kept))
                return kept;
            return _tokens[deviceId] = await signIn(cancellationToken);
        };
    }
}
