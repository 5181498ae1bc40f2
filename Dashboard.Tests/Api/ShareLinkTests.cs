using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Api;

/// <summary>What the holder of a share link's token reads, and until when.</summary>
public sealed class ShareLinkTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overlay_WithoutFaces_IsToldTheCountAlone()
    {
        var (_, token) = await MakeAsync(_host, "plain", ShareLinkKind.Overlay, showsNames: false);
        Beat(_host, "plain", "ada", "Ada Lovelace");

        await using var stream = await StreamClient.OpenSharedAsync(_host, token);

        Assert.Equal("""{"kind":"overlay","names":false}""", (await stream.NextAsync("room")).Data.ToJsonString());
        Assert.Matches("""^\{"count":1,"at":"[^"]+"(,"warming":true)?\}$""", (await stream.NextAsync("count")).Data.ToJsonString());
        Beat(_host, "plain", "eve", "Eve");
        Assert.Equal(2, (await stream.NextAsync("count")).Data["count"]!.GetValue<int>());
        Assert.True(stream.Reply.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Overlay_WithFaces_IsToldInitialsAndNoNameOrId()
    {
        var (_, token) = await MakeAsync(_host, "faces", ShareLinkKind.Overlay, showsNames: true);
        Beat(_host, "faces", "ada-1815", "Ada Lovelace");
        _host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "faces", UserId = "guest-1", SessionId = "", IsGuest = true });

        await using var stream = await StreamClient.OpenSharedAsync(_host, token);

        var count = (await stream.NextAsync("count")).Data;
        Assert.Equal((2, 1), (count["count"]!.GetValue<int>(), count["more"]!.GetValue<int>()));
        Assert.Matches("""^\[\{"initials":"AL","hue":[0-5]\}\]$""", count["viewers"]!.ToJsonString());
    }

    [Fact]
    public async Task Page_WithNames_IsToldTitleChangeCurveAndNames()
    {
        var (_, token) = await MakeAsync(_host, "page", ShareLinkKind.Page, showsNames: true);
        for (var i = 0; i < SharedRoom.MostNames + 3; i++)
            Beat(_host, "page", $"user-{i}", $"Viewer {i}");

        await using var stream = await StreamClient.OpenSharedAsync(_host, token);

        Assert.Equal("""{"kind":"page","title":"page","names":true}""", (await stream.NextAsync("room")).Data.ToJsonString());
        var count = (await stream.NextAsync("count")).Data;
        Assert.Equal((SharedRoom.MostNames + 3, 3), (count["count"]!.GetValue<int>(), count["more"]!.GetValue<int>()));
        Assert.NotNull(count["change"]);
        Assert.Equal("Viewer 52", count["viewers"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(SharedRoom.MostNames, count["viewers"]!.AsArray().Count);
        Assert.NotEmpty((await stream.NextAsync("curve")).Data["minutes"]!.AsArray());
    }

    [Fact]
    public async Task Picture_OfAViewer_IsReadByTheLinksIdUntilItIsRevoked()
    {
        var (link, token) = await MakeAsync(_host, "pictured", ShareLinkKind.Overlay, showsNames: true);
        var (nameless, _) = await MakeAsync(_host, "pictured", ShareLinkKind.Overlay, showsNames: false);
        _host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "pictured", UserId = "ada", SessionId = "", Profile = new UserProfile("Ada", "https://10.0.0.1/ada.png") });
        await using var stream = await StreamClient.OpenSharedAsync(_host, token);
        var picture = (await stream.NextAsync("count")).Data["viewers"]![0]!["picture"]!.GetValue<string>();

        Assert.StartsWith(link.Id + "/pictures/", picture, StringComparison.Ordinal);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/share/" + picture)).Status); // the address is private: a transparent pixel
        Assert.Equal(404, (await _host.GetAsync("/api/v1/share/" + picture + "x")).Status);
        Assert.Equal(404, (await _host.GetAsync("/api/v1/share/" + picture.Replace(link.Id, nameless.Id, StringComparison.Ordinal))).Status);
        Assert.Equal(404, (await _host.GetAsync("/api/v1/share/" + picture.Replace(link.Id, token, StringComparison.Ordinal))).Status);

        await _host.Services.GetRequiredService<ShareLinkStore>().RevokeAsync(link.Id, "ada", Cancel);

        Assert.Equal(404, (await _host.GetAsync("/api/v1/share/" + picture)).Status);
    }

    [Fact]
    public async Task Page_WithoutNames_IsToldNone()
    {
        var (_, token) = await MakeAsync(_host, "unnamed", ShareLinkKind.Page, showsNames: false);
        Beat(_host, "unnamed", "ada", "Ada Lovelace");

        await using var stream = await StreamClient.OpenSharedAsync(_host, token);

        var count = (await stream.NextAsync("count")).Data.AsObject();
        Assert.Equal(["at", "change", "count"], count.Select(member => member.Key).Where(key => key != "warming").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdefghijklmnopqrstuv")]
    [InlineData(DashboardHost.ServerKey)]
    public async Task Stream_OfAnotherToken_LeadsNowhere(string token) =>
        (await _host.GetAsync(ShareLinkEndpoints.Route, token.Length == 0 ? null : token)).IsRefusal(404, 400400);

    [Fact]
    public async Task Token_OfALink_OpensNothingElse()
    {
        var (_, token) = await MakeAsync(_host, "narrow", ShareLinkKind.Page, showsNames: true);

        (await _host.GetAsync("/api/v1/presence/rooms/narrow/users", token)).IsRefusal(401, 400100);
        (await _host.GetAsync("/api/v1/presence/rooms/narrow/stream", token)).IsRefusal(401, 400100);
        (await _host.GetAsync("/api/v1/admin/settings", token)).IsRefusal(401, 400100);
        (await _host.GetAsync($"/badge/{token}.json")).IsRefusal(404, 400400);
    }

    [Fact]
    public async Task Revoked_WithOpenStreams_EndsThemAndLeadsNowhere()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var (link, token) = await MakeAsync(host, "lobby", ShareLinkKind.Page, showsNames: false);
        var (_, other) = await MakeAsync(host, "lobby", ShareLinkKind.Overlay, showsNames: false);
        await using var stream = await StreamClient.OpenSharedAsync(host, token);
        await using var kept = await StreamClient.OpenSharedAsync(host, other);
        var streams = host.Services.GetRequiredService<EventStreams>();
        await stream.NextAsync("count");
        await kept.NextAsync("count");

        await host.Services.GetRequiredService<ShareLinkStore>().RevokeAsync(link.Id, "ada", Cancel);
        var revokedAt = time.GetUtcNow();
        await Eventually.TrueAsync(
            () =>
            {
                if (streams.Count > 1 && time.GetUtcNow() - revokedAt < TimeSpan.FromSeconds(1))
                    time.Advance(TimeSpan.FromMilliseconds(100));
                return streams.Count == 1;
            },
            "the stream ended within a second of the server's clock");

        await stream.EndAsync();
        (await StreamClient.RefusedSharedAsync(host, token)).IsRefusal(404, 400400);
        Beat(host, "lobby", "ada", "Ada");
        var next = kept.NextAsync("count");
        await Eventually.TrueAsync(() => Advance(time, next), "the other link goes on");
        Assert.Equal(1, (await next).Count);
    }

    [Fact]
    public async Task Stream_WithNothingToTell_SaysEachSecondThatItIsThere()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var (_, token) = await MakeAsync(host, "quiet", ShareLinkKind.Overlay, showsNames: false);
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await using var body = await client.GetStreamAsync(ShareLinkEndpoints.Route, Cancel);
        using var reader = new StreamReader(body);
        while (await reader.ReadLineAsync(Cancel) is { } line && !line.StartsWith("data: {\"count\"", StringComparison.Ordinal))
            Assert.NotEqual(":", line);
        var told = time.GetUtcNow();
        Assert.Equal("", await reader.ReadLineAsync(Cancel));

        var comment = reader.ReadLineAsync(Cancel).AsTask();
        await Eventually.TrueAsync(() => Advance(time, comment), "a comment");

        Assert.Equal(":", await comment);
        Assert.True(time.GetUtcNow() - told >= EventStreams.LongestQuietOfLinks);
    }

    [Fact]
    public async Task Stream_WhilePresenceIsOff_IsRefusedAndSaysSo()
    {
        await using var host = await DashboardHost.StartAsync();
        var (_, token) = await MakeAsync(host, "lobby", ShareLinkKind.Overlay, showsNames: false);
        await using var stream = await StreamClient.OpenSharedAsync(host, token);
        await stream.NextAsync("count");
        var engine = host.Services.GetRequiredService<PresenceEngine>();

        engine.Apply(engine.Settings with { Enabled = false, Version = engine.Settings.Version + 1 });

        await stream.EndAsync();
        (await StreamClient.RefusedSharedAsync(host, token)).IsRefusal(403, 400300);
    }

    [Fact]
    public async Task Streams_OfOneLink_HaveAShareAndCountInTheirAddress()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Limits:StreamsPerAddress"] = $"{EventStreams.MostOfLink + 1}" } });
        var (_, token) = await MakeAsync(host, "lobby", ShareLinkKind.Overlay, showsNames: false);
        var (_, other) = await MakeAsync(host, "lobby", ShareLinkKind.Overlay, showsNames: false);
        List<StreamClient> streams = [];
        for (var i = 0; i < EventStreams.MostOfLink; i++)
            streams.Add(await StreamClient.OpenSharedAsync(host, token));

        var ofLink = await StreamClient.RefusedSharedAsync(host, token);
        streams.Add(await StreamClient.OpenSharedAsync(host, other));
        var ofAddress = await StreamClient.RefusedSharedAsync(host, other);

        ofLink.IsRefusal(429, 499602);
        Assert.Contains("share link has reached its limit of 100 streams", ofLink.Message + ofLink.Body, StringComparison.Ordinal);
        ofAddress.IsRefusal(429, 499602);
        Assert.Contains("Presence__Limits__StreamsPerAddress", ofAddress.Body, StringComparison.Ordinal);
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task Use_OfALink_IsNotedAndNoLineOfTheLogHasItsToken()
    {
        var (link, token) = await MakeAsync(_host, "noted", ShareLinkKind.Page, showsNames: false);
        var links = _host.Services.GetRequiredService<ShareLinkStore>();
        Assert.Null(links.List().Single(made => made.Id == link.Id).LastUsedAt);

        await using (var stream = await StreamClient.OpenSharedAsync(_host, token))
            await stream.NextAsync("count");

        Assert.NotNull(links.List().Single(made => made.Id == link.Id).LastUsedAt);
        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains(token, StringComparison.Ordinal) || line.Exception?.ToString().Contains(token, StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("/shared/overlay?theme=dark")]
    [InlineData("/shared/room")]
    public async Task Pages_OfLinks_AreNeitherKeptNorFramedNorFoundAndHaveNoCircuit(string path)
    {
        var page = await _host.GetAsync(path);

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.ContentHeaders.ContentType!.ToString()));
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("noindex, nofollow", page.Headers.GetValues("X-Robots-Tag").Single());
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"robots\" content=\"noindex, nofollow\"", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("_framework", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Blazor", page.Body, StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Set-Cookie"));
    }

    private static async Task<(ShareLink Link, string Token)> MakeAsync(DashboardHost host, string roomId, ShareLinkKind kind, bool showsNames)
    {
        var (link, token) = await host.Services.GetRequiredService<ShareLinkStore>().MakeAsync(roomId, kind, showsNames, ModeratorOfTests.Email, Cancel);
        return (link, token);
    }

    private static bool Advance(ManualTimeProvider time, Task awaited)
    {
        if (!awaited.IsCompleted)
            time.Advance(TimeSpan.FromMilliseconds(100));
        return awaited.IsCompleted;
    }

    private static void Beat(DashboardHost host, string roomId, string userId, string name) =>
        host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", Profile = new UserProfile(name, null) });
}
