using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class LeaveTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Leave_OfAPresentSession_EmptiesTheRoomAtOnceAndMayBeRepeated()
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("left", token);

        for (var i = 0; i < 2; i++)
        {
            var answer = await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/left/heartbeat", token);
            Assert.Equal((204, ""), (answer.Status, answer.Body));
        }

        await HasAsync("left", viewers: 0);
    }

    [Fact]
    public async Task Leave_OfOneSession_LeavesTheOthers()
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("tabs", token, """{"sessionId":"tab-1"}""");
        await _host.BeatAsync("tabs", token, """{"sessionId":"tab 2"}""");

        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/tabs/heartbeat?sessionId=tab%202", token)).Status);

        var count = (await _host.CountAsync("tabs")).Json;
        Assert.Equal((1, 1), (count["count"]!.GetValue<int>(), count["sessions"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("text/plain;charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task LeaveByBeacon_WithTheTokenInItsBody_EmptiesTheRoom(string contentType)
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("beacon", token, """{"sessionId":"tab/1"}""");

        var answer = await BeaconAsync("beacon", $"token={token}&sessionId=tab%2F1", contentType);

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        await HasAsync("beacon", viewers: 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("token=")]
    [InlineData("token=forged&sessionId=x")]
    [InlineData("&&&==")]
    public async Task LeaveByBeacon_WithoutAGoodToken_Answers401(string body) => (await BeaconAsync("beacon", body)).IsRefusal(401, 400100);

    [Fact]
    public async Task LeaveByBeacon_WithAServerKeyInThePage_Answers403() =>
        (await BeaconAsync("beacon", $"token={DashboardHost.ServerKey}")).IsRefusal(403, 400301);

    [Fact]
    public async Task LeaveByBeacon_LargerThan4KiB_Answers413() =>
        (await BeaconAsync("beacon", $"token={new string('x', 4096)}")).IsRefusal(413, 499413);

    [Fact]
    public async Task LeaveByBeacon_AsJson_Answers415() => (await BeaconAsync("beacon", "{}", "application/json")).IsRefusal(415, 499415);

    [Fact]
    public async Task LeaveByBeacon_WhateverItsToken_LogsNothingOfIt()
    {
        var token = await _host.TokenAsync("anna");
        await BeaconAsync("beacon", $"token={token}");
        await BeaconAsync("beacon", "token=a-secret-that-is-wrong");

        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains(token, StringComparison.Ordinal) || line.Message.Contains("a-secret-that-is-wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leave_WhilePresenceIsOff_StillAnswers204()
    {
        await using var host = await DashboardHost.StartAsync();
        var token = await host.TokenAsync("anna");
        await host.ChangeSettingsAsync(enabled: false);

        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/off/heartbeat", token)).Status);
    }

    [Theory]
    [InlineData("a%2Fb", "")]
    [InlineData("ok", "?sessionId=a%00b")]
    [InlineData("ok", "?sessionId=a&sessionId=b")]
    public async Task Leave_WithBadIds_Answers422(string room, string query) =>
        (await _host.SendAsync(HttpMethod.Delete, $"/api/v1/presence/rooms/{room}/heartbeat{query}", await _host.TokenAsync("anna"))).IsRefusal(422, 400000);

    private Task<Answer> BeaconAsync(string room, string body, string contentType = "text/plain") =>
        _host.SendAsync(HttpMethod.Post, $"/api/v1/presence/rooms/{room}/leave", token: null, json: body, ("Content-Type", contentType));

    private async Task HasAsync(string room, int viewers) => Assert.Equal(viewers, (await _host.CountAsync(room)).Json["count"]!.GetValue<int>());
}
