using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A public address with a path, behind proxies that take the path away and such that leave it.</summary>
public sealed partial class PublicPathTests(PublicPathTests.PathHost shared) : IClassFixture<PublicPathTests.PathHost>
{
    private static readonly Uri Public = new("https://example.com/presence/");

    private readonly DashboardHost _host = shared.Host;

    [Theory]
    [InlineData("")]
    [InlineData("/presence")]
    public async Task SignIn_LeadsBackToThePageAndKeepsItsCookiesToThePath(string stripped)
    {
        using var visitor = new FormVisitor(_host, Public, stripped);

        using var asked = await visitor.GetAsync("rooms?search=a");
        using var page = await visitor.GetAsync(asked.Headers.Location!.PathAndQuery);
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, asked.Headers.Location.PathAndQuery);
        using var rooms = await visitor.GetAsync(answer.Headers.Location!.PathAndQuery);
        var html = await rooms.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var left = await visitor.PostFormToAsync("account", "sign-out");

        Assert.Equal("https://example.com/presence/sign-in?ReturnUrl=%2Fpresence%2Frooms%3Fsearch%3Da", asked.Headers.Location.AbsoluteUri);
        Assert.Equal("https://example.com/presence/rooms?search=a", answer.Headers.Location.AbsoluteUri);
        Assert.Equal(HttpStatusCode.OK, rooms.StatusCode);
        Assert.Contains("<base href=\"/presence/\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(FromTheRoot(), html.Replace("<base href=\"/presence/\"", "", StringComparison.Ordinal));
        Assert.Equal("https://example.com/presence/sign-in", left.Headers.Location!.AbsoluteUri);
        string[] set = [.. page.Headers.GetValues("Set-Cookie"), .. answer.Headers.GetValues("Set-Cookie")];
        Assert.Equal(["__Secure-presence-form", "__Secure-presence-moderator"], set.Select(cookie => cookie.Split('=')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(set, cookie => Assert.Contains("; path=/presence;", cookie + ";", StringComparison.OrdinalIgnoreCase));
        Assert.All(set, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("", "shared/overlay")]
    [InlineData("/presence", "shared/overlay")]
    [InlineData("", "shared/room")]
    [InlineData("/presence", "shared/room")]
    public async Task SharedPage_BelowThePath_FindsItsPartsThere(string stripped, string path)
    {
        using var visitor = new FormVisitor(_host, Public, stripped);

        using var page = await visitor.GetAsync(path);
        using var script = await visitor.GetAsync("shared.js");
        using var stream = await visitor.GetAsync("api/v1/share/stream");
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("<base href=\"/presence/\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(FromTheRoot(), html.Replace("<base href=\"/presence/\"", "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Contains("revoked", await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/rooms")]
    [InlineData("https://evil.example/presence/")]
    [InlineData("//evil.example/presence/")]
    [InlineData("/presence.evil/")]
    public async Task SignIn_ToReturnElsewhere_LeadsToTheStart(string address)
    {
        using var visitor = new FormVisitor(_host, Public);

        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, "sign-in?ReturnUrl=" + Uri.EscapeDataString(address));

        Assert.Equal("https://example.com/presence/", answer.Headers.Location!.AbsoluteUri);
    }

    [Theory]
    [InlineData("", "/presence", 302)]
    [InlineData("", "/presence/", 302)]
    [InlineData("/presence", "/presence/", 302)]
    [InlineData("", "/presence/health/live", 200)]
    [InlineData("", "/health/live", 200)]
    [InlineData("", "/presence/app.css", 200)]
    [InlineData("/presence", "/presence/app.css", 200)]
    [InlineData("", "/presence2/app.css", 404)]
    [InlineData("", "/Presence/app.css", 404)]
    [InlineData("", "/presence/presence/app.css", 404)]
    [InlineData("", "/presence/api/v1/presence/settings", 401)]
    [InlineData("/presence", "/presence/api/v1/presence/settings", 401)]
    public async Task Address_InEitherForm_IsAnswered(string stripped, string path, int status)
    {
        using var visitor = new FormVisitor(_host, Public, stripped);

        using var answer = await visitor.GetAsync(path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/presence")]
    public async Task Removal_OfAnIdWithASlash_IsWhereItsLocationSays(string way)
    {
        using var removed = await CallAsync(HttpMethod.Post, way + "/api/v1/admin/rooms/stage/removals", """{"userId":"team/anna","durationSeconds":3600}""");

        using var found = await CallAsync(HttpMethod.Get, way + "/api/v1/admin/rooms/stage/removals/team%2Fanna");
        using var lifted = await CallAsync(HttpMethod.Delete, way + "/api/v1/admin/rooms/stage/removals/team%2Fanna");

        Assert.Equal("/presence/api/v1/admin/rooms/stage/removals/team%2Fanna", removed.Headers.Location!.OriginalString);
        Assert.Contains("team/anna", await found.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(lifted.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("/presence/api/v1/admin/rooms/stage/removals/team%2Fada")]
    [InlineData("/api/v1/admin/rooms/stage/removals/team%2Fada")]
    public async Task AbsoluteAddress_InEitherForm_ReachesTheSameRoute(string path)
    {
        var answer = await RawHttp.ExchangeAsync(_host.BaseAddress, $"GET http://example.com{path} HTTP/1.1\nHost: example.com\nx-server-key: {DashboardHost.ServerKey}\nConnection: close\n\n");

        Assert.Contains("This user has no ban from this room.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_ThatIsMade_IsReadWhereItsLocationSays()
    {
        using var made = await CallAsync(HttpMethod.Post, "/api/v1/admin/keys", """{"name":"other","scopes":["read"]}""");
        Assert.StartsWith("/presence/api/v1/admin/keys/", made.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Description_NamesThePublicAddress()
    {
        using var answer = await CallAsync(HttpMethod.Get, "/openapi/v1.json");

        var document = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("https://example.com/presence", document["servers"]![0]!["url"]!.GetValue<string>());
    }

    [Fact]
    public async Task SetUpLink_HoldsThePath()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Http:PublicUrl"] = "https://example.com/a/presence" } });

        var link = (await File.ReadAllTextAsync(Path.Combine(host.DataFolder, SetupLink.FileName), TestContext.Current.CancellationToken)).Trim();
        using var visitor = new FormVisitor(host, new Uri("https://example.com/a/presence/"));
        using var made = await visitor.PostFormAsync(link, "setup", ("Input.Email", ModeratorOfTests.Email), ("Input.Password", ModeratorOfTests.Password));

        Assert.StartsWith("https://example.com/a/presence/setup?token=", link, StringComparison.Ordinal);
        Assert.Equal("https://example.com/a/presence/", made.Headers.Location!.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://example.com/rooms")]
    [InlineData("https://example.com/api")]
    [InlineData("https://example.com/API/v1/")]
    [InlineData("https://example.com/_blazor")]
    [InlineData("https://example.com/app.css")]
    public async Task Start_WithAPathOfItsOwn_IsRefused(string address)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationRefusedException>(() => DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Http:PublicUrl"] = address } }));

        Assert.Contains("Presence__Http__PublicUrl", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Host = "example.com";
        request.Headers.Add("x-server-key", DashboardHost.ServerKey);
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>An address of a page that forgets the path in front.</summary>
    [GeneratedRegex("""(href|src|action)="/(?!presence/)[^"]*""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FromTheRoot();

    public sealed class PathHost : IAsyncLifetime
    {
        public DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var configuration = ModeratorOfTests.Configuration;
            configuration["Presence:Http:PublicUrl"] = "https://example.com/presence/";
            Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
