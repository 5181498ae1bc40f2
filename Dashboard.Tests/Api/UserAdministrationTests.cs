using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class UserAdministrationTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Export_OfAUser_HoldsWhatIsKeptAndErasingLeavesNothingOfIt()
    {
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/gone%2Fuser", DashboardHost.ServerKey, """{"displayName":"Gone"}""", ("If-Match", "*"));
        await _host.SendAsync(HttpMethod.Put, "/api/v1/channels/gone-crew/members", DashboardHost.ServerKey, """{"userIds":["gone/user","other"]}""");
        await _host.PostAsync("/api/v1/admin/rooms/gone-room/removals", DashboardHost.ServerKey, """{"userId":"gone/user","durationSeconds":600}""");

        var export = await _host.GetAsync("/api/v1/admin/users/gone%2Fuser/export", DashboardHost.ServerKey);
        var erased = await EraseAsync("keep");
        var lifted = await EraseAsync("lift");
        var again = await EraseAsync("lift");

        Assert.Equal(("application/json", "no-store"), (export.ContentHeaders.ContentType?.MediaType, $"{export.Headers.CacheControl}"));
        Assert.Equal(("gone/user", "Gone", "gone-crew", "gone-room"), (export.Json["userId"]!.GetValue<string>(), export.Json["profile"]!["displayName"]!.GetValue<string>(), export.Json["channels"]![0]!.GetValue<string>(), export.Json["bans"]![0]!["roomId"]!.GetValue<string>()));
        Assert.Equal("""{"profile":true,"visits":0,"bans":0,"channels":1,"presenceSwitch":false}""", erased);
        Assert.Equal("""{"profile":false,"visits":0,"bans":1,"channels":0,"presenceSwitch":false}""", lifted);
        Assert.Equal("""{"profile":false,"visits":0,"bans":0,"channels":0,"presenceSwitch":false}""", again);
        Assert.Equal(404, (await _host.GetAsync("/api/v1/admin/users/gone%2Fuser", DashboardHost.ServerKey)).Status);

        async Task<string> EraseAsync(string bans) => (await _host.SendAsync(HttpMethod.Delete, $"/api/v1/admin/users/gone%2Fuser/data?bans={bans}", DashboardHost.ServerKey)).Body;
    }

    [Fact]
    public async Task Erasing_WithBans_WantsAKeyThatMayLiftThem()
    {
        var key = await _host.PostAsync("/api/v1/admin/keys", DashboardHost.ServerKey, """{"name":"eraser","scopes":["users"]}""");

        var answer = await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/users/anybody/data?bans=lift", key.Json["key"]!.GetValue<string>());

        answer.IsRefusal(403, 400301);
        (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/users/anybody/data?bans=all", DashboardHost.ServerKey)).IsRefusal(422, 400000);
    }

    [Fact]
    public async Task Change_OfAnUnknownUser_MakesItAndVouchesForIt()
    {
        (await GetAsync("made")).IsRefusal(404, 400400);

        var answer = await PutAsync("made", """{"displayName":"Made","avatarUrl":"https://a.example/b.png","metadata":{"level":3,"tags":["x"]}}""", "*");

        Assert.Equal(200, answer.Status);
        Assert.Matches(
            $$$"""^\{"userId":"made","displayName":"Made","avatarUrl":"https://a\.example/b\.png","metadata":\{"level":3,"tags":\["x"\]\},"guest":false,"vouched":true,"version":1,"createdAt":{{{Instant}}},"updatedAt":{{{Instant}}}\}$""",
            answer.Body);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        Assert.Equal(answer.Body, (await GetAsync("made")).Body);
        (await _host.LogInAsync(new JsonObject { ["userId"] = "made", ["deviceId"] = "d" })).IsRefusal(403, 400301);
        var profile = (await _host.GetAsync("/api/v3/users/made", DashboardHost.ServerKey)).Json["users"]![0]!;
        Assert.Equal(("Made", "https://a.example/b.png", 3), (profile["displayName"]!.GetValue<string>(), profile["avatarCustomUrl"]!.GetValue<string>(), profile["metadata"]!["level"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Change_OfAPresentViewer_ShowsInTheListAtOnce()
    {
        await _host.BeatAsync("shown", await _host.TokenAsync("shown", displayName: "Before"));

        await PutAsync("shown", """{"displayName":"After","avatarUrl":"https://a.example/c.png"}""", "*");

        var viewer = (await _host.GetAsync("/api/v1/presence/rooms/shown/users", DashboardHost.ServerKey)).Json["viewers"]![0]!;
        Assert.Equal(("After", "https://a.example/c.png"), (viewer["displayName"]!.GetValue<string>(), viewer["avatarUrl"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Change_TheDocumentSentBack_IsTakenAndWhatIsLeftOutIsEmpty()
    {
        await PutAsync("sent-back", """{"displayName":"One","metadata":{"a":1}}""", "*");
        var read = await GetAsync("sent-back");

        var changed = await PutAsync("sent-back", read.Body.Replace("One", "Two", StringComparison.Ordinal), read.Headers.ETag!.Tag);
        var emptied = await PutAsync("sent-back", "{}", changed.Headers.ETag!.Tag);

        Assert.Equal(("Two", """{"a":1}"""), (changed.Json["displayName"]!.GetValue<string>(), changed.Json["metadata"]!.ToJsonString()));
        Assert.Null(emptied.Json["displayName"]);
        Assert.Equal("{}", emptied.Json["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Change_WithoutOrWithAStaleETag_IsRefused()
    {
        await _host.TokenAsync("stale", displayName: "One");

        (await PutAsync("stale", "{}", null)).IsRefusal(428, 499428);
        (await PutAsync("stale", "{}", "\"7\"")).IsRefusal(412, 499412);
        (await PutAsync("nobody", "{}", "\"1\"")).IsRefusal(412, 499412);
        (await GetAsync("nobody")).IsRefusal(404, 400400);
        Assert.Equal("One", (await GetAsync("stale")).Json["displayName"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"displayName":""}""", "displayName must have 1 to 100")]
    [InlineData("""{"displayName":"a\u0007"}""", "control characters")]
    [InlineData("""{"avatarUrl":"javascript:alert(1)"}""", "avatarUrl must be a URL")]
    [InlineData("""{"avatarUrl":"/a.png"}""", "avatarUrl must be a URL")]
    [InlineData("""{"metadata":[1]}""", "metadata has a value")]
    [InlineData("""{"name":"x"}""", "\"name\"")]
    public async Task Change_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await PutAsync("refused", body, "*");

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        (await GetAsync("refused")).IsRefusal(404, 400400);
    }

    [Fact]
    public async Task Change_WithMoreMetadataThanMayBe_IsRefused()
    {
        static string Metadata(int bytes) => $$$"""{"metadata":{"x":"{{{new string('ü', (bytes - 8) / 2)}}}"}}""";

        Assert.Equal(200, (await PutAsync("metadata", Metadata(4096), "*")).Status);
        (await PutAsync("metadata", Metadata(4098), "*")).IsRefusal(422, 400000);
    }

    [Theory]
    [InlineData("slash/and%2Fpercent", "slash%2Fand%252Fpercent")]
    [InlineData("a b@example.com", "a%20b@example.com")]
    public async Task Change_OfAnIdWithSpecialCharacters_IsOfExactlyThatUser(string userId, string encoded)
    {
        Assert.Equal(userId, (await PutAsync(encoded, "{}", "*")).Json["userId"]!.GetValue<string>());
        Assert.Equal(userId, (await GetAsync(encoded)).Json["userId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Change_OfAReservedId_IsRefused() => (await PutAsync("ADMIN_x", "{}", "*")).IsRefusal(422, 400000);

    [Fact]
    public async Task Erase_PresentUser_IsUnknownShowsItsIdAndMayLogInAgain()
    {
        await PutAsync("erased", """{"displayName":"Erased","metadata":{"a":1}}""", "*");
        await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"erased","userId":"erased"}]}""");

        Assert.Equal((204, ""), await EraseAsync("erased"));
        Assert.Equal((204, ""), await EraseAsync("erased"));

        (await GetAsync("erased")).IsRefusal(404, 400400);
        var viewer = (await _host.GetAsync("/api/v1/presence/rooms/erased/users", DashboardHost.ServerKey)).Json["viewers"]![0]!;
        Assert.Equal(("erased", null), (viewer["userId"]!.GetValue<string>(), viewer["displayName"]?.GetValue<string>()));
        Assert.Equal(200, (await _host.LogInAsync(new JsonObject { ["userId"] = "erased", ["deviceId"] = "d" })).Status);

        await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"erased","userId":"erased"}]}""");
        (await _host.LogInAsync(new JsonObject { ["userId"] = "erased", ["deviceId"] = "d" })).IsRefusal(403, 400301); // vouched for anew
    }

    [Fact]
    public async Task Erase_RemovedUser_StaysRemoved()
    {
        await _host.TokenAsync("banned");
        Assert.Equal(201, (await _host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, """{"userId":"banned","durationSeconds":600}""")).Status);

        await EraseAsync("banned");

        (await _host.LogInAsync(new JsonObject { ["userId"] = "banned", ["deviceId"] = "d" })).IsRefusal(403, 400312);
    }

    private async Task<(int Status, string Body)> EraseAsync(string encodedId)
    {
        var answer = await _host.SendAsync(HttpMethod.Delete, $"/api/v1/admin/users/{encodedId}", DashboardHost.ServerKey);
        return (answer.Status, answer.Body);
    }

    private Task<Answer> GetAsync(string encodedId) => _host.GetAsync($"/api/v1/admin/users/{encodedId}", DashboardHost.ServerKey);

    private Task<Answer> PutAsync(string encodedId, string body, string? ifMatch) =>
        _host.SendAsync(HttpMethod.Put, $"/api/v1/admin/users/{encodedId}", DashboardHost.ServerKey, body, ifMatch is null ? [] : [("If-Match", ifMatch)]);
}
