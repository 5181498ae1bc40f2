using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Presence.Dashboard.Hosting;
using IPNetwork = System.Net.IPNetwork;

namespace Presence.Dashboard.Outbound;

/// <summary>
/// The one way out to addresses that others choose: viewers, backends, browsers. https alone, public addresses alone, no
/// redirect, no proxy, no cookie, and a cap on size and time that holds for the whole reply.
/// </summary>
/// <remarks>
/// <para><b>Guarantee.</b> What is checked is the address that the connection goes to, not what the URL says: a name is resolved
/// once for each connection, every address it has must be allowed, and the connection goes to these. A name that leads elsewhere
/// a moment later changes nothing.</para>
/// <para><b>Threads.</b> Any. One for the whole server: all clients share its connections.</para>
/// </remarks>
internal sealed class OutboundGuard : IDisposable
{
    /// <summary>Connections to one host, for all clients together.</summary>
    public const int ConnectionsPerHost = 4;

    /// <summary>Connections to one host of clients that cut replies: one for each webhook and its test, so that none waits for another.</summary>
    private const int ConnectionsPerHostApart = 2 * Engine.Storage.WebhookStore.Most;

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private readonly IPNetwork[] _allowed;
    private readonly TimeProvider _time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly SocketsHttpHandler _connections;
    private readonly Lazy<SocketsHttpHandler> _apart;

    /// <param name="options">Names the private networks that are allowed.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="resolve">In place of the system's resolver, for tests.</param>
    /// <param name="tls">Trusted certificates in place of the system's, for tests.</param>
    public OutboundGuard(DashboardOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, SslClientAuthenticationOptions? tls = null)
    {
        _allowed = [.. options.Outbound.AllowedNetworks.Select(RequestPipeline.NetworkOf)];
        _time = time;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        SocketsHttpHandler Connections(int perHost) => new()
        {
            AllowAutoRedirect = false,
            UseProxy = false, // through a proxy, the check would see the proxy's address
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = LongestConnect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxConnectionsPerServer = perHost,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0, // an oversized body isn't read to its end just to keep the connection
            ConnectCallback = ConnectAsync,
            SslOptions = tls ?? new SslClientAuthenticationOptions(),
        };
        _connections = Connections(ConnectionsPerHost);
        _apart = new Lazy<SocketsHttpHandler>(() => Connections(ConnectionsPerHostApart));
    }

    /// <summary>A client for one purpose.</summary>
    /// <param name="largestReply">The most bytes of a body. A larger one is an <see cref="HttpRequestException"/>.</param>
    /// <param name="longest">From the call to the last byte of the body. Longer is an <see cref="HttpRequestException"/> too.</param>
    /// <param name="cutsReplies">A larger body is cut instead. Such clients have connections of their own.</param>
    /// <returns>Its replies are read to their end before it hands them out. A refused target is an <see cref="OutboundRefusedException"/>.</returns>
    public HttpClient CreateClient(int largestReply, TimeSpan longest, bool cutsReplies = false) =>
        new(new BoundedHandler(cutsReplies ? _apart.Value : _connections, largestReply, longest, cutsReplies, _time), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Whether a connection to an address is allowed.</summary>
    public bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddresses.Contains(plain) || Array.Exists(_allowed, network => network.Contains(plain));
    }

    public void Dispose()
    {
        _connections.Dispose();
        if (_apart.IsValueCreated)
            _apart.Value.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.TrimEnd('.'), out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, IsAllowed))
            throw new OutboundRefusedException($"{host} is not at a public address. Presence__Outbound__AllowedNetworks can allow private networks.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Holds for callers that read only the headers themselves, too: HttpClient's own timeout and cap don't.</summary>
    private sealed class BoundedHandler(HttpMessageHandler connections, int largestReply, TimeSpan longest, bool cutsReplies, TimeProvider time) : DelegatingHandler(connections)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is not { Scheme: "https", UserInfo: "" })
                throw new OutboundRefusedException("Only https URLs without a user are called.");
            // HTTP/3 bypasses the connect callback.
            (request.Version, request.VersionPolicy) = (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
            using var deadline = new CancellationTokenSource(longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            HttpResponseMessage? reply = null;
            try
            {
                reply = await base.SendAsync(request, either.Token);
                if (cutsReplies)
                    await CutAsync(reply, either.Token);
                else
                    await reply.Content.LoadIntoBufferAsync(largestReply, either.Token);
                return reply;
            }
            catch (Exception failure)
            {
                reply?.Dispose();
                if (failure.InnerException is OutboundRefusedException refused)
                    throw new OutboundRefusedException(refused.Message);
                if (failure is OperationCanceledException && deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    throw new HttpRequestException($"There was no complete reply within {longest.TotalSeconds} s.", failure);
                throw;
            }
        }

        private async Task CutAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
        {
            var begin = new byte[largestReply];
            using var whole = reply.Content;
            await using var body = await whole.ReadAsStreamAsync(cancellationToken);
            reply.Content = new ByteArrayContent(begin, 0, await body.ReadAtLeastAsync(begin, largestReply, throwOnEndOfStream: false, cancellationToken));
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Nothing waits for others on a thread.");
    }
}

/// <summary>A target that is never called: not https, or not at an allowed address. Nothing was sent.</summary>
internal sealed class OutboundRefusedException(string message) : HttpRequestException(message);

/// <summary>The addresses of the public internet: those that IANA's registers call globally reachable, and no other.</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Private, shared, local, documentation, multicast, reserved; and within 2000::/3 what holds an IPv4 address that nobody would check.</summary>
    private static readonly IPNetwork[] Others =
    [
        .. ((ReadOnlySpan<string>)[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32", // Azure's host, reachable from every machine there
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ]).ToArray().Select(text => IPNetwork.Parse(text)),
    ];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && (address.ScopeId != 0 || !GlobalUnicast.Contains(address)))
            return false;
        return !Array.Exists(Others, network => network.Contains(address));
    }
}
