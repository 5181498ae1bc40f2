using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Pictures;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;
using SkiaSharp;

namespace Presence.Dashboard.Tests.Pictures;

/// <summary>When users' pictures are fetched, and what is kept of them.</summary>
public sealed class UserPicturesTests : IAsyncLifetime
{
    private static readonly byte[] Red = PictureFiles.Plain(SKColors.Red);

    private readonly ManualTimeProvider _time = new();
    private HostileHttpsServer _server = null!;
    private OutboundGuard _guard = null!;
    private UserPictures _pictures = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await HostileHttpsServer.StartAsync();
        _guard = HostileHttpsServer.Guard(_time);
        _pictures = NewPictures();
    }

    public async ValueTask DisposeAsync()
    {
        _pictures.Dispose();
        _guard.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Picture_AskedForByMany_IsFetchedOnceAndAgainAfterADay()
    {
        var url = _server.Serve("ada.png", Red);
        var key = _pictures.KeyOf(url)!;
        Assert.Equal(0, _server.Requests); // shown, and not looked at yet

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _pictures.ReadAsync(key, Cancel)));
        _time.Advance(UserPictures.KeptFor - TimeSpan.FromSeconds(1)); // the clock ticks at an odd rate
        await _pictures.ReadAsync(key, Cancel);

        Assert.Single(replies.Distinct());
        Assert.Equal("RIFF"u8, replies[0]!.Bytes.AsSpan(0, 4));
        Assert.Equal(1, _server.RequestsOf("ada.png"));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _pictures.ReadAsync(key, Cancel);
        Assert.Equal(2, _server.RequestsOf("ada.png"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://example.com/a.png")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a.png")]
    public void Url_ThatIsNotHttps_HasNoAddress(string? url) => Assert.Null(_pictures.AddressOf(url));

    [Fact]
    public void Pictures_SwitchedOff_HaveNoAddress()
    {
        using var off = NewPictures(new DashboardOptions { Users = { Pictures = false } });

        Assert.Null(off.AddressOf(_server.UrlOf("a")));
    }

    [Fact]
    public async Task Address_NeverGiven_IsUnknownAndFetchesNothing()
    {
        using var other = NewPictures();

        foreach (var key in new[] { "", "x", Uri.EscapeDataString(_server.UrlOf("a")), other.KeyOf(_server.UrlOf("a"))! })
            Assert.Null(await _pictures.ReadAsync(key, Cancel));

        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task Failure_OfAnyKind_IsRememberedForTenMinutes()
    {
        _server.Serve("svg", Encoding.UTF8.GetBytes("""<svg xmlns="http://www.w3.org/2000/svg"/>"""), "image/svg+xml");
        _server.Serve("html.png", Encoding.UTF8.GetBytes("<script>alert(1)</script>"), "image/png");
        _server.Serve("large", [.. Red, .. new byte[UserPictures.LargestFile + 1 - Red.Length]]);
        _server.Answer("away", http =>
        {
            http.Response.Redirect(_server.UrlOf("target"));
            return Task.CompletedTask;
        });
        _server.Answer("cut", http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        _server.Serve("target", Red);
        string[] paths = ["svg", "html.png", "large", "away", "cut", "missing"];
        string[] urls = [.. paths.Select(path => _server.UrlOf(path)), "https://10.0.0.1/a.png", "https://" + new string('x', 300) + "/", "https://[::1"];

        for (var round = 1; round <= 2; round++)
        {
            foreach (var url in urls.Concat(urls))
                Assert.Same(PictureReply.None, await _pictures.ReadAsync(_pictures.KeyOf(url)!, Cancel));
            Assert.All(paths, path => Assert.Equal((path, round), (path, _server.RequestsOf(path))));
            _time.Advance(UserPictures.FailureKeptFor);
        }
        Assert.Equal(0, _server.RequestsOf("target"));
    }

    [Fact]
    public async Task Type_OfTheHeader_DecidesNothing()
    {
        var url = _server.Serve("a", Red, "text/html");

        Assert.NotEmpty((await _pictures.ReadAsync(_pictures.KeyOf(url)!, Cancel))!.Bytes);
    }

    [Fact]
    public async Task File_AsLargeAsMayBe_IsDrawn()
    {
        var url = _server.Serve("a", [.. Red, .. new byte[UserPictures.LargestFile - Red.Length]]);

        Assert.NotEmpty((await _pictures.ReadAsync(_pictures.KeyOf(url)!, Cancel))!.Bytes);
    }

    [Fact]
    public async Task Server_ThatDrips_IsGivenUpAfterFiveSeconds()
    {
        var held = Hold("slow");
        var reading = _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf("slow"))!, Cancel);
        await held.ReachedAsync(1);

        _time.Advance(UserPictures.LongestFetch);

        await Eventually.TrueAsync(() => reading.IsCompleted, "it is given up");
        Assert.Same(PictureReply.None, await reading);
    }

    [Fact]
    public async Task Pictures_WantedAtOnce_AreFetchedInTurnsAndWaitNotForEver()
    {
        var paths = Enumerable.Range(0, 40).Select(i => $"held-{i}").ToArray();
        var held = Hold(paths);
        var keys = paths.Select((path, i) => _pictures.KeyOf(_server.UrlOf(path, host: 1 + (i % 12)))!).ToArray();
        var reads = keys.Select(key => _pictures.ReadAsync(key, Cancel)).ToArray();
        await held.ReachedAsync(UserPictures.MostAtOnce);

        _time.Advance(UserPictures.LongestFetch); // these are given up, and others begin
        await held.ReachedAsync(2 * UserPictures.MostAtOnce);
        _time.Advance(UserPictures.LongestWait - UserPictures.LongestFetch);

        await Eventually.TrueAsync(() => Array.TrueForAll(reads, read => read.IsCompleted), "no one waits any longer");
        var replies = await Task.WhenAll(reads);
        Assert.Equal(UserPictures.MostAtOnce, held.Most);
        Assert.Equal(UserPictures.MostAtOnce, replies.Count(reply => reply == PictureReply.None));
        Assert.Equal(40 - UserPictures.MostAtOnce, replies.Count(reply => reply == PictureReply.NotNow));
    }

    [Fact]
    public async Task Picture_NobodyWaitsForAnyMore_IsNotFetched()
    {
        var paths = Enumerable.Range(0, UserPictures.MostAtOnce).Select(i => $"held-{i}").ToArray();
        var held = Hold(paths);
        var reads = paths.Select((path, i) => _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf(path, host: 1 + (i % 12)))!, Cancel)).ToArray();
        await held.ReachedAsync(UserPictures.MostAtOnce);
        using var scrolledAway = new CancellationTokenSource();
        var key = _pictures.KeyOf(_server.Serve("passed-by", Red))!;
        var passedBy = _pictures.ReadAsync(key, scrolledAway.Token);

        await scrolledAway.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => passedBy);
        _time.Advance(UserPictures.LongestFetch);
        await Task.WhenAll(reads);
        await _pictures.ReadAsync(_pictures.KeyOf(_server.Serve("looked-at", Red))!, Cancel);

        Assert.Equal((0, 1), (_server.RequestsOf("passed-by"), _server.RequestsOf("looked-at")));
        Assert.NotEmpty((await _pictures.ReadAsync(key, Cancel))!.Bytes); // looked at again
    }

    [Fact]
    public async Task Queue_ThatIsFull_LetsThoseGoWhoWaitedLongest()
    {
        var paths = Enumerable.Range(0, UserPictures.MostAtOnce).Select(i => $"held-{i}").ToArray();
        var held = Hold(paths);
        _ = paths.Select((path, i) => _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf(path, host: 1 + (i % 12)))!, Cancel)).ToArray();
        await held.ReachedAsync(UserPictures.MostAtOnce);

        var first = _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf("first"))!, Cancel);
        await Eventually.TrueAsync(() => _pictures.Waiting == 1, "the first waits");
        var others = Enumerable.Range(0, UserPictures.MostWaiting).Select(i => _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf($"other-{i}"))!, Cancel)).ToArray();

        await Eventually.TrueAsync(() => first.IsCompleted, "the first lets others go");
        Assert.Same(PictureReply.NotNow, await first);
        Assert.Equal(UserPictures.MostWaiting, _pictures.Waiting);
        Assert.DoesNotContain(others, other => other.IsCompleted);
    }

    [Fact]
    public async Task Fetches_BeyondTheBurst_WaitForTheNextSecond()
    {
        var replies = new List<PictureReply?>();
        for (var i = 0; i < 202; i++)
            replies.Add(await _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf($"missing-{i}"))!, Cancel));
        Assert.Equal((200, 2, 200), (replies.Count(reply => reply == PictureReply.None), replies.Count(reply => reply == PictureReply.NotNow), _server.Requests));

        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2; i++)
            Assert.Same(PictureReply.None, await _pictures.ReadAsync(_pictures.KeyOf(_server.UrlOf($"missing-{200 + i}"))!, Cancel));
    }

    [Fact]
    public async Task Urls_OfAWholeAudience_CostNoRequestAndBoundedMemory()
    {
        var picture = _server.Serve("ada.png", Red);
        await _pictures.ReadAsync(_pictures.KeyOf(picture)!, Cancel);

        string? last = null;
        for (var i = 0; i < 50_000; i++)
        {
            last = _pictures.KeyOf($"https://example.com/{i}.png?{new string('x', 900)}");
            _ = _pictures.KeyOf(picture); // stays in view
        }

        Assert.Equal(1, _server.Requests);
        Assert.InRange(_pictures.Size.Count, 1, UserPictures.MostKept);
        Assert.InRange(_pictures.Size.Bytes, 1, UserPictures.MostBytes);
        Assert.NotEmpty((await _pictures.ReadAsync(_pictures.KeyOf(picture)!, Cancel))!.Bytes);
        Assert.Equal(1, _server.Requests);
        Assert.Equal(last, _pictures.KeyOf($"https://example.com/49999.png?{new string('x', 900)}"));
        for (var i = 0; i < 50_000; i++)
            _ = _pictures.KeyOf($"https://example.com/{i}");
        Assert.Equal(UserPictures.MostKept, _pictures.Size.Count);
    }

    private UserPictures NewPictures(DashboardOptions? options = null) => new(options ?? new DashboardOptions(), _guard, _time, NullLogger<UserPictures>.Instance);

    /// <summary>Paths that answer a byte and no more.</summary>
    private HeldPaths Hold(params string[] paths)
    {
        var held = new HeldPaths();
        foreach (var path in paths)
        {
            _server.Answer(path, async http =>
            {
                await http.Response.Body.WriteAsync(new byte[] { 1 });
                await http.Response.Body.FlushAsync();
                held.Enter();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => held.Leave(), TaskScheduler.Default);
            });
        }
        return held;
    }

    private sealed class HeldPaths
    {
        private readonly Lock _lock = new();
        private int _here;
        private int _all;

        public int Most { get; private set; }

        public void Enter()
        {
            lock (_lock)
            {
                _all++;
                Most = Math.Max(Most, ++_here);
            }
        }

        public void Leave()
        {
            lock (_lock)
                _here--;
        }

        public Task ReachedAsync(int requests) => Eventually.TrueAsync(
            () =>
            {
                lock (_lock)
                    return _all == requests;
            },
            $"{requests} requests are held");
    }
}

