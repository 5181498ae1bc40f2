using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>CORS.</summary>
public sealed class BrowserAccessTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Theory]
    [InlineData("/api/v1/presence/rooms/r/heartbeat", "POST")]
    [InlineData("/api/v1/presence/rooms/r/heartbeat", "DELETE")]
    [InlineData("/api/v1/admin/settings", "PUT")]
    [InlineData("/api/v5/sessions", "POST")]
    public async Task Preflight_OfAnyOrigin_AllowsWhatClientsSend(string path, string method)
    {
        var answer = await _host.SendAsync(HttpMethod.Options, path, headers: [("Origin", "https://app.example"), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization,content-type")]);

        Assert.Equal(204, answer.Status);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("GET,POST,PUT,DELETE", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,content-type,x-api-key,x-server-key,set-access-token-cookie,if-match,if-none-match,last-event-id", Header(answer, "Access-Control-Allow-Headers"));
    }

    [Theory]
    [InlineData("/api/v1/presence/settings", 401)]
    [InlineData("/api/v9/nothing", 404)]
    [InlineData("/api/v5/sessions", 405)]
    public async Task Refusal_ToABrowser_CanBeReadThere(string path, int status)
    {
        var answer = await _host.GetAsync(path, headers: ("Origin", "https://app.example"));

        Assert.Equal(status, answer.Status);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("etag,retry-after", Header(answer, "Access-Control-Expose-Headers"));
    }

    [Fact]
    public async Task Origins_WhenConfigured_AreTheOnlyOnes()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Clients:Origins"] = "https://app.example/" } });

        var ours = await host.GetAsync("/api/v1/presence/settings", DashboardHost.ServerKey, ("Origin", "https://app.example"));
        var theirs = await host.GetAsync("/api/v1/presence/settings", DashboardHost.ServerKey, ("Origin", "https://evil.example"));

        Assert.Equal("https://app.example", Header(ours, "Access-Control-Allow-Origin"));
        Assert.False(theirs.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://größe.example", "https://xn--gre-6ka8i.example")]
    [InlineData("https://xn--gre-6ka8i.example", "https://xn--gre-6ka8i.example")]
    [InlineData("https://größe.example", "https://größe.example")]
    [InlineData("https://App.Example:443", "https://app.example")]
    [InlineData("http://app.example", "http://app.example:80")]
    [InlineData("https://app.example:8443/", "https://app.example:8443")]
    public async Task Origin_InAnotherSpelling_IsTheSame(string configured, string sent)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Clients:Origins"] = configured } });

        var answer = await RawHttp.ExchangeAsync(host.BaseAddress, $"GET /api/v1/presence/settings HTTP/1.1\nHost: a\nOrigin: {sent}\nAuthorization: Bearer {DashboardHost.ServerKey}\nConnection: close\n\n");
        var other = await RawHttp.ExchangeAsync(host.BaseAddress, "GET /api/v1/presence/settings HTTP/1.1\nHost: a\nOrigin: https://grösse.example\nConnection: close\n\n");

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains($"Access-Control-Allow-Origin: {sent.Replace("größe", "xn--gre-6ka8i", StringComparison.Ordinal)}\r\n", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", other, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control-Allow-Origin", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_AreNotSharedWithOtherOrigins() =>
        Assert.False((await _host.GetAsync("/", headers: ("Origin", "https://app.example"))).Headers.Contains("Access-Control-Allow-Origin"));

    private static string Header(Answer answer, string name) => Assert.Single(answer.Headers.TryGetValues(name, out var values) ? values : answer.ContentHeaders.GetValues(name));
}
