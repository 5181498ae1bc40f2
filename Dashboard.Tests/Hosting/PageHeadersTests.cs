using System.Net;
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
    public async Task Redirects_WithoutAPublicUrl_NameNoHost()
    {
        foreach (var path in new[] { "/", "/rooms", "/account", "/sign-in" })
        {
            var answer = await _host.GetAsync(path, headers: [("Accept", "text/html"), ("Host", "evil.example")]);
            Assert.Equal(302, answer.Status);
            Assert.StartsWith("/", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
            Assert.DoesNotContain("evil", answer.Headers.Location.OriginalString, StringComparison.Ordinal);
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

    // All requests come from 127.0.0.1. Three logins, a burst of two: the third passes only where its address is another's.
    [Theory]
    [InlineData("127.0.0.1,198.51.100.0/24", "203.0.113.{0}, 198.51.100.7", 3)] // a content network in front of the proxy
    [InlineData("127.0.0.1,198.51.100.0/24", "203.0.113.{0}, 198.51.100.7, 198.51.100.9", 3)]
    [InlineData("127.0.0.1", "203.0.113.{0}, 198.51.100.7", 2)] // one edge that is not known is the caller
    [InlineData("127.0.0.1,198.51.100.7", "10.9.9.{0}, 203.0.113.9, 198.51.100.7", 2)] // what the caller wrote itself
    [InlineData("127.0.0.1,198.51.100.7", "203.0.113.{0}:4711, 198.51.100.7:80", 3)]
    [InlineData("127.0.0.1,2001:db8::/32", "203.0.113.{0}, [2001:db8::7]:443", 3)]
    [InlineData("127.0.0.1,198.51.100.7", "203.0.113.{0}, ::ffff:198.51.100.7", 3)]
    [InlineData("127.0.0.1,::ffff:198.51.100.7", "203.0.113.{0}, 198.51.100.7", 3)]
    [InlineData("::ffff:127.0.0.0/104,198.51.100.7", "203.0.113.{0}, 198.51.100.7", 3)]
    [InlineData("127.0.0.1,198.51.100.7", "203.0.113.{0}, unknown, 198.51.100.7", 2)]
    [InlineData("127.0.0.1,198.51.100.7", "203.0.113.{0}|198.51.100.7", 3)] // several headers
    [InlineData("127.0.0.1,198.51.100.7", "203.0.113.{0}, 198.51.100.7|198.51.100.7", 3)]
    [InlineData(null, "203.0.113.{0}, 198.51.100.7", 2)]
    public async Task ForwardedFor_OfSeveralHops_CountsTheFirstThatIsNotKnown(string? proxies, string chain, int logins)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = { ["Presence:Http:KnownProxies"] = proxies, ["Presence:Limits:LoginBurst"] = "2", ["Presence:Limits:LoginsPerSecond"] = "1" },
            Time = new Presence.Engine.Tests.Support.ManualTimeProvider(),
        });

        var passed = 0;
        for (var i = 0; i < 3; i++)
        {
            const string Body = """{"userId":"a","deviceId":"d"}""";
            var forwarded = string.Concat(string.Format(System.Globalization.CultureInfo.InvariantCulture, chain, i + 1).Split('|').Select(header => $"X-Forwarded-For: {header}\n"));
            var answer = await RawHttp.ExchangeAsync(host.BaseAddress, $"POST /api/v5/sessions HTTP/1.1\nHost: a\nX-API-Key: {DashboardHost.ClientKey}\n{forwarded}Content-Type: application/json\nContent-Length: {Body.Length}\nConnection: close\n\n", Body);
            passed += answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.Equal(logins, passed);
    }

    [Fact]
    public async Task WrongPasswords_OfAStrangerBehindTheSameEdge_DoNotKeepTheModeratorOut()
    {
        var configuration = ModeratorOfTests.Configuration;
        configuration["Presence:Http:KnownProxies"] = "127.0.0.1,198.51.100.0/24";
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        using var stranger = new FormVisitor(host.BaseAddress, forwardedFor: "203.0.113.66, 198.51.100.7");
        using var moderator = new FormVisitor(host.BaseAddress, forwardedFor: "203.0.113.1, 198.51.100.7");
        for (var i = 0; i < 6; i++)
            (await stranger.SignInAsync(ModeratorOfTests.Email, "wrong, and long enough")).Dispose();

        using var refused = await stranger.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        using var answer = await moderator.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }
}
