using System.Net;
using System.Net.Sockets;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Tests.Api;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Outbound;

/// <summary>What strangers can make the server call: public https addresses, and nothing else.</summary>
public sealed class OutboundGuardTests : IAsyncLifetime
{
    private const int LargestReply = 64 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Ways to say an address that must not be called, or to make a parser believe that another one is meant.</summary>
    private static readonly string[] Hostile =
    [
        // this machine
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "127.255.255.254",
        "0", "0.0.0.0", "0.1.2.3", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
        // digits that are no ASCII
        "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "ⓛocalhost", "①②⑦。⓪。⓪。①",
        // clouds' metadata and hosts
        "169.254.169.254", "0xa9fea9fe", "2852039166", "025177524776", "169.254.43518", "0xa9.0xfe.0xa9.0xfe", "169.254.170.2", "168.63.129.16", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "100.100.100.200",
        // private and shared
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255", "198.18.0.1", "198.19.255.255", "[fc00::1]", "[fdff::1]", "[::ffff:10.0.0.1]", "[::10.0.0.1]",
        "[fe80::1]", "[fec0::1]",
        // documentation, benchmarking, relays, reserved
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "255.255.255.255", "224.0.0.1", "239.255.255.255", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[4000::1]", "[5f00::1]", "[e000::1]",
        // IPv4 within IPv6: NAT64, 6to4, Teredo
        "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:10::1]", "[2001:20::1]",
        // names
        "private.test", "private6.test", "mapped.test", "mixed.test", "mixed6.test", "metadata.test", "none.test",
    ];

    private static readonly string[] HostileUrls =
    [
        "http://93.184.215.14/", "ws://93.184.215.14/", "wss://93.184.215.14/", "ftp://93.184.215.14/", "file:///etc/passwd", "gopher://93.184.215.14/", "data:image/png;base64,AAAA", "javascript:alert(1)",
        "https://user@93.184.215.14/", "https://user:password@93.184.215.14/", "https://93.184.215.14@127.0.0.1/", "https://93.184.215.14:443@127.0.0.1:443/", "https://127.0.0.1#@93.184.215.14/",
        @"https://93.184.215.14\@127.0.0.1/", "https://127.0.0.1:443/", "https:///127.0.0.1/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2540/", "https:127.0.0.1", "https://127.0.0.1\t/", "//127.0.0.1/",
    ];

