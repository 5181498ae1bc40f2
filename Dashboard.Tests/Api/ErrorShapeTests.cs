using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>One shape for refusals, whichever layer says no.</summary>
public sealed class ErrorShapeTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Theory]
    [InlineData("GET", "/api/v9/nothing")]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/")]
    [InlineData("GET", "/API/V1/nothing")]
    [InlineData("POST", "/api/v1/presence/rooms//heartbeat")]
    [InlineData("GET", "/api/v1/presence/rooms/a/b/users")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/nothing")]
    [InlineData("GET", "/mqtt")]
    [InlineData("DELETE", "/api/v1/presence/rooms/%2e%2e/leave")]
    public async Task UnknownRoute_Answers404(string method, string path) =>
        (await _host.SendAsync(new HttpMethod(method), path, DashboardHost.ServerKey)).IsRefusal(404, 400400);

    [Theory]
    [InlineData("POST", "/api/v1/presence/rooms/%7F/heartbeat")]
    [InlineData("PUT", "/api/v1/admin/settings")]
    [InlineData("PUT", "/api/v1/admin/rooms/%7F")]
    [InlineData("POST", "/api/v1/admin/rooms/%7F/removals?limit=x")]
    [InlineData("POST", "/api/v1/admin/keys")]
    public async Task Request_OfAStranger_IsRefusedBeforeAnythingInItIsLookedAt(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{", Encoding.UTF8, "text/html") };

        using var answer = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task UnknownRoute_SaysWhatWasAskedFor() =>
        Assert.Equal(
            """{"status":"error","code":400400,"message":"There is no route GET /api/v9/nothing. See docs/http-api.md for all routes."}""",
            (await _host.GetAsync("/api/v9/nothing")).Body);

    [Theory]
    [InlineData("GET", "/api/v5/sessions", "POST")]
    [InlineData("PUT", "/api/v1/presence/rooms/r/heartbeat", "DELETE, POST")]
    [InlineData("GET", "/api/v1/presence/rooms/r/heartbeat", "DELETE, POST")]
    [InlineData("POST", "/api/v1/presence/rooms/r/users/count", "GET, HEAD")]
    [InlineData("DELETE", "/api/v1/admin/settings", "GET, HEAD, PUT")]
    [InlineData("BREW", "/api/v1/presence/settings", "GET, HEAD")]
    [InlineData("PUT", "/openapi/v1.json", "GET, HEAD")]
    [InlineData("POST", "/badge/abc.svg", "GET, HEAD")]
    [InlineData("OPTIONS", "/client/v1/presence.js", "GET, HEAD")]
    [InlineData("DELETE", "/rooms", "GET, HEAD")]
    [InlineData("POST", "/rooms/stage", "GET, HEAD")]
    [InlineData("PUT", "/sign-in", "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/", "GET, HEAD")]
    [InlineData("PATCH", "/downloads/rooms/r/viewers.csv", "GET, HEAD")]
    [InlineData("GET", "/sign-out", "POST")]
    [InlineData("DELETE", "/favicon.svg", "GET, HEAD")]
    [InlineData("POST", "/health/live", "GET, HEAD")]
    public async Task WrongMethod_Answers405WithTheRightOnes(string method, string path, string allowed)
    {
        var answer = await _host.SendAsync(new HttpMethod(method), path, DashboardHost.ServerKey);

        answer.IsRefusal(405, 499405);
        Assert.Equal(allowed, string.Join(", ", answer.ContentHeaders.Allow));
        Assert.Contains(allowed, answer.Message, StringComparison.Ordinal);
    }

    /// <summary>To a browser too: a page is drawn for nobody who only posts.</summary>
    [Theory]
    [InlineData("POST", "/nothing", 404, "", "There is no route POST /nothing. See docs/http-api.md for all routes.")]
    [InlineData("PUT", "/nothing/at.all", 404, "", "There is no route PUT /nothing/at.all. See docs/http-api.md for all routes.")]
    [InlineData("BREW", "/nothing", 404, "", "There is no route BREW /nothing. See docs/http-api.md for all routes.")]
    [InlineData("POST", "/rooms", 405, "GET, HEAD", "/rooms doesn't support POST. It supports GET, HEAD.")]
    [InlineData("DELETE", "/rooms/stage", 405, "GET, HEAD", "/rooms/stage doesn't support DELETE. It supports GET, HEAD.")]
    [InlineData("OPTIONS", "/", 405, "GET, HEAD", "/ doesn't support OPTIONS. It supports GET, HEAD.")]
    [InlineData("PUT", "/sign-in", 405, "GET, HEAD, POST", "/sign-in doesn't support PUT. It supports GET, HEAD, POST.")]
    [InlineData("PATCH", "/sign-out", 405, "POST", "/sign-out doesn't support PATCH. It supports POST.")]
    [InlineData("POST", "/app.css", 405, "GET, HEAD", "/app.css doesn't support POST. It supports GET, HEAD.")]
    public async Task UnansweredMethod_OfABrowser_IsALineOfTextWhateverItsForm(string method, string path, int status, string allowed, string line)
    {
        foreach (var form in (string[])["a=b", "a=%00"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded") };
            request.Headers.Accept.ParseAdd("text/html");

            using var reply = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(line, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal((status, "text/plain"), ((int)reply.StatusCode, reply.Content.Headers.ContentType?.MediaType));
            Assert.Equal(allowed, string.Join(", ", reply.Content.Headers.Allow));
            Assert.Equal("nosniff", Assert.Single(reply.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(reply.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData(16 * 1024, 202)]
    [InlineData((16 * 1024) + 1, 413)]
    [InlineData(300 * 1024, 413)]
    public async Task Body_OfAViewer_EndsAt16KiB(int bytes, int status)
    {
        var answer = await _host.BeatAsync("large", await _host.TokenAsync("anna"), Padded(bytes, "{", "}"));

        Assert.Equal(status, answer.Status);
        if (status == 413)
            answer.IsRefusal(413, 499413);
    }

    [Theory]
    [InlineData(256 * 1024, 202)]
    [InlineData((256 * 1024) + 1, 413)]
    public async Task Body_WithAServerKey_EndsAt256KiB(int bytes, int status) =>
        Assert.Equal(status, (await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, Padded(bytes, """{"heartbeats":[""", "]}"))).Status);

    [Fact]
    public async Task Body_WithoutAnAnnouncedLength_EndsAt16KiBToo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/presence/rooms/chunked/heartbeat") { Content = new StringContent(Padded(17 * 1024, "{", "}"), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new("Bearer", await _host.TokenAsync("anna"));

        using var reply = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        (await Answer.OfAsync(reply)).IsRefusal(413, 499413);
    }

    /// <summary>A client that is told 413 while it sends must neither lose the reply nor use a connection about to end.</summary>
    [Theory]
    [InlineData("POST /api/v1/presence/rooms/r/heartbeat", 300 * 1024)]
    [InlineData("POST /api/v5/sessions", 1024 * 1024)]
    public async Task Body_TooLarge_IsReadToItsEndAndTheConnectionCloses(string request, int bytes)
    {
        var reply = await RawHttp.ExchangeAsync(
            _host.BaseAddress,
            $"{request} HTTP/1.1\nHost: a\nX-API-Key: {DashboardHost.ClientKey}\nAuthorization: Bearer {await _host.TokenAsync("anna")}\nContent-Type: application/json\nContent-Length: {bytes}\n\n",
            new string(' ', bytes));

        Assert.StartsWith("HTTP/1.1 413", reply, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", reply, StringComparison.Ordinal);
        Assert.EndsWith("}", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_BeyondWhatIsDrained_ClosesTheConnectionWhateverIsWrong()
    {
        var reply = await RawHttp.ExchangeAsync(_host.BaseAddress, $"POST /api/v1/presence/heartbeats HTTP/1.1\nHost: a\nContent-Length: {(1024 * 1024) + 1}\n\n");

        Assert.StartsWith("HTTP/1.1 401", reply, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfACallerNobodyKnows_IsNotEvenRead() =>
        (await _host.PostAsync("/api/v1/presence/heartbeats", "forged", Padded(200 * 1024, "{", "}"))).IsRefusal(401, 400100);

    [Theory]
    [InlineData("POST /api/v1/presence/rooms/r/heartbeat HTTP/1.1\nHost: a\nContent-Length: -1\nConnection: close\n\n")]
    [InlineData("POST /api/v1/presence/rooms/a b/heartbeat HTTP/1.1\nHost: a\nConnection: close\n\n")]
    [InlineData("GET /api/v1/presence/settings\n\n")]
    [InlineData("GET /api/v1/presence/settings HTTP/1.1\n\n")]
    [InlineData("POST /api/v5/sessions HTTP/1.1\nHost: a\nX-API-Key: test-client-key\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close\n\nzz\n")]
    public async Task MalformedRequest_OnTheWire_IsA400AndNoFault(string request)
    {
        var reply = await RawHttp.ExchangeAsync(_host.BaseAddress, request);

        Assert.StartsWith("HTTP/1.1 400", reply, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", reply, StringComparison.Ordinal);
        Assert.Empty(_host.Log.Faults);
    }

    [Fact]
    public async Task Fault_OfAHandler_Answers500WithoutATraceAndIsLogged()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { App = app => app.MapGet("/api/fault", string () => throw new InvalidOperationException("the secret of the fault")) });

        var answer = await host.GetAsync("/api/fault");

        answer.IsRefusal(500, 500000);
        Assert.DoesNotContain("the secret of the fault", answer.Body, StringComparison.Ordinal);
        Assert.Contains(host.Log.Faults, line => line.Exception?.Message == "the secret of the fault");
    }

    [Fact]
    public async Task NoReply_NamesTheServer()
    {
        using var reply = await _host.Client.GetAsync("/health/live", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Empty(reply.Headers.Server);
    }

    private static string Padded(int bytes, string begin, string end) => begin + new string(' ', bytes - begin.Length - end.Length) + end;
}
