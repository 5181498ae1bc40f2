using System.Net.Sockets;
using System.Text;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>Which names the server answers to, and from where its circuits may be opened.</summary>
public sealed class HostNameTests(HostNameTests.NamedHosts hosts) : IClassFixture<HostNameTests.NamedHosts>
{
    private const string PublicUrl = "https://presence.example.com";

    [Theory]
    [InlineData("presence.example.com", true)]
    [InlineData("PRESENCE.Example.com", true)]
    [InlineData("presence.example.com:443", true)]
    [InlineData("presence.example.com:8080", true)]
    [InlineData("presence.internal:5080", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("evil.example", false)]
    [InlineData("presence.example.com.evil.example", false)]
    [InlineData("evil-presence.example.com", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("localhost", false)]
    [InlineData("", false)]
    public async Task Request_OfAHost_IsServedWhereTheNameIsMeant(string name, bool served)
    {
        var host = await hosts.OfAsync(PublicUrl);

        var api = await AskAsync(host, "/api/v3/network-settings/chat", name);
        var page = await AskAsync(host, "/sign-in", name, "Accept: text/html");

        Assert.StartsWith(served ? "HTTP/1.1 200" : "HTTP/1.1 400", api, StringComparison.Ordinal);
        Assert.NotEqual(served, page.StartsWith("HTTP/1.1 400", StringComparison.Ordinal));
        if (!served)
            Assert.Contains("\"code\":400000", api, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://präsenz.example", "xn--prsenz-cua.example", true)]
    [InlineData("https://präsenz.example", "XN--PRSENZ-CUA.example.:8080", true)]
    [InlineData("https://faß.example", "xn--fa-hia.example", true)]
    [InlineData("https://xn--prsenz-cua.example", "xn--prsenz-cua.example:443", true)]
    [InlineData("https://PRÄSENZ.example.:443/", "xn--prsenz-cua.example", true)]
    [InlineData("https://münchen.präsenz.example", "xn--mnchen-3ya.xn--prsenz-cua.example", true)]
    [InlineData("https://presence.example.com", "presence.example.com.", true)]
    [InlineData("https://präsenz.example", "prasenz.example", false)]
    [InlineData("https://präsenz.example", "xn--prsenz-dua.example", false)]
    [InlineData("https://präsenz.example", "xn--", false)]
    [InlineData("https://präsenz.example", "a..b", false)]
    public async Task Request_OfAnInternationalName_IsServedInEverySpelling(string publicUrl, string name, bool served)
    {
        var host = await hosts.OfAsync(publicUrl);

        var api = await AskAsync(host, "/api/v3/network-settings/chat", name);
        var page = await AskAsync(host, "/sign-in", name, "Accept: text/html");
        var circuit = await AskAsync(host, "/_blazor/disconnect", name, $"Origin: {publicUrl.TrimEnd('/')}");

        Assert.StartsWith(served ? "HTTP/1.1 200" : "HTTP/1.1 400", api, StringComparison.Ordinal);
        Assert.NotEqual(served, page.StartsWith("HTTP/1.1 400", StringComparison.Ordinal));
        Assert.Equal(served, circuit[..12] is not ("HTTP/1.1 403" or "HTTP/1.1 400"));
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("a..b")]
    [InlineData("a.xn--")]
    [InlineData(".")]
    [InlineData("a:b")]
    [InlineData("[::1")]
    [InlineData("a~b")]
    public async Task Host_ThatNamesNone_Is400AndNoFault(string name)
    {
        var host = await hosts.OfAsync(publicUrl: null);

        foreach (var path in (string[])["/sign-in", "/", "/nothing"])
            Assert.StartsWith("HTTP/1.1 400", await AskAsync(host, path, name, "Accept: text/html"), StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 5", await AskAsync(host, "/api/v3/network-settings/chat", name), StringComparison.Ordinal);
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("example.com, xn--")]
    [InlineData("xn--a, example.com")]
    [InlineData("XN--\u007f")]
    [InlineData("a..b")]
    [InlineData("example.com:0")]
    public async Task Host_ThatAProxyPassesOnAndNamesNone_IsNoFault(string name)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Http:KnownProxies"] = "127.0.0.1" } });
        foreach (var path in (string[])["/sign-in", "/api/v1/presence/settings", "/_blazor/negotiate"])
        {
            var answer = await RawHttp.ExchangeAsync(host.BaseAddress, $"GET {path} HTTP/1.1\nHost: example.com\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\nX-Forwarded-Host: {name}\nAccept: text/html\nConnection: close\n\n");

            Assert.Matches("^HTTP/1.1 [234]", answer); // of several names the nearest proxy's counts
        }
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_UnderAnyName_Answers(string path)
    {
        var host = await hosts.OfAsync(PublicUrl);

        Assert.StartsWith("HTTP/1.1 200", await AskAsync(host, path, "10.1.2.3:8080"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfAnyHost_IsServedWithoutAPublicUrl()
    {
        var host = await hosts.OfAsync(publicUrl: null);

        Assert.StartsWith("HTTP/1.1 200", await AskAsync(host, "/api/v3/network-settings/chat", "anything.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AskedForWithoutAHost_Answers400AndTheApiAnswers()
    {
        var host = await hosts.OfAsync(publicUrl: null);

        Assert.StartsWith("HTTP/1.1 400", await RawHttp.ExchangeAsync(host.BaseAddress, "GET /sign-in HTTP/1.0\nAccept: text/html\n\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.ExchangeAsync(host.BaseAddress, "GET /health/ready HTTP/1.0\n\n"), StringComparison.Ordinal);
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("https://presence.example.com", true)]
    [InlineData("https://presence.internal", true)]
    [InlineData("http://presence.internal", true)]
    [InlineData("HTTPS://Presence.Example.com.:443", true)]
    [InlineData("https://presence.example.com/", false)]
    [InlineData("https://presence.internal:444", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://presence.example.com.evil.example", false)]
    [InlineData("https://presence.example.com@evil.example", false)]
    [InlineData("file://presence.internal", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("https://presence.example.com, https://evil.example", false)]
    public async Task Circuit_OpenedFromAnOrigin_IsLetInFromOwnPagesAlone(string? origin, bool allowed)
    {
        var host = await hosts.OfAsync(PublicUrl);
        string[] headers = origin is null ? [] : [$"Origin: {origin}"];

        foreach (var path in new[] { "/_blazor?id=x", "/_BLAZOR/negotiate?negotiateVersion=1", "/_blazor/disconnect" })
        {
            var answer = await AskAsync(host, path, "presence.internal", headers);
            Assert.Equal((path, allowed), (path, !answer.StartsWith("HTTP/1.1 403", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("/api/v1/presence/settings")]
    [InlineData("/sign-in")]
    [InlineData("/nothing/here")]
    public async Task Reply_OfAnyKind_DoesNotNameTheServer(string path)
    {
        var host = await hosts.OfAsync(publicUrl: null);

        Assert.DoesNotContain("\nServer:", await AskAsync(host, path, "localhost"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Connections_BeyondTheCap_AreClosedAndThoseOpenStay()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Limits:Connections"] = "10" } });
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                open.Add(new TcpClient());
                await open[i].ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, TestContext.Current.CancellationToken);
                Assert.Contains("200 OK", await ExchangeAsync(open[i]), StringComparison.Ordinal);
            }
            Assert.Equal("", await OneMoreAsync());
            Assert.Contains("200 OK", await ExchangeAsync(open[0]), StringComparison.Ordinal);
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }

        // It may be closed so early that connecting does not even seem to succeed.
        async Task<string> OneMoreAsync()
        {
            using var one = new TcpClient();
            try
            {
                await one.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, TestContext.Current.CancellationToken);
                return await ExchangeAsync(one);
            }
            catch (Exception reset) when (reset is SocketException or IOException)
            {
                return "";
            }
        }
    }

    private static Task<string> AskAsync(DashboardHost host, string path, string name, params string[] headers) =>
        RawHttp.ExchangeAsync(host.BaseAddress, $"GET {path} HTTP/1.1\nHost: {name}\n{string.Concat(headers.Select(header => header + "\n"))}Connection: close\n\n");

    /// <summary>One request on a connection that stays open; empty when the server hangs up.</summary>
    private static async Task<string> ExchangeAsync(TcpClient client)
    {
        try
        {
            var buffer = new byte[4096];
            await client.Client.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            return Encoding.ASCII.GetString(buffer, 0, await client.Client.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>A host for each public address that a test names: what these tests ask changes nothing.</summary>
    public sealed class NamedHosts : IAsyncDisposable
    {
        private readonly Dictionary<string, DashboardHost> _hosts = new(StringComparer.Ordinal);

        /// <summary>The one with that public address.</summary>
        public async Task<DashboardHost> OfAsync(string? publicUrl)
        {
            if (_hosts.TryGetValue(publicUrl ?? "", out var host))
                return host;
            var options = new DashboardHostOptions();
            if (publicUrl is not null)
                options.Configuration["Presence:Http:PublicUrl"] = publicUrl;
            if (string.Equals(publicUrl, PublicUrl, StringComparison.Ordinal))
                options.Configuration["Presence:Http:Hosts"] = "presence.internal,[::1]";
            return _hosts[publicUrl ?? ""] = await DashboardHost.StartAsync(options);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var host in _hosts.Values)
                await host.DisposeAsync();
        }
    }
}
