using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>The settings as clients read them and as the backend administers them.</summary>
public sealed class SettingsTests : IAsyncLifetime
{
    private const string Route = "/api/v1/admin/settings";
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";
    private const string Good = """{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":50}""";

    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Read_ByAClient_AnswersTheDocumentedDocument()
    {
        var answer = await _host.GetAsync("/api/v1/presence/settings", await _host.TokenAsync("anna"));

        Assert.Equal(200, answer.Status);
        Assert.Matches(
            $$"""^\{"user":\{"enabled":true,"enabledAt":{{Instant}}\},"network":\{"heartbeatInterval":30,"presenceSyncInterval":30,"updatedAt":{{Instant}}\},"room":\{"enabled":true\}\}$""",
            answer.Body);
    }

    [Fact]
    public async Task Administer_ReadThenChangeWithItsETag_PutsTheChangeInForce()
    {
        var before = await _host.GetAsync(Route, DashboardHost.ServerKey);
        Assert.Equal("\"1\"", before.Headers.ETag?.ToString());

        var changed = await PutAsync("""{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":50,"reason":"finals"}""", "\"1\"");

        Assert.Equal((200, "\"2\""), (changed.Status, changed.Headers.ETag?.ToString()));
        Assert.Matches(
            $$"""^\{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":50,"roomHeartbeatsPerSecond":0,"settingsVersion":2,"updatedAt":{{Instant}},"updatedBy":"server key","warnings":\[\]\}$""",
            changed.Body);
        Assert.Equal(changed.Body, (await _host.GetAsync(Route, DashboardHost.ServerKey)).Body);
        Assert.Equal(25, (await _host.GetAsync("/api/v1/presence/settings", DashboardHost.ServerKey)).Json["network"]!["heartbeatInterval"]!.GetValue<int>());
    }

    [Fact]
    public async Task Change_RoomHeartbeatsPerSecond_GrowsACrowdedRoomAndStaysWhenLeftOut()
    {
        await PutAsync("{\"enabled\":true,\"heartbeatIntervalSeconds\":2,\"presenceTimeoutSeconds\":60,\"listLimit\":50,\"roomHeartbeatsPerSecond\":1}", "*");
        for (var i = 0; i < 3; i++)
            await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, $"{{\"heartbeats\":[{{\"roomId\":\"crowd\",\"userId\":\"u{i}\"}}]}}");
        await Eventually.TrueAsync(async () => (double)(await _host.GetAsync("/api/v1/admin/rooms/crowd", DashboardHost.ServerKey)).Json["effective"]!["heartbeatIntervalSeconds"]!["value"]! == 3, "the interval grows");

