using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Rule 12, over the wire.</summary>
public sealed class RemovalTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Remove_FromARoom_EndsTheSessionsAndRefusesHeartbeatsAndReadsThere()
    {
        var anna = await _host.TokenAsync("anna");
        await _host.BeatAsync("lobby", anna);
        var until = Wire(_time.GetUtcNow().AddHours(1));

        var answer = await RemoveAsync("rooms/lobby/removals", """{"userId":"anna","durationSeconds":3600,"reason":"spam"}""");

        Assert.Equal(201, answer.Status);
        Assert.Equal($$"""{"roomId":"lobby","userId":"anna","until":"{{until}}","reason":"spam","removedAt":"{{Wire(_time.GetUtcNow())}}","removedBy":"server key"}""", answer.Body);
        Assert.Equal(0, (await _host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
        Answer[] refused =
        [
            await _host.BeatAsync("lobby", anna),
            await _host.GetAsync("/api/v1/presence/rooms/lobby/users/count", anna),
            await _host.GetAsync("/api/v1/presence/rooms/lobby/users", anna),
            await _host.GetAsync("/api/v1/presence/rooms?ids=other,lobby", anna),
        ];
        Assert.All(refused, refusal =>
        {
            refusal.IsRefusal(403, 499601);
            Assert.Equal((until, "spam"), (refusal.Json["data"]!["until"]!.GetValue<string>(), refusal.Json["data"]!["reason"]!.GetValue<string>()));
        });
        Assert.Equal(202, (await _host.BeatAsync("other", anna)).Status);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/presence/rooms/other/users/count", anna)).Status);
        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", anna)).Status);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/presence/rooms/lobby/users", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Remove_FromTheNetwork_RefusesEverythingButLeavingAndSigningOut()
    {
        var anna = await _host.TokenAsync("anna");
        await _host.BeatAsync("lobby", anna);
        await _host.PostAsync("/api/v1/presence/heartbeat", anna);

        await RemoveAsync("removals", """{"userId":"anna","durationSeconds":3600}""");

        Assert.Equal(0, (await _host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
        Assert.Equal(0, (await _host.GetAsync("/api/v1/presence/network/users/count", DashboardHost.ServerKey)).Json["count"]!.GetValue<int>());
        Answer[] refused =
        [
            await _host.BeatAsync("lobby", anna),
            await _host.PostAsync("/api/v1/presence/heartbeat", anna),
            await _host.PostAsync("/api/v1/presence/heartbeats", anna, """{"heartbeats":[{"roomId":"lobby"}]}"""),
            await _host.GetAsync("/api/v1/presence/rooms/lobby/users/count", anna),
            await _host.GetAsync("/api/v1/presence/rooms/lobby/users", anna),
            await _host.GetAsync("/api/v1/presence/rooms?ids=lobby", anna),
            await _host.GetAsync("/api/v1/presence/users/list?userIds=anna", anna),
            await _host.GetAsync("/api/v1/presence/network/users", anna),
            await _host.GetAsync("/api/v1/presence/network/users/count", anna),
            await _host.GetAsync("/api/v1/presence/channels/list?channelIds=c", anna),
            await _host.GetAsync("/api/v3/users/anna", anna),
            await _host.LogInAsync(new JsonObject { ["userId"] = "anna", ["deviceId"] = "other" }),
        ];
        Assert.All(refused, refusal => refusal.IsRefusal(403, 400312));
        Assert.All(refused, refusal => Assert.Equal(Wire(_time.GetUtcNow().AddHours(1)), refusal.Json["data"]!["until"]!.GetValue<string>()));
        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", anna)).Status);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/presence/settings", anna)).Status);
        Assert.Equal(200, (await _host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", anna)).Status);
    }

    [Fact]
    public async Task Remove_AGuestFromTheNetwork_RefusesItsLogin()
    {
        var guest = (await _host.GetAsync("/api/v3/sessions", await _host.VisitorTokenAsync("kiosk"))).Json["userId"]!.GetValue<string>();

        await RemoveAsync("removals", new JsonObject { ["userId"] = guest, ["durationSeconds"] = 60 }.ToJsonString());

        (await _host.PostAsync("/api/v5/sessions/visitor", json: """{"deviceId":"kiosk"}""", headers: ("X-API-Key", DashboardHost.ClientKey))).IsRefusal(403, 400312);
        await _host.VisitorTokenAsync("another");
    }

    [Fact]
    public async Task Removal_AtItsEnd_LetsTheUserInAgain()
    {
        var anna = await _host.TokenAsync("anna");
        await RemoveAsync("rooms/lobby/removals", $$"""{"userId":"anna","until":"{{Wire(_time.GetUtcNow().AddSeconds(10))}}"}""");

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        (await _host.BeatAsync("lobby", anna)).IsRefusal(403, 499601);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(202, (await _host.BeatAsync("lobby", anna)).Status);
        (await _host.GetAsync("/api/v1/admin/rooms/lobby/removals/anna", DashboardHost.ServerKey)).IsRefusal(404, 400400);
    }

    [Fact]
    public async Task Removal_Lifted_LetsTheUserInAgainAndMayBeRepeated()
    {
        var anna = await _host.TokenAsync("a/n%na");
        var made = await RemoveAsync("rooms/lob%20by/removals", """{"userId":"a/n%na","durationSeconds":3600}""");
        var address = made.Headers.Location!.OriginalString;
        Assert.Equal("/api/v1/admin/rooms/lob%20by/removals/a%2Fn%25na", address);
        Assert.Equal(made.Body, (await _host.GetAsync(address, DashboardHost.ServerKey)).Body);

        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, address, DashboardHost.ServerKey)).Status);

        Assert.Equal(202, (await _host.BeatAsync("lob by", anna)).Status);
    }

    [Fact]
    public async Task Removal_Again_TakesThePlaceOfTheOneBefore()
    {
        await RemoveAsync("removals", """{"userId":"anna","durationSeconds":3600,"reason":"first"}""");

        var second = await RemoveAsync("removals", """{"userId":"anna","durationSeconds":60}""");

        Assert.Equal(200, second.Status);
        Assert.Null(second.Json["reason"]);
        Assert.Equal(second.Body, (await _host.GetAsync("/api/v1/admin/removals/anna", DashboardHost.ServerKey)).Body);
        Assert.Equal($$"""{"removals":[{{second.Body}}]}""", (await _host.GetAsync("/api/v1/admin/removals", DashboardHost.ServerKey)).Body);
    }

    [Fact]
    public async Task List_FollowedByCursor_IsTheLatestFirstAndOfItsPlaceAlone()
    {
        foreach (var user in new[] { "a", "b", "c" })
            await RemoveAsync("rooms/lobby/removals", $$"""{"userId":"{{user}}","durationSeconds":3600}""");
        await RemoveAsync("rooms/other/removals", """{"userId":"d","durationSeconds":3600}""");
        await RemoveAsync("removals", """{"userId":"e","durationSeconds":3600}""");

        var first = (await _host.GetAsync("/api/v1/admin/rooms/lobby/removals?limit=2", DashboardHost.ServerKey)).Json;
        var second = (await _host.GetAsync($"/api/v1/admin/rooms/lobby/removals?limit=2&cursor={first["cursor"]}", DashboardHost.ServerKey)).Json;

        Assert.Equal(["c", "b"], UserIds(first));
        Assert.Equal(["a"], UserIds(second));
        Assert.Null(second["cursor"]);
        Assert.Equal(["e"], UserIds((await _host.GetAsync("/api/v1/admin/removals", DashboardHost.ServerKey)).Json));
        (await _host.GetAsync("/api/v1/admin/removals?cursor=!", DashboardHost.ServerKey)).IsRefusal(422, 400000);
    }

    [Fact]
    public async Task Removal_AfterARestart_IsInForce()
    {
        var anna = await _host.TokenAsync("anna");
        await RemoveAsync("rooms/lobby/removals", """{"userId":"anna","durationSeconds":3600}""");

        await _host.RestartAsync();

        (await _host.BeatAsync("lobby", anna)).IsRefusal(403, 499601);
    }

    [Theory]
    [InlineData("{}", "userId is missing")]
    [InlineData("""{"userId":"a"}""", "Send when the removal ends")]
    [InlineData("""{"userId":"a","durationSeconds":60,"until":"2999-01-01T00:00:00Z"}""", "Send when the removal ends")]
    [InlineData("""{"userId":"a","durationSeconds":60,"forever":true}""", "Send when the removal ends")]
    [InlineData("""{"userId":"a","forever":false}""", "Send when the removal ends")]
    [InlineData("""{"userId":"a","forever":true,"devices":true}""", "devices is for bans from the network")]
    [InlineData("""{"userId":"a","durationSeconds":0}""", "durationSeconds must be from 1 to")]
    [InlineData("""{"userId":"a","durationSeconds":999999999}""", "durationSeconds must be from 1 to")]
    [InlineData("""{"userId":"a","until":"2001-01-01T00:00:00Z"}""", "until must be in the future")]
    [InlineData("""{"userId":"a","until":"2999-01-01T00:00:00Z"}""", "until must be in the future")]
    [InlineData("""{"userId":"a","until":"tomorrow"}""", "until has a value")]
    [InlineData("""{"userId":"a","durationSeconds":60,"reason":""}""", "reason must have 1 to 200")]
    [InlineData("""{"userId":"a","durationSeconds":60,"why":"x"}""", "\"why\"")]
    public async Task Remove_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await RemoveAsync("rooms/lobby/removals", body);

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal("""{"removals":[]}""", (await _host.GetAsync("/api/v1/admin/rooms/lobby/removals", DashboardHost.ServerKey)).Body);
    }

    [Fact]
    public async Task Remove_Forever_HasAnInstantThatEveryClientReadsAndHoldsUntilLifted()
    {
        const string Forever = "9999-12-31T00:00:00.000Z";
        var made = await RemoveAsync("rooms/lobby/removals", """{"userId":"anna","forever":true}""");

        Assert.Equal($$"""{"roomId":"lobby","userId":"anna","until":"{{Forever}}","removedAt":"{{Wire(_time.GetUtcNow())}}","removedBy":"server key","forever":true}""", made.Body);
        _time.SetUtcNow(_time.GetUtcNow().AddDays(4_000)); // further than any ban with an end
        var refused = await _host.BeatAsync("lobby", await _host.TokenAsync("anna"));
        refused.IsRefusal(403, 499601);
        Assert.Equal(Forever, refused.Json["data"]!["until"]!.GetValue<string>());
        Assert.True(refused.Json["data"]!["forever"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Remove_WithDevices_RefusesWhoeverUsesThemAlsoAfterARestart()
    {
        var anna = await _host.TokenAsync("anna", "phone");
        var berta = await _host.TokenAsync("berta", "phone"); // the same device, under another name, before the ban
        var carla = await _host.TokenAsync("carla", "laptop");
        await _host.BeatAsync("lobby", anna, """{"sessionId":"laptop"}"""); // what a body says is no device

        var made = await RemoveAsync("removals", """{"userId":"anna","durationSeconds":3600,"reason":"spam","devices":true}""");

        Assert.Equal(1, made.Json["devices"]!.GetValue<int>());
        for (var starts = 0; starts < 2; starts++)
        {
            Answer[] refused =
            [
                await LogInAsync("zoe", "phone"),
                await _host.PostAsync("/api/v5/sessions/visitor", json: """{"deviceId":"phone"}""", headers: ("X-API-Key", DashboardHost.ClientKey)),
                await _host.BeatAsync("lobby", berta),
                await _host.PostAsync("/api/v1/presence/heartbeat", berta),
                await _host.PostAsync("/api/v1/presence/heartbeats", berta, """{"heartbeats":[{"roomId":"lobby"}]}"""),
                await _host.GetAsync("/api/v1/presence/rooms/lobby/users/count", berta),
            ];
            Assert.All(refused, refusal => refusal.IsRefusal(403, 400312));
            Assert.All(refused, refusal => Assert.Equal("spam", refusal.Json["data"]!["reason"]!.GetValue<string>()));
            Assert.Equal(202, (await _host.BeatAsync("lobby", carla)).Status);
            Assert.Equal(200, (await _host.SendAsync(HttpMethod.Get, "/api/v3/sessions", berta)).Status);
            await _host.RestartAsync();
        }

        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/removals/anna", DashboardHost.ServerKey)).Status);
        Assert.Equal(202, (await _host.BeatAsync("lobby", berta)).Status);
        Assert.Equal(200, (await LogInAsync("zoe", "phone")).Status);
    }

    [Fact]
    public async Task Bans_OfAllRooms_AreFilteredPagedAndSayHowTheyEnded()
    {
        await RemoveAsync("rooms/lobby/removals", """{"userId":"anna","durationSeconds":60,"reason":"links"}""");
        await RemoveAsync("rooms/stage/removals", """{"userId":"berta","forever":true}""");
        await RemoveAsync("removals", """{"userId":"carla","durationSeconds":3600}""");
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/stage/removals/berta", DashboardHost.ServerKey);
        var lifted = Wire(_time.GetUtcNow());
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(["carla active"], await TellAsync(""));
        Assert.Equal(["berta lifted", "anna expired"], await TellAsync("state=past"));
        Assert.Equal(["carla active", "berta lifted", "anna expired"], await TellAsync("state=all"));
        Assert.Equal(["carla active"], await TellAsync("state=all&scope=network"));
        Assert.Equal(["berta lifted", "anna expired"], await TellAsync("state=all&scope=rooms"));
        Assert.Equal(["berta lifted"], await TellAsync("state=all&roomId=stage"));
        Assert.Equal(["anna expired"], await TellAsync("state=all&search=LINKS"));
        Assert.Equal(["anna expired"], await TellAsync("state=all&userId=anna&by=server%20key"));
        var first = (await _host.GetAsync("/api/v1/admin/bans?state=all&limit=2", DashboardHost.ServerKey)).Json;
        Assert.Equal(["anna expired"], await TellAsync($"state=all&limit=2&cursor={first["cursor"]}"));
        Assert.Equal((lifted, "server key"), (first["bans"]![1]!["endedAt"]!.GetValue<string>(), first["bans"]![1]!["endedBy"]!.GetValue<string>()));
        (await _host.GetAsync("/api/v1/admin/bans?state=none", DashboardHost.ServerKey)).IsRefusal(422, 400000);

        async Task<IEnumerable<string>> TellAsync(string query) =>
            (await _host.GetAsync("/api/v1/admin/bans?" + query, DashboardHost.ServerKey)).Json["bans"]!.AsArray().Select(ban => $"{ban!["userId"]} {ban["state"]}");
    }

    [Theory]
    [InlineData("/api/v1/presence/rooms/lobby/stream", "rooms/lobby/removals", 499601)]
    [InlineData("/api/v1/presence/stream?rooms=lobby,stage", "rooms/lobby/removals", 499601)]
    [InlineData("/api/v1/presence/stream?rooms=lobby,stage", "removals", 400312)]
    [InlineData("/api/v1/presence/users/stream?ids=berta", "removals", 400312)]
    public async Task Stream_OfABannedViewer_SaysWhyAndUntilWhenAndEnds(string stream, string place, int code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, stream);
        request.Headers.Authorization = new("Bearer", await _host.TokenAsync("anna"));
        using var response = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var reading = response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        await RemoveAsync(place, """{"userId":"anna","durationSeconds":3600,"reason":"spam"}""");
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(500));
                return reading.IsCompleted;
            },
            "the stream ends");

        var last = (await reading).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1].Split('\n');
        Assert.Equal("event: end", last[0]);
        var end = JsonNode.Parse(last[1]["data: ".Length..])!;
        Assert.Equal((code, "spam"), (end["code"]!.GetValue<int>(), end["data"]!["reason"]!.GetValue<string>()));
        Assert.EndsWith("Z", end["data"]!["until"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_Among50000Viewers_IsInForceWhenTheReplyArrivesAndEndsTheStream()
    {
        await using var host = await DashboardHost.StartAsync();
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var user = 0; user < 50_000; user++)
            engine.Heartbeat(new Heartbeat { RoomId = $"room-{user % 500}", UserId = $"user-{user}", SessionId = "" });
        var anna = await host.TokenAsync("anna");
        for (var room = 0; room < 20; room++)
            Assert.Equal(202, (await host.BeatAsync($"room-{room}", anna)).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/presence/rooms/room-0/stream");
        request.Headers.Authorization = new("Bearer", anna);
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var reading = response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        var made = await host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, """{"userId":"anna","durationSeconds":3600}""");

        var set = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        Assert.Equal(201, made.Status);
        Assert.Empty((await host.Services.GetRequiredService<IPresence>().ReadViewerAsync("anna", TestContext.Current.CancellationToken)).Places);
        Assert.Equal(50_000, engine.CountNetwork().Viewers);
        (await host.BeatAsync("room-0", anna)).IsRefusal(403, 400312);
        (await host.GetAsync("/api/v1/presence/rooms/room-0/users/count", anna)).IsRefusal(403, 400312);
        Assert.Contains("event: end", await reading, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"in force after {set.TotalMilliseconds:0} ms, the stream ended after {System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }

    private Task<Answer> LogInAsync(string userId, string deviceId) => _host.LogInAsync(new JsonObject { ["userId"] = userId, ["deviceId"] = deviceId });

    private Task<Answer> RemoveAsync(string place, string body) => _host.PostAsync($"/api/v1/admin/{place}", DashboardHost.ServerKey, body);

    private static IEnumerable<string> UserIds(JsonNode page) => page["removals"]!.AsArray().Select(removal => removal!["userId"]!.GetValue<string>());

    private static string Wire(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
