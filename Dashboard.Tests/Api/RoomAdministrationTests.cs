using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class RoomAdministrationTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Read_OfARoomNobodyDefined_FollowsTheNetwork()
    {
        var answer = await GetAsync("undefined");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"roomId":"undefined","status":"live","overrides":{},"effective":{"enabled":{"value":true,"from":"network"},"heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":60,"from":"network"}},"version":0}""",
            answer.Body);
        Assert.Equal("\"0\"", answer.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Define_WithTheETagRead_AnswersTheRoomAndIsInForce()
    {
        var read = await GetAsync("defined");

        var answer = await PutAsync("defined", """{"title":"Finals","status":"live","overrides":{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90}}""", read.Headers.ETag!.Tag);

        Assert.Equal(200, answer.Status);
        Assert.Matches(
            $$$"""^\{"roomId":"defined","title":"Finals","status":"live","overrides":\{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90\},"effective":\{"enabled":\{"value":true,"from":"network"\},"heartbeatIntervalSeconds":\{"value":20,"from":"room"\},"presenceTimeoutSeconds":\{"value":90,"from":"room"\}\},"version":1,"updatedAt":{{{Instant}}},"updatedBy":"server key"\}$""",
            answer.Body);
        Assert.Equal(answer.Body, (await GetAsync("defined")).Body);
        Assert.Equal(answer.Headers.ETag, (await GetAsync("defined")).Headers.ETag);
        var beat = (await _host.BeatAsync("defined", await _host.TokenAsync("anna"))).Json;
        Assert.Equal((20, 90), (beat["heartbeatIntervalSeconds"]!.GetValue<double>(), beat["presenceTimeoutSeconds"]!.GetValue<double>()));
        var room = (await _host.GetAsync("/api/v1/presence/rooms?ids=defined", DashboardHost.ServerKey)).Json["rooms"]![0]!;
        Assert.Equal("Finals", room["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task Define_TheDocumentSentBack_IsTaken()
    {
        await PutAsync("sent-back", """{"title":"One"}""", "*");
        var read = await GetAsync("sent-back");

        var answer = await PutAsync("sent-back", read.Body.Replace("One", "Two", StringComparison.Ordinal), read.Headers.ETag!.Tag);

        Assert.Equal((200, "Two"), (answer.Status, answer.Json["title"]?.GetValue<string>()));
    }

    [Fact]
    public async Task Define_WithoutOrWithAStaleETag_IsRefusedAndChangesNothing()
    {
        var first = await PutAsync("stale", """{"title":"One"}""", "\"0\"");

        (await PutAsync("stale", """{"title":"Two"}""", null)).IsRefusal(428, 499428);
        (await PutAsync("stale", """{"title":"Two"}""", "unquoted")).IsRefusal(400, 400000);
        var stale = await PutAsync("stale", """{"title":"Two"}""", "\"0\"");
        stale.IsRefusal(412, 499412);
        Assert.Contains(first.Headers.ETag!.Tag, stale.Json["data"]!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(first.Body, (await GetAsync("stale")).Body);

        (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/stale", DashboardHost.ServerKey, null, ("If-Match", "\"0\""))).IsRefusal(412, 499412);
        Assert.Equal(200, (await PutAsync("stale", """{"title":"Two"}""", $"\"other\", {first.Headers.ETag!.Tag}")).Status);
    }

    [Fact]
    public async Task Forget_ARoom_FollowsTheNetworkAgainAndMayBeRepeated()
    {
        await PutAsync("forgotten", """{"overrides":{"enabled":false}}""", "*");
        (await _host.CountAsync("forgotten")).IsRefusal(403, 400300);

        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/forgotten", DashboardHost.ServerKey)).Status);

        Assert.Equal(0, (await GetAsync("forgotten")).Json["version"]!.GetValue<int>());
        Assert.Equal(200, (await _host.CountAsync("forgotten")).Status);
    }

    [Fact]
    public async Task Define_Ended_EmptiesTheRoomAndRefusesHeartbeats()
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("ended", token);

        await PutAsync("ended", """{"status":"ended"}""", "*");

        (await _host.BeatAsync("ended", token)).IsRefusal(409, 499603);
        var many = await _host.PostAsync("/api/v1/presence/heartbeats", token, """{"heartbeats":[{"roomId":"ended"}]}""");
        Assert.Equal(499603, many.Json["rejected"]![0]!["code"]!.GetValue<int>());
        Assert.Equal(0, (await _host.CountAsync("ended")).Json["count"]!.GetValue<int>());
        var room = (await _host.GetAsync("/api/v1/presence/rooms?ids=ended", token)).Json["rooms"]![0]!;
        Assert.Equal(("ended", true), (room["status"]!.GetValue<string>(), room["enabled"]!.GetValue<bool>()));
        await PutAsync("ended", """{"status":"live"}""", "*");
        Assert.Equal(202, (await _host.BeatAsync("ended", token)).Status);
    }

    [Fact]
    public async Task Define_Disabled_RefusesHeartbeatsAndReadsOfThatRoom()
    {
        var token = await _host.TokenAsync("anna");

        var defined = await PutAsync("dark", """{"overrides":{"enabled":false}}""", "*");

        Assert.Equal("""{"value":false,"from":"room"}""", defined.Json["effective"]!["enabled"]!.ToJsonString());
        (await _host.BeatAsync("dark", token)).IsRefusal(403, 400300);
        (await _host.CountAsync("dark")).IsRefusal(403, 400300);
        (await _host.GetAsync("/api/v1/presence/rooms/dark/users", token)).IsRefusal(403, 400300);
        Assert.False((await _host.GetAsync("/api/v1/presence/rooms?ids=dark", token)).Json["rooms"]![0]!["enabled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Define_OneOverrideThatDoesNotGoWithTheNetwork_SaysThatTheRuleRaisedTheTimeout()
    {
        var answer = await PutAsync("raised", """{"overrides":{"heartbeatIntervalSeconds":100}}""", "*");

        Assert.Equal("""{"value":105,"from":"rule"}""", answer.Json["effective"]!["presenceTimeoutSeconds"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"tilte":"x"}""", "\"tilte\"")]
    [InlineData("""{"overrides":{"interval":3}}""", "overrides: \"interval\"")]
    [InlineData("""{"status":"paused"}""", "status must be live or ended")]
    [InlineData("""{"title":""}""", "title must have 1 to 100")]
    [InlineData("""{"overrides":{"heartbeatIntervalSeconds":0}}""", "between 1 s and 600 s")]
    [InlineData("""{"overrides":{"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":34}}""", "at least 5 s longer")]
    [InlineData("""{"overrides":{"heartbeatIntervalSeconds":2.5}}""", "overrides.heartbeatIntervalSeconds")]
    public async Task Define_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await PutAsync("refused", body, "*");

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("refused")).Json["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task List_FollowedByCursor_ReachesEveryRoomOnce()
    {
        await using var host = await DashboardHost.StartAsync();
        string[] rooms = ["a", "b c", "ä", "\U0001F600"];
        foreach (var room in rooms)
            Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, $"/api/v1/admin/rooms/{Uri.EscapeDataString(room)}", DashboardHost.ServerKey, "{}", ("If-Match", "*"))).Status);

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await host.GetAsync($"/api/v1/admin/rooms?limit=3{(cursor is null ? "" : "&cursor=" + cursor)}", DashboardHost.ServerKey)).Json;
            listed.AddRange(page["rooms"]!.AsArray().Select(room => room!["roomId"]!.GetValue<string>()));
            cursor = page["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(rooms, listed);
        (await host.GetAsync("/api/v1/admin/rooms?cursor=x!", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        await host.RestartAsync();
        Assert.Equal(4, (await host.GetAsync("/api/v1/admin/rooms", DashboardHost.ServerKey)).Json["rooms"]!.AsArray().Count);
    }

    private Task<Answer> GetAsync(string room) => _host.GetAsync($"/api/v1/admin/rooms/{room}", DashboardHost.ServerKey);

    private Task<Answer> PutAsync(string room, string body, string? ifMatch) =>
        _host.SendAsync(HttpMethod.Put, $"/api/v1/admin/rooms/{room}", DashboardHost.ServerKey, body, ifMatch is null ? [] : [("If-Match", ifMatch)]);
}
