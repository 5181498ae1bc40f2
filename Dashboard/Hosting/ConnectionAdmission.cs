using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Hosting;

/// <summary>How many connections there may be, in all and of one address.</summary>
/// <remarks>
/// Asked where connections are accepted, one after the other: the server underneath would accept any number and close those
/// above its cap later, and a process that runs out of file handles in between is ended by the runtime. A connection keeps
/// its place until its socket is closed.
/// <para>Proxies that are known, and this machine itself, bring many callers over their connections and have no share. The
/// same callers have shares of what they open (<see cref="DashboardOptions.LimitsOptions"/>), by the address a proxy names.</para>
/// </remarks>
internal sealed class ConnectionAdmission
{
    private static readonly TimeSpan LogPause = TimeSpan.FromMinutes(1);

    private readonly int _most;
    private readonly Shares<AddressKey> _ofAddress;
    private readonly List<System.Net.IPNetwork> _proxies;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionAdmission> _log;
    private int _open;
    private int _refused;
    private long _loggedAt;

    public ConnectionAdmission(DashboardOptions options, LimitUsageRegistry caps, TimeProvider time, ILogger<ConnectionAdmission> log)
    {
        (_time, _log) = (time, log);
        _most = options.Limits.Connections;
        _ofAddress = new Shares<AddressKey>(options.Limits.ConnectionsPerAddress);
        _proxies = [.. options.Http.KnownProxies.Select(RequestPipeline.NetworkOf)];
        caps.Add(LimitKind.Connections, () => Open, _most);
    }

    /// <summary>Connections open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Takes a place. False if none is free. Return it with <see cref="Leave"/>.</summary>
    public bool TryEnter(EndPoint? from)
    {
        if (Interlocked.Increment(ref _open) > _most)
        {
            Interlocked.Decrement(ref _open);
            Refuse($"the limit of {_most} is reached (Presence__Limits__Connections)");
            return false;
        }
        if (HolderOf(from) is not { } holder || _ofAddress.TryTake(holder))
            return true;
        Interlocked.Decrement(ref _open);
        Refuse($"{(from as IPEndPoint)?.Address} has reached its limit of {_ofAddress.Most} (Presence__Limits__ConnectionsPerAddress). If it is a proxy, add it to Presence__Http__KnownProxies");
        return false;
    }

    public void Leave(EndPoint? from)
    {
        Interlocked.Decrement(ref _open);
        if (HolderOf(from) is { } holder)
            _ofAddress.GiveBack(holder);
    }

    /// <summary>The address that a connection counts for; null for one without a share.</summary>
    private AddressKey? HolderOf(EndPoint? from)
    {
        if (from is not IPEndPoint { Address: var address })
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) || _proxies.Exists(proxy => proxy.Contains(address)) ? null : AddressKey.Of(address);
    }

    /// <summary>Logs at most once a minute, so that a flood doesn't fill the log.</summary>
    private void Refuse(string reason)
    {
        var refused = Interlocked.Increment(ref _refused);
        var last = Volatile.Read(ref _loggedAt);
        if ((last != 0 && _time.GetElapsedTime(last) < LogPause) || Interlocked.CompareExchange(ref _loggedAt, _time.GetTimestamp(), last) != last)
            return;
        _log.LogWarning("A connection was closed: {Reason}. {Refused} since the start.", reason, refused);
    }
}

/// <summary>Sockets behind the <see cref="ConnectionAdmission"/>.</summary>
internal sealed class GuardedSockets(SocketTransportFactory sockets, ConnectionAdmission door, TimeProvider time) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken), door, time);

    private sealed class Listener(IConnectionListener listener, ConnectionAdmission door, TimeProvider time) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
            {
                if (door.TryEnter(connection.RemoteEndPoint))
                    return new Connection(connection, door, time);
                connection.Abort();
                await connection.DisposeAsync();
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }

    /// <summary>A connection that gives its place back when its socket is closed.</summary>
    private sealed class Connection(ConnectionContext connection, ConnectionAdmission door, TimeProvider time) : ConnectionContext
    {
        private readonly IDuplexPipe _socket = connection.Transport;
        private readonly EndPoint? _from = connection.RemoteEndPoint;
        private int _left;

        public override string ConnectionId { get => connection.ConnectionId; set => connection.ConnectionId = value; }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items { get => connection.Items; set => connection.Items = value; }

        /// <summary>TLS puts what it deciphers in the socket's place once its handshake is done: there the timeout restarts.</summary>
        public override IDuplexPipe Transport
        {
            get => connection.Transport;
            set => connection.Transport = ReferenceEquals(value, _socket) ? value : new DecipheredBytes(value, time);
        }

        public override CancellationToken ConnectionClosed { get => connection.ConnectionClosed; set => connection.ConnectionClosed = value; }

        public override EndPoint? LocalEndPoint { get => connection.LocalEndPoint; set => connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => connection.RemoteEndPoint; set => connection.RemoteEndPoint = value; }

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await connection.DisposeAsync();
                await base.DisposeAsync();
            }
            finally
            {
                if (Interlocked.Exchange(ref _left, 1) == 0)
                    door.Leave(_from);
            }
        }
    }
}

