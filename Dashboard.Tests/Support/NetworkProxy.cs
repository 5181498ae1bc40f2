using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Presence.Dashboard.Tests.Support;

/// <summary>The network between a browser and the server, with real sockets: it delays, falls silent, is cut and comes back.</summary>
public sealed class NetworkProxy : IAsyncDisposable
{
    private readonly IPEndPoint _server;
    private readonly TimeSpan _delay;
    private readonly ConcurrentDictionary<NetworkProxyConnection, Task> _connections = new();
    private readonly Gate _gate = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    private NetworkProxy(IPEndPoint server, TimeSpan delay)
    {
        _server = server;
        _delay = delay;
    }

    /// <summary>Where the browser finds the server; the same after a cut.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <param name="server">Where the server listens.</param>
    /// <param name="delay">How long everything takes, each way.</param>
    public static NetworkProxy To(Uri server, TimeSpan delay = default)
    {
        var wire = new NetworkProxy(new IPEndPoint(IPAddress.Loopback, server.Port), delay);
        wire.Mend();
        return wire;
    }

    /// <summary>Connections stay and nothing comes through, as with a server that hangs.</summary>
    public void FallSilent() => _gate.Close();

    /// <summary>What was held arrives.</summary>
    public void SpeakAgain() => _gate.Open();

    /// <summary>Every connection ends, and no new one is taken.</summary>
    public async Task CutAsync()
    {
        _listener?.Dispose();
        await _accepting;
        foreach (var connection in _connections.Keys)
            connection.End();
        await Task.WhenAll(_connections.Values);
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, Address.Port);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        _gate.Open();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var connection = new NetworkProxyConnection(await listener.AcceptTcpClientAsync(), _server, _delay, _gate);
                _connections[connection] = CarryAsync(connection);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task CarryAsync(NetworkProxyConnection connection)
    {
        await Task.Yield(); // until it is in the list it leaves here
        await connection.CarryAsync();
        _connections.TryRemove(connection, out _);
        connection.Dispose();
    }
}
