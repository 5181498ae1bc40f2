using System.Text.Json;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class ChannelTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Members_Set_AreAnsweredAndTheAskingUserIsNotCounted()
    {
        var anna = await OnlineAsync("anna");
        await OnlineAsync("berta");

        var set = await SetAsync("crew é", """{"userIds":["anna","berta","anna","absent"]}""");
        await SetAsync("alone", """{"userIds":["anna"]}""");

        Assert.Equal((200, """{"channelId":"crew é","userIds":["anna","berta","absent"]}"""), (set.Status, set.Body));
        Assert.Equal(
            """{"channels":[{"channelId":"alone","isAnyMemberOnline":false,"onlineCount":0},{"channelId":"crew é","isAnyMemberOnline":true,"onlineCount":1},{"channelId":"unknown","isAnyMemberOnline":false,"onlineCount":0}]}""",
            (await _host.GetAsync("/api/v1/presence/channels/list?channelIds=alone&channelIds=crew%20%C3%A9&channelIds=unknown", anna)).Body);
        Assert.Equal(
            """{"channels":[{"channelId":"alone","isAnyMemberOnline":true,"onlineCount":1},{"channelId":"crew é","isAnyMemberOnline":true,"onlineCount":2}]}""",
            (await _host.GetAsync("/api/v1/presence/channels/list?channelIds[]=alone&channelIds[]=crew%20%C3%A9", DashboardHost.ServerKey)).Body);
    }

    [Fact]
    public async Task Members_SetAgain_TakeThePlaceOfThoseBefore()
    {
        await OnlineAsync("cora");
        await SetAsync("again", """{"userIds":["cora"]}""");
        Assert.Equal(1, await OnlineInAsync("again"));

        Assert.Equal("""{"channelId":"again","userIds":[]}""", (await SetAsync("again", """{"userIds":[]}""")).Body);

        Assert.Equal(0, await OnlineInAsync("again"));
    }

    [Theory]
    [InlineData("{}", "userIds is missing")]
    [InlineData("""{"userIds":["a",null]}""", "userIds[1]")]
    [InlineData("""{"userIds":["a",""]}""", "userIds[1]")]
    [InlineData("""{"userIds":[],"members":[]}""", "\"members\"")]
    public async Task Members_AgainstARule_AreRefused(string body, string message)
    {
        var answer = await SetAsync("refused", body);

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_MoreThanAThousand_AreRefused()
    {
        Assert.Equal(200, (await SetAsync("large", Many(1_000))).Status);
        (await SetAsync("large", Many(1_001))).IsRefusal(422, 400000);
        static string Many(int count) => JsonSerializer.Serialize(new { userIds = Enumerable.Range(0, count).Select(i => $"user-{i}") });
    }

    [Fact]
    public async Task List_OfMoreThanAHundred_IsRefused()
    {
        static string Ids(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"channelIds=c{i}"));

        Assert.Equal(200, (await _host.GetAsync($"/api/v1/presence/channels/list?{Ids(100)}", DashboardHost.ServerKey)).Status);
        (await _host.GetAsync($"/api/v1/presence/channels/list?{Ids(101)}", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await _host.GetAsync("/api/v1/presence/channels/list?channelIds=a%2Fb", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        Assert.Equal("""{"channels":[]}""", (await _host.GetAsync("/api/v1/presence/channels/list", DashboardHost.ServerKey)).Body);
    }

    private async Task<string> OnlineAsync(string userId)
    {
        var token = await _host.TokenAsync(userId);
        Assert.Equal(202, (await _host.PostAsync("/api/v1/presence/heartbeat", token)).Status);
        return token;
    }

    private async Task<int> OnlineInAsync(string channelId) =>
        (await _host.GetAsync($"/api/v1/presence/channels/list?channelIds={channelId}", DashboardHost.ServerKey)).Json["channels"]![0]!["onlineCount"]!.GetValue<int>();

    private Task<Answer> SetAsync(string channelId, string body) =>
        _host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{Uri.EscapeDataString(channelId)}/members", DashboardHost.ServerKey, body);
}
