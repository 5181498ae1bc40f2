using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class RoomPrefixTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Change_WithTheETagRead_IsInForceAndRoomsSayWhereItComesFrom()
    {
        var read = await GetAsync("set-");
        Assert.Equal("""{"prefix":"set-","overrides":{},"version":0}""", read.Body);

        var answer = await PutAsync("set-", """{"overrides":{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90}}""", read.Headers.ETag!.Tag);

        Assert.Equal(200, answer.Status);
        Assert.Equal(answer.Body, (await GetAsync("set-")).Body);
        var beat = (await _host.BeatAsync("set-one", await _host.TokenAsync("anna"))).Json;
        Assert.Equal((20, 90), (beat["heartbeatIntervalSeconds"]!.GetValue<double>(), beat["presenceTimeoutSeconds"]!.GetValue<double>()));
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/rooms/set-one", DashboardHost.ServerKey, """{"overrides":{"presenceTimeoutSeconds":120}}""", ("If-Match", "*"));
        var effective = (await _host.GetAsync("/api/v1/admin/rooms/set-one", DashboardHost.ServerKey)).Json["effective"]!;
        Assert.Equal("""{"enabled":{"value":true,"from":"network"},"heartbeatIntervalSeconds":{"value":20,"from":"prefix","prefix":"set-"},"presenceTimeoutSeconds":{"value":120,"from":"room"}}""", effective.ToJsonString());
    }

    [Fact]
    public async Task Change_SwitchedOff_RefusesHeartbeatsAndReadsOfTheseRooms()
    {
        var token = await _host.TokenAsync("anna");
        await _host.BeatAsync("dark-one", token);

        await PutAsync("dark-", """{"overrides":{"enabled":false}}""", "*");

        (await _host.BeatAsync("dark-one", token)).IsRefusal(403, 400300);
        (await _host.CountAsync("dark-two")).IsRefusal(403, 400300);
        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/room-prefixes/dark-", DashboardHost.ServerKey)).Status);
        Assert.Equal(202, (await _host.BeatAsync("dark-one", token)).Status);
    }

    [Fact]
    public async Task Change_WithoutOrWithAStaleETag_IsRefusedAndChangesNothing()
    {
        var first = await PutAsync("stale-", """{"overrides":{"heartbeatIntervalSeconds":20}}""", "\"0\"");

        (await PutAsync("stale-", """{"overrides":{"heartbeatIntervalSeconds":30}}""", null)).IsRefusal(428, 499428);
        (await PutAsync("stale-", """{"overrides":{"heartbeatIntervalSeconds":30}}""", "\"0\"")).IsRefusal(412, 499412);
        (await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/room-prefixes/stale-", DashboardHost.ServerKey, null, ("If-Match", "\"0\""))).IsRefusal(412, 499412);

        Assert.Equal(first.Body, (await GetAsync("stale-")).Body);
        Assert.Contains(first.Body, (await _host.GetAsync("/api/v1/admin/room-prefixes", DashboardHost.ServerKey)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "overrides must have at least one value")]
    [InlineData("""{"overrides":{}}""", "overrides must have at least one value")]
    [InlineData("""{"overrides":{"interval":3}}""", "overrides: \"interval\"")]
    [InlineData("""{"title":"x"}""", "\"title\"")]
    [InlineData("""{"overrides":{"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":34}}""", "at least 5 s longer")]
    public async Task Change_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await PutAsync("refused-", body, "*");

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("refused-")).Json["version"]!.GetValue<int>());
    }

    private Task<Answer> GetAsync(string prefix) => _host.GetAsync($"/api/v1/admin/room-prefixes/{prefix}", DashboardHost.ServerKey);

    private Task<Answer> PutAsync(string prefix, string body, string? etag) =>
        _host.SendAsync(HttpMethod.Put, $"/api/v1/admin/room-prefixes/{prefix}", DashboardHost.ServerKey, body, etag is null ? [] : [("If-Match", etag)]);
}
