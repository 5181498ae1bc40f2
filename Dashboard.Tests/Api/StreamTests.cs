using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Rooms watched live.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private DashboardHost _host = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    private EventStreams Streams => _host.Services.GetRequiredService<EventStreams>();

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = { ["Presence:Limits:Streams"] = "12", ["Presence:Limits:StreamsPerAddress"] = "12", ["Presence:Limits:ServerReserve"] = "0", ["Presence:Limits:HeartbeatBurst"] = "1000" },
    });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stream_OfARoom_TellsTheSnapshotThenEachJoinAndLeave()
    {
        var anna = await _host.TokenAsync("anna", displayName: "Anna ü");
        await _host.BeatAsync("lobby", await _host.TokenAsync("first"));
        await using var stream = await OpenAsync("lobby");

        var snapshot = await stream.NextAsync();
        await _host.BeatAsync("lobby", anna);
        var joined = await stream.NextAsync("joined");
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", anna);
        var left = await stream.NextAsync("left");

        Assert.Equal("text/event-stream", stream.Reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("no", stream.Reply.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Equal("snapshot", snapshot.Name);
        Assert.Matches($$"""^\{"count":1,"sessions":1,"guests":0,"hidden":0,"fading":0,"mode":"changes","referenceTimestamp":{{Instant}}\}$""", Text(snapshot));
        Assert.Matches($$"""^\{"userId":"anna","displayName":"Anna ü","guest":false,"at":{{Instant}},"count":2\}$""", Text(joined));
        Assert.Matches($$"""^\{"userId":"anna","guest":false,"reason":"left","at":{{Instant}},"count":1\}$""", Text(left));
        Assert.Equal((snapshot.Id + 1, snapshot.Id + 2), (joined.Id, left.Id));
        Assert.Equal(1, (await _host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stream_AskedForViewers_ListsThemInTheSnapshot()
    {
        Beat("lobby", "first");
        Beat("lobby", "second");

        await using var stream = await OpenAsync("lobby", "?include=viewers");

        var viewers = (await stream.NextAsync()).Data["viewers"]!.AsArray();
        Assert.Equal(["second", "first"], viewers.Select(viewer => viewer!["userId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Stream_WhenOnlyTheCountsChange_TellsThem()
    {
        Beat("lobby", "anna");
        await using var stream = await OpenAsync("lobby");
        await stream.NextAsync();

        Beat("lobby", "anna", ViewerState.Hidden);
        var count = await stream.NextAsync();

        Assert.Equal(("count", 1, 1), (count.Name, count.Count, count.Data["hidden"]!.GetValue<int>()));
    }

    /// <summary>Counts are looked at twice a second, in between of joins and leaves that wait to be told together.</summary>
    [Fact]
    public async Task Stream_OfACountBetweenAJoinAndALeave_TellsItBetweenThem()
    {
        Beat("lobby", "anna");
        await using var stream = await OpenAsync("lobby");
        await stream.NextAsync();
        var viewers = 1;
        for (var round = 0; round < 10; round++)
        {
            Beat("lobby", "clara");
            await Streams.PulseAsync(CancellationToken.None);
            Engine.Leave("lobby", "clara", sessionId: "");
            for (StreamEvent? told = null; told?.Name != "left";)
            {
                told = await stream.NextAsync();
                viewers = told.Name == "count" ? viewers : told.Count;
                Assert.Equal(viewers, told.Count);
            }
        }
    }

    [Fact]
    public async Task Feed_OfOneRoom_TellsNoCountBeforeTheChangesItCounts()
    {
        using var feed = new RoomFeed("lobby", new LocalPresence(Engine), Streams.Versions, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var position = feed.Begin(out _);
        List<Change> changes = [];
        for (var viewer = 0; viewer < 1_000; viewer++)
        {
            Beat("lobby", $"viewer {viewer}");
            await feed.RefreshAsync(CancellationToken.None);
            var news = feed.Read(ref position, changes);
            Assert.True(news.IsGap || news.IsCrowd || news.Count is null || news.Count.Value.Sequence <= position.Sequence, $"{news.Count} at {position}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_Resumed_TellsWhatHappenedMeanwhileOnceAndNothingElse(bool asHeader)
    {
        StreamEvent last;
        await using (var before = await OpenAsync("lobby"))
        {
            await before.NextAsync();
            Beat("lobby", "anna");
            last = await before.NextAsync("joined");
        }
        await Eventually.TrueAsync(() => Streams.Count == 0, "the stream is closed");
        Beat("lobby", "berta");
        Engine.Leave("lobby", "anna", "");

        await using var after = asHeader ? await OpenAsync("lobby", "?since=0", $"{last.Id}") : await OpenAsync("lobby", $"?since={last.Id}");

        Assert.Equal("joined berta 2", $"{await after.NextAsync()}");
        Assert.Equal("left anna 1", $"{await after.NextAsync()}");
        Assert.Equal("count 1", $"{await after.NextAsync()}");
        Beat("lobby", "cora");
        Assert.Equal((last.Id + 3, "joined cora 2"), (await after.NextAsync("joined") is var next ? (next.Id, $"{next}") : default));
    }

    [Fact]
    public async Task Stream_ResumedFurtherBackThanIsKept_TellsAGapAndTheState()
    {
        long? old;
        await using (var before = await OpenAsync("lobby"))
        {
            old = (await before.NextAsync()).Id;
            for (var i = 0; i <= RoomFeed.Capacity; i++)
                Beat("lobby", $"u{i}");
            while (await before.NextAsync() is var told && (told.Name == "gap" || told.Count <= RoomFeed.Capacity))
            {
                // Until everybody was told of: with a snapshot, or one by one where they came too slowly to be missed.
            }
        }

        await using var after = await OpenAsync("lobby", $"?since={old}");

        Assert.Equal("gap", (await after.NextAsync()).Name);
        Assert.Equal(("snapshot", RoomFeed.Capacity + 1), (await after.NextAsync() is var next ? (next.Name, next.Count) : default));
    }

    [Fact]
    public async Task Stream_ResumedFromAnIdThatWasNeverGiven_TellsAGapAndTheState()
    {
        await using var before = await OpenAsync("lobby");
        var id = (await before.NextAsync()).Id + 1_000;

        await using var after = await OpenAsync("lobby", $"?since={id}");

        Assert.Equal("gap", (await after.NextAsync()).Name);
        Assert.Equal("snapshot 0", $"{await after.NextAsync()}");
        Beat("lobby", "anna");
        Assert.Equal("anna", (await after.NextAsync("joined")).UserId);
    }

    [Fact]
    public async Task Stream_ResumedAfterARestart_TellsAGapAndTheState()
    {
        Beat("lobby", "anna");
        long? old;
        await using (var before = await OpenAsync("lobby"))
            old = (await before.NextAsync()).Id;
        await _host.RestartAsync();
        Beat("lobby", "berta");
        await using var first = await OpenAsync("lobby");
        Assert.Equal(2, (await first.NextAsync()).Count);

        await using var after = await OpenAsync("lobby", $"?since={old}");

        Assert.Equal("gap", (await after.NextAsync()).Name);
        Assert.Equal("snapshot 2", $"{await after.NextAsync()}");
    }

    [Fact]
    public async Task Stream_OfACrowd_TellsCountsAndSaysSo()
    {
        await using var stream = await OpenAsync("arena");
        Assert.Equal("changes", (await stream.NextAsync()).Mode);

        for (var i = 0; i <= Engine.Limits.Crowd; i++)
            Beat("arena", $"u{i}");
        StreamEvent count;
        do
            count = await stream.NextAsync("count");
        while (count.Mode != "counts");
        Assert.Equal(Engine.Limits.Crowd + 1, count.Count);
        await using (var late = await OpenAsync("arena"))
            Assert.Equal("counts", (await late.NextAsync()).Mode);

        for (var i = 0; i <= (Engine.Limits.Crowd / 5) + 1; i++)
            Engine.Leave("arena", $"u{i}", "");
        await stream.NextAsync("gap");
        var snapshot = await stream.NextAsync();
        Assert.Equal(("snapshot", "changes"), (snapshot.Name, snapshot.Mode));
        Beat("arena", "late");
        Assert.Equal("late", (await stream.NextAsync("joined")).UserId);
    }

    [Fact]
    public async Task Stream_OfACallerWhoSignsOut_Ends()
    {
        var anna = await _host.TokenAsync("anna");
        await using var stream = await StreamClient.OpenAsync(_host, "lobby", anna);
        await stream.NextAsync();

        await _host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", anna);

        await stream.EndAsync();
        (await StreamClient.RefusedAsync(_host, "lobby", anna)).IsRefusal(401, 400100);
    }

    [Theory]
    [InlineData("rooms/lobby/removals", 499601)]
    [InlineData("removals", 400312)]
    public async Task Stream_OfAViewerWhoIsRemoved_EndsAndOthersGoOn(string place, int code)
    {
        var anna = await _host.TokenAsync("anna");
        await using var stream = await StreamClient.OpenAsync(_host, "lobby", anna);
        await using var other = await OpenAsync("lobby");
        await stream.NextAsync();
        await other.NextAsync();

        await _host.PostAsync($"/api/v1/admin/{place}", DashboardHost.ServerKey, """{"userId":"anna","durationSeconds":60}""");

        await stream.EndAsync();
        (await StreamClient.RefusedAsync(_host, "lobby", anna)).IsRefusal(403, code);
        Beat("lobby", "berta");
        Assert.Equal("berta", (await other.NextAsync("joined")).UserId);
    }

    [Fact]
    public async Task Stream_WhenPresenceIsSwitchedOff_Ends()
    {
        await using var stream = await OpenAsync("lobby");
        await stream.NextAsync();

        await _host.ChangeSettingsAsync(enabled: false);

        await stream.EndAsync();
        (await StreamClient.RefusedAsync(_host, "lobby", DashboardHost.ServerKey)).IsRefusal(403, 400300);
    }

    [Fact]
    public async Task Stream_WhenItsServerKeyIsRevoked_Ends()
    {
        var made = await _host.PostAsync("/api/v1/admin/keys", DashboardHost.ServerKey, """{"name":"watcher","scopes":["read"]}""");
        await using var stream = await StreamClient.OpenAsync(_host, "lobby", made.Json["key"]!.GetValue<string>());
        await stream.NextAsync();

        await _host.SendAsync(HttpMethod.Delete, made.Headers.Location!.OriginalString, DashboardHost.ServerKey);

        await stream.EndAsync();
    }

    [Fact]
    public async Task Stream_WhenTheServerStops_EndsAndDoesNotHoldItUp()
    {
        await using var stream = await OpenAsync("lobby");
        await stream.NextAsync();

        var stopping = _host.StopAsync();

        await stream.EndAsync();
        await stopping;
        Assert.Empty(_host.Log.Faults);
    }

    [Fact]
    public async Task Open_BeyondTheCaps_IsRefusedWithTheWait()
    {
        var anna = await _host.TokenAsync("anna");
        var open = new List<StreamClient>();
        for (var i = 0; i < 10; i++)
            open.Add(await StreamClient.OpenAsync(_host, "lobby", anna));

        var eleventh = await StreamClient.RefusedAsync(_host, "other", anna);
        open.Add(await OpenAsync("lobby"));
        open.Add(await OpenAsync("lobby"));
        var thirteenth = await StreamClient.RefusedAsync(_host, "lobby", await _host.TokenAsync("berta"));

        eleventh.IsRefusal(429, 499602);
        thirteenth.IsRefusal(429, 499602);
        Assert.NotNull(eleventh.Headers.RetryAfter);
        Assert.Contains("12 streams", thirteenth.Message, StringComparison.Ordinal);

        foreach (var stream in open)
            await stream.DisposeAsync();
        await Eventually.TrueAsync(() => Streams.Count == 0, "all streams are closed");
        await using var again = await StreamClient.OpenAsync(_host, "lobby", anna);
    }

    [Theory]
    [InlineData("?since=abc", null)]
    [InlineData("?since=-1", null)]
    [InlineData("?include=count", null)]
    [InlineData("", "abc")]
    public async Task Open_AgainstARule_IsRefused(string query, string? lastEventId) =>
        (await StreamClient.RefusedAsync(_host, "lobby", DashboardHost.ServerKey, query, lastEventId)).IsRefusal(422, 400000);

    private void Beat(string room, string user, ViewerState state = ViewerState.Visible) =>
        Assert.Equal(HeartbeatOutcome.Accepted, Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "", State = state }).Outcome);

    private Task<StreamClient> OpenAsync(string room, string query = "", string? lastEventId = null) => StreamClient.OpenAsync(_host, room, DashboardHost.ServerKey, query, lastEventId);

    private static string Text(StreamEvent streamed) => streamed.Data.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
