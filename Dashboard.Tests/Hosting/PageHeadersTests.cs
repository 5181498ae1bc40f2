using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class PageHeadersTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Page_IsFencedInByOneContentPolicy()
    {
        var answer = await _host.GetAsync("/sign-in", headers: ("Accept", "text/html"));

        Assert.Equal(
            "default-src 'self'; img-src 'self' data:; style-src 'self'; style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData("https://presence.example.com", true)]
    [InlineData("http://presence.example.com", false)]
    [InlineData(null, false)]
    public async Task Page_OfAServerBehindTls_IsOpenedOverTlsAloneFromThenOn(string? publicUrl, bool isOverTls)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Http:PublicUrl"] = publicUrl } });

        foreach (var path in new[] { "/", "/sign-in", "/app.css", "/no/such/page" })
        {
            var answer = await host.GetAsync(path, headers: [("Accept", "text/html"), ("Host", "presence.example.com")]);
            Assert.Equal((path, isOverTls), (path, answer.Headers.TryGetValues("Strict-Transport-Security", out var value) && value.Single() == "max-age=31536000"));
        }
    }

    [Fact]
    public async Task Root_BeforeSetUp_LeadsToAPageThatAnswers200()
    {
        var path = "/";
        for (var redirects = 0; ; redirects++)
        {
            var answer = await _host.GetAsync(path, headers: ("Accept", "text/html"));
            if (answer.Status is not (302 or 303 or 307))
            {
                Assert.Equal(200, answer.Status);
                return;
            }
            Assert.True(redirects < 5);
            path = new Uri(_host.BaseAddress, answer.Headers.Location!).PathAndQuery;
        }
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("127.0.0.1", 3)]
    [InlineData("127.0.0.0/8", 3)]
    [InlineData("10.0.0.0/8", 2)]
    public async Task ForwardedFor_CountsFromConfiguredProxiesAlone(string? proxies, int logins)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = { ["Presence:Http:KnownProxies"] = proxies, ["Presence:Limits:LoginBurst"] = "2", ["Presence:Limits:LoginsPerSecond"] = "1" },
            Time = new Presence.Engine.Tests.Support.ManualTimeProvider(),
        });

        var passed = 0;
        for (var i = 0; i < 3; i++)
        {
            var answer = await host.PostAsync("/api/v5/sessions", json: """{"userId":"a","deviceId":"d"}""", headers: [("X-API-Key", DashboardHost.ClientKey), ("X-Forwarded-For", $"203.0.113.{i}")]);
            passed += answer.Status == 200 ? 1 : 0;
        }

        Assert.Equal(logins, passed);
    }
}
