using System.Net;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A server behind a proxy that ends TLS, and knows it from its public address alone.</summary>
public sealed class PublicUrlTests(PublicUrlTests.TlsHost shared) : IClassFixture<PublicUrlTests.TlsHost>
{
    private static readonly Uri Public = new("https://presence.example.com");

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task SignIn_AskedOverPlainHttp_SetsSecureCookiesAndLeadsToHttps()
    {
        using var visitor = new FormVisitor(_host, Public);

        using var asked = await visitor.GetAsync("/rooms");
        using var page = await visitor.GetAsync(asked.Headers.Location!.PathAndQuery);
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, asked.Headers.Location.PathAndQuery);
        using var rooms = await visitor.GetAsync("/rooms");

        Assert.Equal("https://presence.example.com/sign-in?ReturnUrl=%2Frooms", asked.Headers.Location.AbsoluteUri);
        Assert.Equal("https://presence.example.com/rooms", answer.Headers.Location!.AbsoluteUri);
        Assert.Equal(HttpStatusCode.OK, rooms.StatusCode);
        string[] set = [.. page.Headers.GetValues("Set-Cookie"), .. answer.Headers.GetValues("Set-Cookie")];
        Assert.Equal(["__Host-presence-form", "__Host-presence-moderator"], set.Select(cookie => cookie.Split('=')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(set, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.All(set, cookie => Assert.Contains("; path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A browser drops a cookie whose name promises TLS and which was set without it.</summary>
    [Theory]
    [InlineData(null, "http://presence.example.com/", "/")]
    [InlineData("http://presence.example.com", "http://presence.example.com/", "/")]
    [InlineData("http://presence.example.com/presence", "http://presence.example.com/presence/", "/presence")]
    public async Task SignIn_OfAServerWithoutTls_SetsCookiesThatPromiseNone(string? publicUrl, string address, string cookiePath)
    {
        var configuration = ModeratorOfTests.Configuration;
        configuration["Presence:Http:PublicUrl"] = publicUrl;
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        using var visitor = new FormVisitor(host, new Uri(address));

        using var page = await visitor.GetAsync("sign-in");
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, "sign-in");

        string[] set = [.. page.Headers.GetValues("Set-Cookie"), .. answer.Headers.GetValues("Set-Cookie")];
        Assert.Equal(["presence-form", "presence-moderator"], set.Select(cookie => cookie.Split('=')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(set, cookie => Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.All(set, cookie => Assert.Contains($"; path={cookiePath};", cookie + ";", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/sign-in", "sign-in")]
    [InlineData("/sign-out", null)]
    public async Task Form_WithoutItsCookie_SaysWhatToDoOnAPageAndInOneLineOfTheLog(string path, string? handler)
    {
        using var visitor = new FormVisitor(_host, Public);
        var before = _host.Log.Lines.Count;

        using var answer = await visitor.PostAsync(path, handler is null ? [] : [new("_handler", handler), new("Input.Email", "a@example.com")]);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Allow cookies", page, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Proto", page, StringComparison.Ordinal);
        var line = Assert.Single(_host.Log.Lines.Skip(before), line => line.Level >= LogLevel.Warning);
        Assert.Contains($"A form posted to {path} by 127.0.0.1 was refused", line.Message, StringComparison.Ordinal);
        Assert.Contains("Presence__Http__PublicUrl", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_OfAPageOpenedElsewhere_NamesTheAddressToUse()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("_handler", "sign-in")]) };
        request.Headers.Host = "presence.example.com";
        request.Headers.Add("Origin", "http://presence.example.com");
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("You opened the page at http://presence.example.com. Open it at https://presence.example.com instead.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_OfAnotherVisitorsCookie_SaysThatItIsOutOfDate()
    {
        using var visitor = new FormVisitor(_host, Public);
        using var other = new FormVisitor(_host, Public);
        using var page = await other.GetAsync("/sign-in");
        using var own = await visitor.GetAsync("/sign-in");
        var token = (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];

        using var answer = await visitor.PostAsync("/sign-in", [new("_handler", "sign-in"), new("__RequestVerificationToken", token)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("out of date", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_UnderAnotherServedName_GoesByPathAlone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/rooms");
        request.Headers.Host = "presence.internal:8080";

        using var answer = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("/sign-in?ReturnUrl=%2Frooms", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("anything.example")]
    [InlineData("127.0.0.1:80")]
    public async Task Redirect_WithoutAPublicAddress_IsNotMadeOfHost(string name)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        foreach (var path in (string[])["/", "/try"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = name;
            using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("/sign-in?ReturnUrl=" + Uri.EscapeDataString(path), answer.Headers.Location!.OriginalString);
        }
    }

    public sealed class TlsHost : IAsyncLifetime
    {
        public DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var configuration = ModeratorOfTests.Configuration;
            configuration["Presence:Http:PublicUrl"] = "https://presence.example.com/";
            configuration["Presence:Http:Hosts"] = "presence.internal";
            Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
