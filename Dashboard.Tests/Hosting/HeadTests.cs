using System.Net.Http.Headers;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>HEAD says what GET would, without the body, whatever is asked for.</summary>
public sealed class HeadTests(HeadTests.ModeratedHost shared) : IClassFixture<HeadTests.ModeratedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Theory]
    [InlineData("/", 302)]
    [InlineData("/rooms", 302)]
    [InlineData("/sign-in", 200)]
    [InlineData("/error/404", 200)]
    [InlineData("/access-denied", 200)]
    [InlineData("/no/such/page", 404)]
    [InlineData("/demo", 404)]
    [InlineData("/sign-out", 405)]
    [InlineData("/app.css", 200)]
    [InlineData("/favicon.svg", 200)]
    [InlineData("/_framework/blazor.web.js", 200)]
    [InlineData("/downloads/rooms/stage/viewers.csv", 302)]
    [InlineData("/try", 302)]
    [InlineData("/api/v1/presence/settings", 200)]
    [InlineData("/api/v1/presence/rooms/stage/users", 200)]
    [InlineData("/api/v1/presence/rooms/stage/users/count", 200)]
    [InlineData("/api/v1/admin/removals", 200)]
    [InlineData("/api/v1/admin/rooms/stage/public-link", 404)]
    [InlineData("/api/v3/users/nobody", 404)]
    [InlineData("/api/v3/network-settings/chat", 200)]
    [InlineData("/api/v5/sessions", 405)]
    [InlineData("/api/nothing", 404)]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/metrics", 200)]
    [InlineData("/badge/nobodys.svg", 404)]
    [InlineData("/client/v1/presence.js", 200)]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 200)]
    public async Task Head_OfAnAddress_IsGetWithoutABody(string path, int status)
    {
        using var get = await SendAsync(HttpMethod.Get, path);
        using var head = await SendAsync(HttpMethod.Head, path);

        Assert.Equal(status, (int)get.StatusCode);
        Assert.Equal(status, (int)head.StatusCode);
        Assert.Equal("", await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(get.Content.Headers.ContentType?.ToString(), head.Content.Headers.ContentType?.ToString());
        Assert.Equal(get.Headers.Location, head.Headers.Location);
        Assert.Equal(get.Content.Headers.Allow, head.Content.Headers.Allow);
        if (LengthOf(head) is { } length && path is not "/metrics") // measures something else by then
            Assert.Equal(LengthOf(get), length);
        Assert.Empty(_host.Log.Faults);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/rooms")]
    [InlineData("/rooms/stage")]
    [InlineData("/downloads/rooms/stage/viewers.csv")]
    [InlineData("/try/index.html")]
    public async Task Head_OfAModeratorsPage_IsGetWithoutABody(string path)
    {
        using var visitor = new FormVisitor(_host.BaseAddress);
        (await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();

        using var get = await visitor.SendAsync(HttpMethod.Get, path);
        using var head = await visitor.SendAsync(HttpMethod.Head, path);

        Assert.Equal(200, (int)get.StatusCode);
        Assert.Equal(200, (int)head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Head_OfAnEventStream_EndsAtOnceAndHoldsNone()
    {
        for (var i = 0; i < 12; i++) // more than one caller may have open
        {
            using var head = await SendAsync(HttpMethod.Head, "/api/v1/presence/rooms/stage/stream");
            Assert.Equal(200, (int)head.StatusCode);
            Assert.Equal("text/event-stream", head.Content.Headers.ContentType!.MediaType);
            Assert.Equal("", await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Head_OnAConnectionThatStays_LeavesNothingBeforeTheNextAnswer()
    {
        var answers = await RawHttp.ExchangeAsync(_host.BaseAddress, "HEAD /sign-in HTTP/1.1\nHost: a\n\nHEAD /openapi/v1.json HTTP/1.1\nHost: a\n\nGET /health/live HTTP/1.1\nHost: a\nConnection: close\n\n");

        var heads = answers.Split("\r\n\r\n");
        Assert.Equal(4, heads.Length);
        Assert.All(heads[..3], head => Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal));
        Assert.DoesNotContain("Content-Length: 0", answers, StringComparison.Ordinal);
        Assert.Contains("live", heads[3], StringComparison.Ordinal);
    }

    /// <summary>As sent; null for a body of pieces.</summary>
    private static string? LengthOf(HttpResponseMessage answer) => answer.Content.Headers.NonValidated.TryGetValues("Content-Length", out var length) ? length.ToString() : null;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", DashboardHost.ServerKey);
        return await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public sealed class ModeratedHost : IAsyncLifetime
    {
        public DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
