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

    private readonly ManualTimeProvider _time = new();
    private HostileHttpsServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await HostileHttpsServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Target_ThatIsNotPublic_IsRefusedBeforeAnythingIsSent()
    {
        using var guard = new OutboundGuard(new DashboardOptions(), _time, HostileTargets.ResolveAsync);
        using var client = guard.CreateClient(LargestReply, Longest);

        List<string> reached = [];
        foreach (var url in HostileTargets.Urls(_server.Port))
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
