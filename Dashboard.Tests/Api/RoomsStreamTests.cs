using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>The counts of several rooms over one stream.</summary>
public sealed class RoomsStreamTests : IAsyncLifetime
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private DashboardHost _host = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    private EventStreams Streams => _host.Services.GetRequiredService<EventStreams>();

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = { ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret },
    });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task StreamMany_OfTwoRooms_TellsASnapshotEachThenTheCountsThatChange()
    {
        Beat("lobby", "anna");
        await using var stream = await OpenAsync("?rooms=lobby,stage");

        var lobby = await stream.NextAsync();
        var stage = await stream.NextAsync();
        Beat("stage", "berta");
        var changed = await stream.NextAsync();

        Assert.Equal("text/event-stream", stream.Reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("snapshot", lobby.Name);
        Assert.Matches($$"""^\{"roomId":"lobby","count":1,"sessions":1,"guests":0,"hidden":0,"fading":0,"referenceTimestamp":{{Instant}}\}$""", lobby.Data.ToJsonString());
        Assert.Equal(["snapshot stage 0", "count stage 1"], [$"{stage}", $"{changed}"]);
        Assert.Equal(3, new[] { lobby.Place, stage.Place, changed.Place }.Distinct().Count(place => place is { Length: > 0 and <= 64 }));
    }

    /// <summary>Nothing of a stream of counts keeps an empty room in memory.</summary>
    [Fact]
    public async Task Feed_OfARoomThatWasForgottenAndFillsAgain_TellsItsCounts()
    {
        var time = new ManualTimeProvider();
        using var engine = new PresenceEngine(time, PresenceSettings.Default, new PresenceLimits());
        using var feed = new CountFeed("lobby", new LocalPresence(engine), new StreamVersions(0));
        var told = 0L;
        foreach (var user in (string[])["anna", "berta"])
            engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "" });
        await feed.RefreshAsync(CancellationToken.None);
        for (var second = 0; second < 2 * 3600; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            engine.Sweep();
        }
        Assert.Equal(0, engine.KnownRooms);
        await feed.RefreshAsync(CancellationToken.None);
        feed.ReadCount(ref told);

        engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = "clara", SessionId = "" });
        await feed.RefreshAsync(CancellationToken.None);

        Assert.Equal(1, feed.ReadCount(ref told)?.Viewers);
    }

    [Fact]
    public async Task StreamMany_WithIdsThatHoldCommas_TakesThemAsTheyAre()
    {
        await using var stream = await OpenAsync("?rooms[]=a,b&rooms[]=c&rooms[]=c&rooms=d");

        Assert.Equal(["snapshot d 0", "snapshot a,b 0", "snapshot c 0"], [$"{await stream.NextAsync()}", $"{await stream.NextAsync()}", $"{await stream.NextAsync()}"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StreamMany_Resumed_TellsWhatChangedMeanwhileAndNothingElse(bool asHeader)
    {
        string last;
        await using (var before = await OpenAsync("?rooms=a,b,c"))
            last = (await LastOfAsync(before, 3)).Place!;
        await ClosedAsync();
        Beat("b", "anna");

        await using var after = asHeader ? await OpenAsync("?rooms=a,b,c", last) : await OpenAsync($"?rooms=a,b,c&since={last}");
        Assert.Equal("count b 1", $"{await after.NextAsync()}");
        Beat("c", "anna");

        Assert.Equal("count c 1", $"{await after.NextAsync()}");
    }

    [Fact]
    public async Task StreamMany_ResumedFromTheFirstOfSeveralEvents_TellsTheOthersAgain()
    {
        string first;
        await using (var before = await OpenAsync("?rooms=a,b"))
            first = (await before.NextAsync()).Place!;
        await ClosedAsync();

        await using var after = await OpenAsync("?rooms=a,b", first);

        Assert.Equal("snapshot b 0", $"{await after.NextAsync()}");
    }

    [Fact]
    public async Task StreamMany_ResumedWithNothingNew_SaysThatItGoesOn()
    {
        string last;
        await using (var before = await OpenAsync("?rooms=a,b"))
            last = (await LastOfAsync(before, 2)).Place!;
        await ClosedAsync();

        await using var after = await OpenAsync("?rooms=a,b", last);

        Assert.Equal("count a 0", $"{await after.NextAsync()}");
    }

    [Fact]
    public async Task StreamMany_ResumedWithOtherRooms_BeginsWithTheStateOfEach()
    {
        string last;
        await using (var before = await OpenAsync("?rooms=a,b"))
            last = (await LastOfAsync(before, 2)).Place!;
        await ClosedAsync();

        await using var after = await OpenAsync("?rooms=a,b,c", last);

        Assert.Equal(["snapshot a 0", "snapshot b 0", "snapshot c 0"], [$"{await after.NextAsync()}", $"{await after.NextAsync()}", $"{await after.NextAsync()}"]);
    }

    [Fact]
    public async Task StreamMany_ResumedAfterARestart_TellsAGapAndTheStateOfEachRoom()
    {
        string last;
        await using (var before = await OpenAsync("?rooms=a,b"))
            last = (await LastOfAsync(before, 2)).Place!;
        await _host.RestartAsync();

        await using var after = await OpenAsync("?rooms=a,b", last);

        Assert.Equal(
            ["gap a", "snapshot a 0", "gap b", "snapshot b 0"],
            [$"{await after.NextAsync()}", $"{await after.NextAsync()}", $"{await after.NextAsync()}", $"{await after.NextAsync()}"]);
    }

    [Fact]
    public async Task StreamMany_OfARoomTheTokenIsNotFor_IsRefusedNamingIt()
    {
        var token = TokenForge.Hs256(new JsonObject { ["sub"] = "anna", ["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), ["rooms"] = new JsonArray("lobby", "team-*") });

        var answer = await StreamClient.RefusedManyAsync(_host, "?rooms=lobby,stage,team-1,backstage", token);

        answer.IsRefusal(403, 400301);
        Assert.Equal(["stage", "backstage"], RoomsOf(answer));
        Assert.Equal("rooms: stage, backstage", answer.Json["data"]!["detail"]!.GetValue<string>());
        Assert.Equal(["stage"], RoomsOf(await _host.GetAsync("/api/v1/presence/rooms?ids=lobby,stage", token)));
    }

    [Fact]
    public async Task StreamMany_WhenAViewerIsRemovedFromOneOfItsRooms_EndsAndNamesIt()
    {
        var anna = await _host.TokenAsync("anna");
        await using var stream = await StreamClient.OpenManyAsync(_host, "?rooms=lobby,stage", anna);
        await stream.NextAsync();

        await _host.PostAsync("/api/v1/admin/rooms/stage/removals", DashboardHost.ServerKey, """{"userId":"anna","durationSeconds":60,"reason":"spam"}""");

        await stream.EndAsync();
        var answer = await StreamClient.RefusedManyAsync(_host, "?rooms=lobby,stage", anna);
        answer.IsRefusal(403, 499601);
        Assert.Equal(["stage"], RoomsOf(answer));
        Assert.Equal("spam", answer.Json["data"]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task StreamMany_WhenOneOfItsRoomsIsSwitchedOff_EndsAndNamesIt()
    {
        await using var stream = await OpenAsync("?rooms=lobby,stage");
        await stream.NextAsync();

        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/rooms/stage", DashboardHost.ServerKey, """{"status":"live","overrides":{"enabled":false}}""", ("If-Match", "*"));

        await stream.EndAsync();
        var answer = await StreamClient.RefusedManyAsync(_host, "?rooms=lobby,stage", DashboardHost.ServerKey);
        answer.IsRefusal(403, 400300);
        Assert.Equal(["stage"], RoomsOf(answer));
    }

    [Fact]
    public async Task StreamMany_WhilePresenceIsOff_IsRefusedWithoutNamingARoom()
    {
        await _host.ChangeSettingsAsync(enabled: false);

        var answer = await StreamClient.RefusedManyAsync(_host, "?rooms=lobby,stage", DashboardHost.ServerKey);

        answer.IsRefusal(403, 400300);
        Assert.Null(answer.Json["data"]?["roomIds"]);
    }

    [Fact]
    public async Task StreamMany_OfFiftyRooms_IsOneStreamOfItsCaller()
    {
        await using var stream = await OpenAsync("?rooms=" + string.Join(',', Enumerable.Range(0, StreamEndpoints.MostRooms)));

        Assert.Equal("snapshot 49 0", $"{await LastOfAsync(stream, StreamEndpoints.MostRooms)}");
        Assert.Equal(1, Streams.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?rooms=")]
    [InlineData("?rooms=a%2Fb")]
    [InlineData("?rooms[]=a%2Fb")]
    [InlineData("?rooms[]=")]
    [InlineData("?rooms=a&since=abc")]
    [InlineData("?rooms=a&since=1.2.3")]
    [InlineData("?rooms=a&since=1.2.51.0")]
    [InlineData("?rooms=a&since=-1.2.1.0")]
    [InlineData("?rooms=a", "1")]
    [InlineData("?rooms=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51")]
    public async Task OpenMany_AgainstARule_IsRefused(string query, string? lastEventId = null) =>
        (await StreamClient.RefusedManyAsync(_host, query, DashboardHost.ServerKey, lastEventId)).IsRefusal(422, 400000);

    private void Beat(string room, string user) =>
        Assert.Equal(HeartbeatOutcome.Accepted, Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "" }).Outcome);

    private Task<StreamClient> OpenAsync(string query, string? lastEventId = null) => StreamClient.OpenManyAsync(_host, query, DashboardHost.ServerKey, lastEventId);

    private Task ClosedAsync() => Eventually.TrueAsync(() => Streams.Count == 0, "the stream is closed");

    private static async Task<StreamEvent> LastOfAsync(StreamClient stream, int events)
    {
        for (var i = 1; i < events; i++)
            await stream.NextAsync();
        return await stream.NextAsync();
    }

    private static IEnumerable<string> RoomsOf(Answer answer) => answer.Json["data"]!["roomIds"]!.AsArray().Select(room => room!.GetValue<string>());
}
