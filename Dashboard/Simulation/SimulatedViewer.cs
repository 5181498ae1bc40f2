using Presence.Client;

namespace Presence.Dashboard.Simulation;

/// <summary>Somebody made up, watching one room with the .NET client: its logic sends the heartbeats, here is only decided what the person does.</summary>
internal sealed class SimulatedViewer : IAsyncDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly RoomPresence _presence;

    public SimulatedViewer(SimulatedNetwork network, RoomPresenceOptions options)
    {
        _network = network;
        options.App = new PresenceApp(); // a device of its own: nothing is shared with other viewers
        options.HttpClient = new HttpClient(network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _presence = new RoomPresence(options);
    }

    public PresenceState State => _presence.State;

    /// <summary>Comes to watch, and goes on by itself until it leaves or vanishes.</summary>
    public void Enter() => _ = _presence.StartHeartbeatAsync();

    public void Show(ViewerState state) => _presence.SetViewerState(state);

    /// <summary>Goes, and says so.</summary>
    public Task LeaveAsync() => _presence.StopHeartbeatAsync();

    /// <summary>Goes without a word: the server learns by the presence timeout.</summary>
    public Task VanishAsync()
    {
        _network.Cut();
        return _presence.StopHeartbeatAsync();
    }

    public async ValueTask DisposeAsync() => await VanishAsync();
}