/// <summary>What comes out of TLS. A connection that says nothing there for as long as one may be silent reads as ended, which closes it.</summary>
/// <remarks><b>Cost.</b> One call more a read; nothing is allocated after the first byte.</remarks>
internal sealed class DecipheredBytes(IDuplexPipe deciphered, TimeProvider time) : PipeReader, IDuplexPipe
{
    private readonly PipeReader _input = deciphered.Input;
    private bool _hasBegun;
    private bool _isOver;

    PipeReader IDuplexPipe.Input => this;

    PipeWriter IDuplexPipe.Output => deciphered.Output;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _hasBegun ? _input.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => _input.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isOver) // otherwise nothing was read that could be returned
            _input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(FirstByteDeadline.LongestSilence, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var read = await _input.ReadAsync(ending.Token);
            _hasBegun = !read.Buffer.IsEmpty;
            return read;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _isOver = true;
            return new ReadResult(default, isCanceled: false, isCompleted: true);
        }
    }
}

/// <summary>Closes connections that send nothing at first. Those that begin and do not go on are ended by the server's own limits: a handshake has 10 s, headers have 15; after a handshake it is <see cref="DecipheredBytes"/> that waits.</summary>
internal sealed class FirstByteDeadline(ConnectionDelegate next, TimeProvider time)
{
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (await HasBegunAsync(connection))
            await next(connection);
    }

    private async ValueTask<bool> HasBegunAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        if (!input.TryRead(out var read))
        {
            var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
            using var deadline = new CancellationTokenSource(LongestSilence, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping, connection.ConnectionClosed);
            try
            {
                read = await input.ReadAsync(ending.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                return false;
            }
        }
        var hasBegun = !read.Buffer.IsEmpty;
        input.AdvanceTo(read.Buffer.Start);
        return hasBegun;
    }
}

/// <summary>How much of something each holder has open, where each may have so much.</summary>
/// <remarks><b>Bound.</b> By what is open in all: a holder of nothing is forgotten. <b>Threads.</b> Any.</remarks>
internal sealed class Shares<THolder>(int most)
    where THolder : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<THolder, int> _held = [];

    public int Most => most;

    /// <summary>Takes one more; false, and nothing changed, when the holder has its share.</summary>
    public bool TryTake(THolder holder)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(holder);
            if (held >= most)
                return false;
            _held[holder] = held + 1;
            return true;
        }
    }

    public void GiveBack(THolder holder)
    {
        lock (_lock)
        {
            if (--_held[holder] > 0)
                return;
            _held.Remove(holder);
            if (_held.Count == 0)
                _held.TrimExcess();
        }
    }
}

/// <summary>
/// Closes the connection of a client that requests a large reply and reads nothing of it for <see cref="Longest"/>. The web server's own
/// rule is an average over all that was written, which lets an answer of some megabytes wait for hours.
/// </summary>
/// <remarks>
/// <para><b>Cost.</b> Nothing for an answer that is done at once; a look at the socket every five seconds for one that is not.</para>
/// <para>Progress is what the other side has acknowledged, which Linux alone tells. Event streams and circuits have rules of
/// their own: they may have nothing to say for long.</para>
/// </remarks>
internal sealed class SlowReaderMiddleware(RequestDelegate next, TimeProvider time)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // Linux constants: IPPROTO_TCP, TCP_INFO, and the offsets of fields in struct tcp_info.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int Unacknowledged = 24;
    private const int Acknowledged = 120;
    private const int NotSent = 144;
    private const int InfoBytes = 152;

    public Task InvokeAsync(HttpContext http)
    {
        var answering = next(http);
        return answering.IsCompleted || !HttpMethods.IsGet(http.Request.Method) || http.WebSockets.IsWebSocketRequest || !OperatingSystem.IsLinux()
            || http.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket
            ? answering
            : WatchAsync(http, socket, answering);
    }

    private async Task WatchAsync(HttpContext http, Socket socket, Task answering)
    {
        var (taken, since) = (0L, time.GetTimestamp());
        while (true)
        {
            await answering.WaitAsync(Look, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answering.IsCompleted || http.Response.ContentType == EventStreamReply.MediaType)
                break;
            if (!WaitsForItsReader(socket, ref taken))
                since = time.GetTimestamp();
            else if (time.GetElapsedTime(since) >= Longest)
                http.Abort();
        }
        await answering;
    }

    /// <summary>Whether something was not taken yet, and nothing was taken since the last look.</summary>
    private static bool WaitsForItsReader(Socket socket, ref long taken)
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, TcpInfo, info) < InfoBytes)
                return false;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false; // the connection is closed
        }
        var acknowledged = MemoryMarshal.Read<long>(info[Acknowledged..]);
        var isWaiting = acknowledged == taken && (MemoryMarshal.Read<int>(info[Unacknowledged..]) > 0 || MemoryMarshal.Read<int>(info[NotSent..]) > 0);
        taken = acknowledged;
        return isWaiting;
    }
}
