using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Who is online in the network, as published mobile clients ask.</summary>
public sealed class UserPresenceTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private string Now => _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "text/plain")]
    [InlineData("{}", "application/json")]
    public async Task Heartbeat_WithWhateverBody_Answers202Success(string? body, string? contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.BaseAddress, "/api/v1/presence/heartbeat"));
        request.Headers.Authorization = new("Bearer", await _host.TokenAsync("anna"));
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, contentType!);
        using var reply = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await Answer.OfAsync(reply);

        Assert.Equal((202, """{"success":true}"""), (answer.Status, answer.Body));
        Assert.Equal(1, await CountAsync());
        Assert.Equal("""{"rooms":[]""", (await _host.GetAsync("/api/v1/presence/rooms", DashboardHost.ServerKey)).Body[..11]);
    }

    [Fact]
    public async Task Count_IsWithTheInstantInItsPublishedSpelling()
    {
        await BeatAsync("anna");
        await BeatAsync("berta");
        await BeatAsync("anna");

        var answer = await _host.GetAsync("/api/v1/presence/network/users/count", await _host.TokenAsync("reader"));

        Assert.Equal((200, $$"""{"count":2,"referenceTimeStamp":"{{Now}}"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task ListNamed_Users_AreAllAnsweredInTheOrderAskedForOnlineOnesWithTheirHeartbeat()
    {
        await BeatAsync("anna");
        var anna = Now;
        _time.Advance(TimeSpan.FromSeconds(3));
        await BeatAsync("b@example.com/ü");

        var once = Uri.EscapeDataString("b@example.com/ü");
        var answer = await _host.GetAsync($"/api/v1/presence/users/list?userIds={Uri.EscapeDataString(once)}&userIds=nobody&userIds%5B%5D=anna&userIds={once}", await _host.TokenAsync("reader"));

        Assert.Equal(200, answer.Status);
        Assert.Equal($$"""{"presences":[{"userId":"anna","lastHeartbeat":"{{anna}}"},{"userId":"b@example.com/ü","lastHeartbeat":"{{Now}}"},{"userId":"nobody"}]}""", answer.Body);
    }

    [Fact]
    public async Task ListNamed_220IdsOf300Characters_AreTaken()
    {
        await BeatAsync("anna");
        static string Ids(int count, int length) => string.Join('&', Enumerable.Range(0, count).Select(i => $"userIds%5B%5D={i.ToString("D3", System.Globalization.CultureInfo.InvariantCulture)}{new string('x', length - 3)}"));

        var most = await _host.GetAsync($"/api/v1/presence/users/list?{Ids(219, 300)}&userIds=anna", DashboardHost.ServerKey);

        Assert.Equal(200, most.Status);
        Assert.Equal(220, most.Json["presences"]!.AsArray().Count);
        Assert.Equal("anna", most.Json["presences"]!.AsArray().Single(presence => presence!["lastHeartbeat"] is not null)!["userId"]!.GetValue<string>());
        (await _host.GetAsync($"/api/v1/presence/users/list?{Ids(221, 10)}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await _host.GetAsync($"/api/v1/presence/users/list?{Ids(1, 301)}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        Assert.Equal("""{"presences":[]}""", (await _host.GetAsync("/api/v1/presence/users/list", DashboardHost.ServerKey)).Body);
    }

    [Fact]
    public async Task ListOnline_IsByHeartbeatEitherWay()
    {
        await BeatAsync("anna");
        var anna = Now;
        _time.Advance(TimeSpan.FromSeconds(1));
        await BeatAsync("berta");

        var latestFirst = await _host.GetAsync("/api/v1/presence/network/users", await _host.TokenAsync("reader"));
        var oldestFirst = await _host.GetAsync("/api/v1/presence/network/users?orderBy=asc", DashboardHost.ServerKey);

        Assert.Equal($$"""{"presences":[{"userId":"berta","lastHeartbeat":"{{Now}}"},{"userId":"anna","lastHeartbeat":"{{anna}}"}]}""", latestFirst.Body);
        Assert.Equal(["anna", "berta"], UserIds(oldestFirst));
        (await _host.GetAsync("/api/v1/presence/network/users?orderBy=name", DashboardHost.ServerKey)).IsRefusal(422, 400000);
    }

    [Fact]
    public async Task ListOnline_OfManyUsers_AnswersAThousand()
    {
        var engine = (Engine.PresenceEngine)_host.Services.GetService(typeof(Engine.PresenceEngine))!;
        for (var i = 0; i < 1_001; i++)
            engine.UserHeartbeat($"u{i}");

        Assert.Equal(1_000, (await _host.GetAsync("/api/v1/presence/network/users", DashboardHost.ServerKey)).Json["presences"]!.AsArray().Count);
        Assert.Equal(1_001, await CountAsync());
    }

    [Fact]
    public async Task Switch_Off_HidesTheUserFromOthersAndSurvivesARestart()
    {
        var anna = await BeatAsync("anna");
        await _host.SendAsync(HttpMethod.Put, "/api/v1/channels/crew/members", DashboardHost.ServerKey, """{"userIds":["anna"]}""");
        _time.Advance(TimeSpan.FromSeconds(1));

        var answer = await SwitchAsync(anna, """{"enabled":false}""");

        var off = $$"""{"enabled":false,"enabledAt":"{{Now}}"}""";
        Assert.Equal((200, off), (answer.Status, answer.Body));
        for (var run = 0; run < 2; run++)
        {
            Assert.Equal(off, (await _host.GetAsync("/api/v1/presence/settings", anna)).Json["user"]!.ToJsonString());
            Assert.Empty(UserIds(await _host.GetAsync("/api/v1/presence/network/users", anna)));
            Assert.Equal("""{"presences":[{"userId":"anna"}]}""", (await _host.GetAsync("/api/v1/presence/users/list?userIds=anna", DashboardHost.ServerKey)).Body);
            Assert.Contains("lastHeartbeat", (await _host.GetAsync("/api/v1/presence/users/list?userIds=anna", anna)).Body, StringComparison.Ordinal);
            Assert.Equal("""{"channels":[{"channelId":"crew","isAnyMemberOnline":false,"onlineCount":0}]}""", (await _host.GetAsync("/api/v1/presence/channels/list?channelIds=crew", DashboardHost.ServerKey)).Body);
            Assert.Equal(1, await CountAsync());
            await _host.RestartAsync();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal($$"""{"enabled":true,"enabledAt":"{{Now}}"}""", (await SwitchAsync(anna, """{"enabled":true}""")).Body);
        Assert.Equal(["anna"], UserIds(await _host.GetAsync("/api/v1/presence/network/users", anna)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"enabled":null}""")]
    [InlineData("""{"enabled":"no"}""")]
    public async Task Switch_WithoutAValue_IsRefused(string body) => (await SwitchAsync(await _host.TokenAsync("anna"), body)).IsRefusal(422, 400000);

    [Fact]
    public async Task WhilePresenceIsOff_OnlyTheSettingsAndTheOwnSwitchAnswer()
    {
        var anna = await BeatAsync("anna");
        await _host.ChangeSettingsAsync(enabled: false);

        (await _host.PostAsync("/api/v1/presence/heartbeat", anna)).IsRefusal(403, 400300);
        foreach (var path in new[] { "users/list?userIds=anna", "network/users", "network/users/count", "channels/list?channelIds=crew" })
            (await _host.GetAsync($"/api/v1/presence/{path}", anna)).IsRefusal(403, 400300);
        Assert.Equal(200, (await SwitchAsync(anna, """{"enabled":false}""")).Status);
        Assert.False((await _host.GetAsync("/api/v1/presence/settings", anna)).Json["user"]!["enabled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Heartbeat_TooOften_IsRefusedWithTheWait()
    {
        var anna = await _host.TokenAsync("anna");
        for (var i = 0; i < 20; i++)
            Assert.Equal(202, (await _host.PostAsync("/api/v1/presence/heartbeat", anna)).Status);

        var refused = await _host.PostAsync("/api/v1/presence/heartbeat", anna);

        refused.IsRefusal(429, 400311);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
    }

    private async Task<string> BeatAsync(string userId)
    {
        var token = await _host.TokenAsync(userId);
        Assert.Equal(202, (await _host.PostAsync("/api/v1/presence/heartbeat", token)).Status);
        await SweptAsync();
        return token;
    }

    /// <summary>Reads answer as of the last sweep; this asks for one at this moment of the manual clock.</summary>
    private Task SweptAsync()
    {
        ((Engine.PresenceEngine)_host.Services.GetService(typeof(Engine.PresenceEngine))!).Sweep();
        return Task.CompletedTask;
    }

    private Task<Answer> SwitchAsync(string token, string body) => _host.SendAsync(HttpMethod.Put, "/api/v1/presence/settings/user", token, body);

    private async Task<int> CountAsync() => (await _host.GetAsync("/api/v1/presence/network/users/count", DashboardHost.ServerKey)).Json["count"]!.GetValue<int>();

    private static IEnumerable<string> UserIds(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        return answer.Json["presences"]!.AsArray().Select(presence => presence!["userId"]!.GetValue<string>());
    }
}