        Assert.Equal("{\"value\":3,\"from\":\"network\",\"grownFrom\":2}", (await _host.GetAsync("/api/v1/admin/rooms/crowd", DashboardHost.ServerKey)).Json["effective"]!["heartbeatIntervalSeconds"]!.ToJsonString());
        Assert.Equal(1, (int)(await PutAsync(Good, "*")).Json["roomHeartbeatsPerSecond"]!);
        Assert.Equal(0, (int)(await PutAsync(Good.Replace("50}", "50,\"roomHeartbeatsPerSecond\":0}", StringComparison.Ordinal), "*")).Json["roomHeartbeatsPerSecond"]!);
    }

    [Fact]
    public async Task Change_WithTheDocumentAsAClientOfFloatingNumbersSendsItBack_IsTaken()
    {
        var answer = await PutAsync("""{"enabled":true,"heartbeatIntervalSeconds":25.0,"presenceTimeoutSeconds":1e2,"listLimit":50.00,"settingsVersion":1.0}""", "*");

        Assert.Equal((200, 25, 100), (answer.Status, (int)answer.Json["heartbeatIntervalSeconds"]!, (int)answer.Json["presenceTimeoutSeconds"]!));
        var half = await PutAsync("""{"enabled":true,"heartbeatIntervalSeconds":25.5,"presenceTimeoutSeconds":100,"listLimit":50}""", "*");
        half.IsRefusal(422, 400000);
        Assert.StartsWith("heartbeatIntervalSeconds ", half.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_ThatIsAllowedButSurprising_WarnsByField()
    {
        var answer = await PutAsync("""{"enabled":true,"heartbeatIntervalSeconds":10,"presenceTimeoutSeconds":15,"listLimit":50}""", "*");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            ["presenceTimeoutSeconds", "presenceTimeoutSeconds", "heartbeatIntervalSeconds"],
            answer.Json["warnings"]!.AsArray().Select(warning => warning!["field"]!.GetValue<string>()));
    }

    /// <summary>Before the body is read (decision 014): a caller with an outdated document learns that first.</summary>
    [Theory]
    [InlineData(Good)]
    [InlineData("{")]
    [InlineData("""{"enabled":"yes"}""")]
    public async Task Change_WithoutIfMatch_Answers428WhateverTheBody(string body) => (await PutAsync(body, ifMatch: null)).IsRefusal(428, 499428);

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"2\"")]
    [InlineData("W/\"1\"")]
    [InlineData("\"abc\"")]
    public async Task Change_OfAnotherVersion_Answers412AndChangesNothing(string ifMatch)
    {
        (await PutAsync(Good, ifMatch)).IsRefusal(412, 499412);

        Assert.Equal(1, (await _host.GetAsync(Route, DashboardHost.ServerKey)).Json["settingsVersion"]!.GetValue<int>());
    }

    [Fact]
    public async Task Change_WithAnUnquotedETag_Answers400WithTheRightSpelling()
    {
        var answer = await PutAsync(Good, "1");

        answer.IsRefusal(400, 400000);
        Assert.Contains("\"1\"", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":60,"presenceTimeoutSeconds":61,"listLimit":50}""", "60 s")]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":0,"presenceTimeoutSeconds":61,"listLimit":50}""", "heartbeat interval is 0 s")]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":601,"presenceTimeoutSeconds":3601,"listLimit":0}""", "list cap is 0")]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":2147483647,"presenceTimeoutSeconds":-2147483648,"listLimit":50}""", "heartbeat interval")]
    [InlineData("""{"enabled":true,"listLimit":50}""", "heartbeatIntervalSeconds, presenceTimeoutSeconds.")]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":50,"interval":9}""", "\"interval\"")]
    [InlineData("""{"enabled":"yes","heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":50}""", "enabled")]
    [InlineData("""{"enabled":true,"heartbeatIntervalSeconds":25.5,"presenceTimeoutSeconds":100,"listLimit":50}""", "heartbeatIntervalSeconds")]
    public async Task Change_AgainstARule_Answers422AndChangesNothing(string body, string said)
    {
        var answer = await PutAsync(body, "*");

        answer.IsRefusal(422, 400000);
        Assert.Contains(said, answer.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await _host.GetAsync(Route, DashboardHost.ServerKey)).Json["settingsVersion"]!.GetValue<int>());
    }

    [Fact]
    public async Task Administer_AsAViewer_Answers403()
    {
        var token = await _host.TokenAsync("anna");

        (await _host.GetAsync(Route, token)).IsRefusal(403, 400301);
        (await _host.SendAsync(HttpMethod.Put, Route, token, Good, ("If-Match", "*"))).IsRefusal(403, 400301);
    }

    [Fact]
    public async Task Disable_RefusesHeartbeatsAndReadsAndNothingElse()
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("r", token);

        await _host.ChangeSettingsAsync(enabled: false);

        (await _host.BeatAsync("r", token)).IsRefusal(403, 400300);
        (await _host.PostAsync("/api/v1/presence/heartbeats", token, """{"heartbeats":[{"roomId":"r"}]}""")).IsRefusal(403, 400300);
        (await _host.GetAsync("/api/v1/presence/rooms/r/users/count", token)).IsRefusal(403, 400300);
        (await _host.GetAsync("/api/v1/presence/rooms/r/users", token)).IsRefusal(403, 400300);
        (await _host.GetAsync("/api/v1/presence/rooms?ids=r", token)).IsRefusal(403, 400300);

        Assert.False((await _host.GetAsync("/api/v1/presence/settings", token)).Json["room"]!["enabled"]!.GetValue<bool>());
        Assert.Equal(200, (await _host.GetAsync("/api/v3/users/anna", token)).Status);
        await _host.TokenAsync("berta");
        await _host.ChangeSettingsAsync(enabled: true);
        Assert.Equal(0, (await _host.CountAsync("r")).Json["count"]!.GetValue<int>());
        Assert.Equal(202, (await _host.BeatAsync("r", token)).Status);
    }

    [Fact]
    public async Task ListLimit_CapsWhatAClientAsksFor()
    {
        await _host.BeatAsync("r", await _host.TokenAsync("anna"));
        await _host.BeatAsync("r", await _host.TokenAsync("berta"));
        await _host.ChangeSettingsAsync(listLimit: 1);

        var list = (await _host.GetAsync("/api/v1/presence/rooms/r/users?limit=200", DashboardHost.ServerKey)).Json;

        Assert.Equal((1, 1, 2), (list["total"]!.GetValue<int>(), list["limit"]!.GetValue<int>(), list["count"]!.GetValue<int>()));
    }

    private Task<Answer> PutAsync(string body, string? ifMatch) =>
        _host.SendAsync(HttpMethod.Put, Route, DashboardHost.ServerKey, body, ifMatch is null ? [] : [("If-Match", ifMatch)]);
}
