using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Counts, lists and rooms.</summary>
public sealed class RoomPresenceTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Count_OfARoomNobodyIsIn_IsZeroAndNot404()
    {
        var answer = await _host.GetAsync("/api/v1/presence/rooms/nobody/users/count", await _host.TokenAsync("reader"));

        Assert.Equal(200, answer.Status);
        Assert.Matches($$"""^\{"count":0,"referenceTimestamp":{{Instant}},"sessions":0,"guests":0,"hidden":0,"fading":0\}$""", answer.Body);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task List_OfARoom_AnswersTheDocumentedDocumentLatestHeartbeatFirst()
    {
        await _host.BeatAsync("listed", await _host.TokenAsync("first", displayName: "First"));
        await _host.BeatAsync("listed", await _host.TokenAsync("second"));

        var latestFirst = await _host.GetAsync("/api/v1/presence/rooms/listed/users", await _host.TokenAsync("reader"));
        var oldestFirst = await _host.GetAsync("/api/v1/presence/rooms/listed/users?orderBy=asc&limit=1", DashboardHost.ServerKey);

        Assert.Matches(
            "^" + $$"""{"viewers":[{"userId":"second","joinedAt":<>,"lastHeartbeatAt":<>,"state":"visible","fading":false,"sessions":1},{"userId":"first","joinedAt":<>,"displayName":"First","lastHeartbeatAt":<>,"state":"visible","fading":false,"sessions":1}],"total":2,"limit":200,"count":2,"referenceTimestamp":<>}""".Replace("{", @"\{").Replace("[", @"\[").Replace("<>", Instant) + "$",
            latestFirst.Body);
        Assert.Equal(["first"], UserIds(oldestFirst));
        Assert.Equal((1, 1, 2), (oldestFirst.Json["total"]!.GetValue<int>(), oldestFirst.Json["limit"]!.GetValue<int>(), oldestFirst.Json["count"]!.GetValue<int>()));
    }

    [Fact]
    public async Task List_AskedForUsers_HoldsTheWholeProfileOfEachViewer()
    {
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/known", DashboardHost.ServerKey, """{"displayName":"Known","avatarUrl":"https://example.com/k.png","metadata":{"level":7}}""", ("If-Match", "*"));
        await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"profiles","userId":"unknown to the table"}]}""");
        await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"profiles","userId":"known"}]}""");

        var viewers = (await _host.GetAsync("/api/v1/presence/rooms/profiles/users?include=user&sort=-joined", DashboardHost.ServerKey)).Json["viewers"]!.AsArray();

        var known = viewers[0]!["user"]!;
        Assert.Equal(("known", "Known", "https://example.com/k.png", 7), (known["userId"]!.GetValue<string>(), known["displayName"]!.GetValue<string>(), known["avatarCustomUrl"]!.GetValue<string>(), known["metadata"]!["level"]!.GetValue<int>()));
        Assert.Equal(("unknown to the table", "{}", "[]"), (viewers[1]!["user"]!["userId"]!.GetValue<string>(), viewers[1]!["user"]!["metadata"]!.ToJsonString(), viewers[1]!["user"]!["tags"]!.ToJsonString()));
        Assert.Null((await _host.GetAsync("/api/v1/presence/rooms/profiles/users", DashboardHost.ServerKey)).Json["viewers"]![0]!["user"]);
    }

    [Fact]
    public async Task List_SortedByJoining_AndSearched_ShowsThose()
    {
        foreach (var userId in new[] { "sort-a", "sort-b", "other" })
            await _host.BeatAsync("sorted", await _host.TokenAsync(userId));

        Assert.Equal(["sort-a", "sort-b", "other"], UserIds(await _host.GetAsync("/api/v1/presence/rooms/sorted/users?sort=joined", DashboardHost.ServerKey)));
        Assert.Equal(["other", "sort-b", "sort-a"], UserIds(await _host.GetAsync("/api/v1/presence/rooms/sorted/users?sort=-joined", DashboardHost.ServerKey)));
        Assert.Equal(["sort-a", "sort-b"], UserIds(await _host.GetAsync("/api/v1/presence/rooms/sorted/users?sort=joined&search=SORT", DashboardHost.ServerKey)));
    }

    [Theory]
    [InlineData("sort=joined")]
    [InlineData("sort=-joined")]
    [InlineData("sort=name")]
    public async Task List_PagedByCursor_ReachesEveryViewerOnceInOrder(string sort)
    {
        var room = "paged-" + sort[5..];
        var beats = new JsonArray([.. Enumerable.Range(0, 25).Select(i => (JsonNode)new JsonObject { ["roomId"] = room, ["userId"] = $"v-{i:00}", ["state"] = i % 2 == 0 ? "hidden" : "visible" })]);
        await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, new JsonObject { ["heartbeats"] = beats }.ToJsonString());

        var seen = await PagesAsync($"/api/v1/presence/rooms/{room}/users?{sort}&limit=7");
        var hidden = await PagesAsync($"/api/v1/presence/rooms/{room}/users?{sort}&limit=7&state=hidden");

        var inOrder = Enumerable.Range(0, 25).Select(i => $"v-{i:00}").ToArray();
        if (sort == "sort=-joined")
            Array.Reverse(inOrder);
        Assert.Equal(inOrder, seen);
        Assert.Equal(13, hidden.Count);
    }

    [Fact]
    public async Task List_WithACursorOfAnotherOrderOrVersion_Answers422()
    {
        var earlier = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"f{Guid.NewGuid():N}123:1:a")); // it named the server's run
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("r", await host.TokenAsync("a"));
        await host.BeatAsync("r", await host.TokenAsync("b"));
        var cursor = (await host.GetAsync("/api/v1/presence/rooms/r/users?sort=joined&limit=1", DashboardHost.ServerKey)).Json["cursor"]!.GetValue<string>();

        (await host.GetAsync($"/api/v1/presence/rooms/r/users?sort=name&cursor={cursor}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await host.GetAsync($"/api/v1/presence/rooms/r/users?cursor={cursor}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await host.GetAsync($"/api/v1/presence/rooms/r/users?sort=joined&cursor={cursor[..^8]}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await host.GetAsync($"/api/v1/presence/rooms/r/users?sort=joined&cursor={earlier}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await host.GetAsync($"/api/v1/presence/rooms/r/users?sort=joined&cursor={Base64Url.EncodeToString("f9223372036854775807:1:a"u8)}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
    }

    [Theory]
    [InlineData("sort=joined", "b")]
    [InlineData("sort=-joined", "a")]
    [InlineData("sort=name", "b")]
    public async Task List_WithACursorFromBeforeARestart_GoesOn(string sort, string next)
    {
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("r", await host.TokenAsync("a"));
        await host.BeatAsync("r", await host.TokenAsync("b"));
        var cursor = (await host.GetAsync($"/api/v1/presence/rooms/r/users?{sort}&limit=1", DashboardHost.ServerKey)).Json["cursor"]!.GetValue<string>();

        await host.RestartAsync();

        Assert.Equal([next], UserIds(await host.GetAsync($"/api/v1/presence/rooms/r/users?{sort}&limit=1&cursor={cursor}", DashboardHost.ServerKey)));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=1e2")]
    [InlineData("limit=99999999999999999999999")]
    [InlineData("limit=1&limit=2")]
    [InlineData("orderBy=up")]
    [InlineData("sort=size")]
    [InlineData("sort=joined&orderBy=asc")]
    [InlineData("cursor=abc")]
    [InlineData("state=asleep")]
    [InlineData("state=hidden&state=paused")]
    [InlineData("search=12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task List_WithAParameterAgainstItsRule_Answers422(string query)
    {
        var answer = await _host.GetAsync($"/api/v1/presence/rooms/r/users?{query}", await _host.TokenAsync("reader"));

        answer.IsRefusal(422, 400000);
        Assert.StartsWith(query.Contains("&orderBy", StringComparison.Ordinal) ? "orderBy" : query[..query.IndexOf('=')], answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ByTheOneWhoReads_CountsNobody()
    {
        var token = await _host.TokenAsync("observer");
        foreach (var path in new[] { "/users/count", "/users" })
            await _host.GetAsync($"/api/v1/presence/rooms/observed{path}", token);
        await _host.GetAsync("/api/v1/presence/rooms?ids=observed", token);

        Assert.Equal(0, (await _host.CountAsync("observed")).Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Rooms_NamedByAViewer_AreAnsweredInTheOrderNamed()
    {
        await _host.BeatAsync("named one", await _host.TokenAsync("anna"));

        var answer = await _host.GetAsync("/api/v1/presence/rooms?ids=unknown,named%20one&ids%5B%5D=with%2Ccomma", await _host.TokenAsync("reader"));

        Assert.Matches(
            "^" + $$"""{"rooms":[{"roomId":"unknown","status":"live","enabled":true,"count":0,"hidden":0,"fading":0,"guests":0,"sessions":0,"peak":0},{"roomId":"named one","status":"live","enabled":true,"count":1,"hidden":0,"fading":0,"guests":0,"sessions":1,"since":<>,"peak":1},{"roomId":"with,comma","status":"live","enabled":true,"count":0,"hidden":0,"fading":0,"guests":0,"sessions":0,"peak":0}],"referenceTimestamp":<>}""".Replace("{", @"\{").Replace("[", @"\[").Replace("<>", Instant) + "$",
            answer.Body);
    }

    [Fact]
    public async Task Rooms_AllOfThemAskedForByAViewer_Answers403() =>
        (await _host.GetAsync("/api/v1/presence/rooms", await _host.TokenAsync("reader"))).IsRefusal(403, 400301);

    [Theory]
    [InlineData("orderBy=name")]
    [InlineData("orderBy=count")]
    public async Task Rooms_PagedByCursor_ReachEveryRoomOnce(string order)
    {
        await using var host = await DashboardHost.StartAsync();
        var beats = new JsonArray([.. Enumerable.Range(0, 60).Select(i => (JsonNode)new JsonObject { ["roomId"] = $"p-{i % 25:00}", ["userId"] = $"u{i}" }), new JsonObject { ["roomId"] = "other", ["userId"] = "u" }]);
        await host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, new JsonObject { ["heartbeats"] = beats }.ToJsonString());

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await host.GetAsync($"/api/v1/presence/rooms?prefix=p-&limit=7&{order}{(cursor is null ? "" : "&cursor=" + cursor)}", DashboardHost.ServerKey)).Json;
            seen.AddRange(page["rooms"]!.AsArray().Select(room => room!["roomId"]!.GetValue<string>()));
            cursor = page["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"p-{i:00}"), seen.Order(StringComparer.Ordinal));
        if (order == "orderBy=name")
            Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("ids=a/b")]
    [InlineData("ids=a&limit=5")]
    [InlineData("limit=0")]
    [InlineData("orderBy=size")]
    [InlineData("cursor=!!")]
    [InlineData("cursor=YWJj")]
    [InlineData("cursor=bjE6YQ")] // of the list by name
    public async Task Rooms_WithAParameterAgainstItsRule_Answers422(string query) =>
        (await _host.GetAsync($"/api/v1/presence/rooms?{query}", DashboardHost.ServerKey)).IsRefusal(422, 400000);

    [Fact]
    public async Task Reads_AfterARestart_SayThatTheyWarmUpUntilOneIntervalHasPassed()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        await host.BeatAsync("r", await host.TokenAsync("anna"));

        await host.RestartAsync();

        var warm = (await host.CountAsync("r")).Json;
        Assert.Equal(1, warm["count"]!.GetValue<int>());
        Assert.True(warm["warming"]!.GetValue<bool>());
        time.Advance(TimeSpan.FromSeconds(31));
        host.Services.GetRequiredService<PresenceEngine>().Sweep();
        Assert.Null((await host.CountAsync("r")).Json["warming"]);
    }

    private async Task<List<string>> PagesAsync(string path)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _host.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}", DashboardHost.ServerKey);
            seen.AddRange(UserIds(page));
            cursor = page.Json["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return seen;
    }

    private static IEnumerable<string> UserIds(Answer answer) => answer.Json["viewers"]!.AsArray().Select(viewer => viewer!["userId"]!.GetValue<string>());
}