/// <summary>Pictures as browsers ask for them: moderators', and those of strangers with a public link.</summary>
public sealed class PictureEndpointTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private HostileHttpsServer _server = null!;
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await HostileHttpsServer.StartAsync();
        _time.SetUtcNow(TimeProvider.System.GetUtcNow());
        _host = await DashboardHost.StartAsync(HostileHttpsServer.Reached(new DashboardHostOptions { Time = _time, Configuration = ModeratorOfTests.Configuration }));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Picture_OfAKnownUrl_IsForModeratorsFromOwnOrigin()
    {
        var pictures = _host.Services.GetRequiredService<UserPictures>();
        var path = "/" + pictures.AddressOf(_server.Serve("ada.html", PictureFiles.Plain(SKColors.Red), "text/html"));
        using var moderator = new FormVisitor(_host.BaseAddress);
        using var stranger = new FormVisitor(_host.BaseAddress);
        (await moderator.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();

        using var refused = await stranger.GetAsync(path);
        Assert.Equal((HttpStatusCode.Redirect, 0), (refused.StatusCode, _server.Requests));
        using var shown = await moderator.GetAsync(path);
        using var missing = await moderator.GetAsync("/" + pictures.AddressOf(_server.UrlOf("missing")));
        using var madeUp = await moderator.GetAsync("/pictures/" + Uri.EscapeDataString(_server.UrlOf("missing")));

        Assert.Equal((HttpStatusCode.OK, "image/webp"), (shown.StatusCode, shown.Content.Headers.ContentType!.ToString()));
        Assert.Equal("max-age=86400, private", shown.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", Assert.Single(shown.Headers.GetValues("X-Content-Type-Options")));
        Assert.NotNull(shown.Headers.ETag);
        Assert.Equal((HttpStatusCode.OK, "max-age=600, private"), (missing.StatusCode, missing.Headers.CacheControl!.ToString()));
        using var blank = SKBitmap.Decode(await missing.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, 1, 0), (blank.Width, blank.Height, blank.GetPixel(0, 0).Alpha));
        Assert.Equal(HttpStatusCode.NotFound, madeUp.StatusCode);
        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task Picture_ThroughAPublicLink_IsThereWhileTheLinkShowsNames()
    {
        await EnterAsync("ada", "Ada Lovelace", _server.Serve("ada.png", PictureFiles.Plain(SKColors.Red)));
        await EnterAsync("bob", "Bob", null);
        var link = (await LinkAsync(HttpMethod.Post, """{"showNames":true}"""))["link"]!.GetValue<string>();

        var document = await _host.GetAsync($"/badge/{link}.json");
        var viewers = document.Json["viewers"]!.AsArray();
        var address = new Uri(new Uri($"http://a/badge/{link}.json"), viewers[1]!["picture"]!.GetValue<string>()).AbsolutePath;
        var shown = await _host.GetAsync(address);

        Assert.DoesNotContain(_server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), document.Body, StringComparison.Ordinal); // nothing of the URL
        Assert.Null(viewers[0]!["picture"]);
        Assert.Equal((200, "image/webp", "public, max-age=86400"), (shown.Status, shown.ContentHeaders.ContentType!.ToString(), shown.Headers.CacheControl!.ToString()));
        Assert.Equal(("nosniff", "cross-origin"), (Assert.Single(shown.Headers.GetValues("X-Content-Type-Options")), Assert.Single(shown.Headers.GetValues("Cross-Origin-Resource-Policy"))));
        Assert.Equal(304, (await _host.GetAsync(address, headers: ("If-None-Match", shown.Headers.ETag!.ToString()))).Status);

        (await _host.GetAsync($"/badge/{link}/pictures/made-up")).IsRefusal(404, 400400);
        await LinkAsync(HttpMethod.Put, """{"showNames":false}""");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await _host.GetAsync(address)).IsRefusal(404, 400400);
        await LinkAsync(HttpMethod.Delete, null);
        (await _host.GetAsync(address)).IsRefusal(404, 400400);
    }

    private async Task EnterAsync(string userId, string name, string? url)
    {
        var body = new JsonObject { ["displayName"] = name, ["avatarUrl"] = url };
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/" + userId, DashboardHost.ServerKey, body.ToJsonString(), ("If-Match", "*"));
        Assert.Equal(202, (await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, $$"""{"heartbeats":[{"roomId":"lobby","userId":"{{userId}}"}]}""")).Status);
        _time.Advance(TimeSpan.FromMilliseconds(10));
    }

    private async Task<JsonNode> LinkAsync(HttpMethod method, string? body)
    {
        var answer = await _host.SendAsync(method, "/api/v1/admin/rooms/lobby/public-link", DashboardHost.ServerKey, body, ("If-Match", "*"));
        return answer.Body.Length > 0 ? answer.Json : new JsonObject();
    }
}