    private static readonly Dictionary<string, string[]> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["private.test"] = ["10.1.2.3"],
        ["private6.test"] = ["fd00::1"],
        ["mapped.test"] = ["::ffff:192.168.1.1"],
        ["mixed.test"] = ["93.184.215.14", "127.0.0.1"],
        ["mixed6.test"] = ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
        ["metadata.test"] = ["169.254.169.254"],
        ["none.test"] = [],
    };

    private readonly ManualTimeProvider _time = new();
    private HostileHttpsServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await HostileHttpsServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Target_ThatIsNotPublic_IsRefusedBeforeAnythingIsSent()
    {
        using var guard = new OutboundGuard(new DashboardOptions(), _time, ResolveAsync);
        using var client = guard.CreateClient(LargestReply, Longest);

        List<string> reached = [];
        foreach (var url in Hostile.SelectMany(host => new[] { $"https://{host}/", $"https://{host}:{_server.Port}/" }).Concat(HostileUrls))
        {
            // What is no URI at all can't be called by anyone.
            if (!Uri.TryCreate(url, UriKind.Absolute, out var target))
                continue;
            var failure = await Record.ExceptionAsync(() => client.GetAsync(target, Cancel));
            if (failure is not OutboundRefusedException and not HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } and not NotSupportedException)
                reached.Add($"{url}: {failure?.GetType().Name} {failure?.Message}");
        }

        Assert.Empty(reached);
        Assert.Empty(_server.Connections);
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("::ffff:1.1.1.1", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("2001:4860:4860::8888", true)]
    [InlineData("fe80::1%1", false)]
    [InlineData("2606:4700:4700::1111%1", false)]
    public void Address_OfThePublicInternet_IsAllowed(string address, bool isAllowed)
    {
        using var guard = new OutboundGuard(new DashboardOptions(), _time);

        Assert.Equal(isAllowed, guard.IsAllowed(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("fd00::/8", "fd00:ec2::254", true)]
    public void Address_OfAnAllowedNetwork_IsAllowed(string network, string address, bool isAllowed)
    {
        using var guard = new OutboundGuard(new DashboardOptions { Outbound = { AllowedNetworks = [network] } }, _time);

        Assert.Equal(isAllowed, guard.IsAllowed(IPAddress.Parse(address)));
    }

    [Fact]
    public async Task Name_ThatLeadsElsewhereAMomentLater_IsLookedUpOnceForAConnection()
    {
        var lookedUp = 0;
        using var guard = HostileHttpsServer.Guard(_time, (_, _) => Task.FromResult(new[] { IPAddress.Parse(++lookedUp == 1 ? "127.0.0.2" : "127.0.0.1") }), allowed: "127.0.0.2");
        using var client = guard.CreateClient(LargestReply, Longest);
        _server.Serve("a", [1]);

        Assert.Equal([1], await client.GetByteArrayAsync($"https://pictures.test:{_server.Port}/a", Cancel));

        Assert.Equal((1, "127.0.0.2"), (lookedUp, Assert.Single(_server.Connections).Key));
        await Assert.ThrowsAsync<OutboundRefusedException>(() => client.GetAsync($"https://other.test:{_server.Port}/a", Cancel));
        Assert.Single(_server.Connections);
    }

    [Fact]
    public async Task Redirect_ToAnywhere_IsHandedBackAndNotFollowed()
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        _server.Answer("away", http =>
        {
            http.Response.Redirect(_server.UrlOf("target", host: 2));
            http.Response.Cookies.Append("kept", "1");
            return Task.CompletedTask;
        });

        using var reply = await client.GetAsync(_server.UrlOf("away"), Cancel);

        Assert.Equal((HttpStatusCode.Redirect, 0), (reply.StatusCode, _server.RequestsOf("target")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_LargerThanTheCap_IsCut(bool saysSo)
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        var isCut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Serve("fits", new byte[LargestReply]);
        _server.Answer("large", async http =>
        {
            http.Response.ContentLength = saysSo ? long.MaxValue : null;
            http.RequestAborted.Register(isCut.SetResult);
            while (!http.RequestAborted.IsCancellationRequested) // it would never end by itself
                await http.Response.Body.WriteAsync(new byte[LargestReply], http.RequestAborted);
        });

        Assert.Equal(LargestReply, (await client.GetByteArrayAsync(_server.UrlOf("fits"), Cancel)).Length);
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.UrlOf("large"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel));

        await isCut.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Body_ThatIsPacked_IsNotUnpacked()
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        _server.Answer("packed", http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
        });

        Assert.Equal([1, 2, 3], await client.GetByteArrayAsync(_server.UrlOf("packed"), Cancel));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("dripping")]
    public async Task Reply_ThatTakesTooLong_IsGivenUp(string how)
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        var isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer("slow", async http =>
        {
            if (how == "dripping")
            {
                await http.Response.Body.WriteAsync(new byte[] { 1 });
                await http.Response.Body.FlushAsync();
            }
            isWaiting.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.UrlOf("slow"));
        var reading = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await isWaiting.Task.WaitAsync(Cancel);

        _time.Advance(Longest);

        await Eventually.TrueAsync(() => reading.IsCompleted, "it is given up");
        Assert.Contains("3 s", (await Assert.ThrowsAsync<HttpRequestException>(() => reading)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_LargerThanTheCap_AreNotRead()
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        _server.Answer("headers", http =>
        {
            http.Response.Headers["X-Long"] = new string('x', 30_000);
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(_server.UrlOf("headers"), Cancel));
    }

    [Fact]
    public async Task Host_AskedForManyThingsAtOnce_GetsFourConnections()
    {
        using var guard = HostileHttpsServer.Guard(_time);
        using var client = guard.CreateClient(LargestReply, Longest);
        var (here, most) = (0, 0);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer("held", async http =>
        {
            var now = Interlocked.Increment(ref here);
            most = Math.Max(most, now);
            await open.Task;
            Interlocked.Decrement(ref here);
        });
        var reads = Enumerable.Range(0, 12).Select(_ => client.GetAsync(_server.UrlOf("held"), Cancel)).ToArray();
        await Eventually.TrueAsync(() => Volatile.Read(ref here) == OutboundGuard.ConnectionsPerHost, "as many come as may");

        open.SetResult();
        foreach (var reply in await Task.WhenAll(reads))
            reply.Dispose();

        Assert.Equal((OutboundGuard.ConnectionsPerHost, OutboundGuard.ConnectionsPerHost), (most, Assert.Single(_server.Connections).Value));
    }

    [Fact]
    public async Task Certificate_OfNobodyTrusted_IsRefused()
    {
        using var guard = new OutboundGuard(new DashboardOptions { Outbound = { AllowedNetworks = [HostileHttpsServer.Loopback] } }, _time);
        using var client = guard.CreateClient(LargestReply, Longest);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(_server.UrlOf("a"), Cancel));

        Assert.Equal(0, _server.Requests);
    }

    private static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Names.TryGetValue(host, out var addresses) ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) : Dns.GetHostAddressesAsync(host, cancellationToken);
}

/// <summary>The proxy that all of a process' clients use unless they say otherwise is the process' own: nothing else may run meanwhile.</summary>
[Collection(nameof(HeartbeatBytesTests))]
public sealed class OutboundProxyTests
{
    [Fact]
    public async Task Proxy_OfTheProcess_IsNotUsed()
    {
        await using var server = await HostileHttpsServer.StartAsync();
        server.Serve("a", [1]);
        using var guard = HostileHttpsServer.Guard(TimeProvider.System);
        using var client = guard.CreateClient(largestReply: 10, TimeSpan.FromMinutes(1));
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.LocalEndpoint.ToString(), BypassOnLocal: false);
        try
        {
            Assert.Equal([1], await client.GetByteArrayAsync(server.UrlOf("a"), TestContext.Current.CancellationToken));
            Assert.False(proxy.Pending());
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }
}
