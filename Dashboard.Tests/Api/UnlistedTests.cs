using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary><c>listed: false</c> over the wire.</summary>
public sealed class UnlistedTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;
    private readonly string _room = "room-" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Heartbeat_ThatAsksNotToBeListed_CountsAndIsNamedToNobody()
    {
        var (anna, berta) = (await _host.TokenAsync("anna"), await _host.TokenAsync("berta"));
        await using var stream = await StreamClient.OpenAsync(_host, _room, DashboardHost.ServerKey);
        await stream.NextAsync("snapshot");
        Assert.Equal(202, (await _host.BeatAsync(_room, berta, """{"listed":false}""")).Status);
        Assert.Equal(202, (await _host.BeatAsync(_room, anna, """{"listed":true}""")).Status);
        Assert.Equal(202, (await _host.BeatAsync(_room, berta)).Status); // says nothing of it

        foreach (var caller in new[] { anna, berta, DashboardHost.ServerKey })
        {
            var list = (await _host.GetAsync($"/api/v1/presence/rooms/{_room}/users?sort=joined", caller)).Json;
            Assert.Equal(["anna"], list["viewers"]!.AsArray().Select(viewer => viewer!["userId"]!.GetValue<string>()));
            Assert.Equal((1, 2, 1), (list["total"]!.GetValue<int>(), list["count"]!.GetValue<int>(), list["unlisted"]!.GetValue<int>()));
        }
        var count = (await _host.CountAsync(_room)).Json;
        Assert.Equal((2, 1), (count["count"]!.GetValue<int>(), count["unlisted"]!.GetValue<int>()));
        StreamEvent joined;
        do
        {
            joined = await stream.NextAsync();
            Assert.DoesNotContain("berta", joined.Data.ToJsonString(), StringComparison.Ordinal);
        }
        while (joined.Name != "joined");
        Assert.Equal(("anna", 2), (joined.UserId, joined.Count));

        await _host.SendAsync(HttpMethod.Delete, $"/api/v1/presence/rooms/{_room}/heartbeat", berta);
        await _host.SendAsync(HttpMethod.Delete, $"/api/v1/presence/rooms/{_room}/heartbeat", anna);
        StreamEvent left;
        do
        {
            left = await stream.NextAsync();
            Assert.DoesNotContain("berta", left.Data.ToJsonString(), StringComparison.Ordinal);
        }
        while (left.Name != "left");
        Assert.Equal(("anna", 0), (left.UserId, left.Count));

        await _host.Services.GetRequiredService<MembershipStore>().FlushAsync(TestContext.Current.CancellationToken);
        var attendance = (await _host.GetAsync($"/api/v1/admin/attendance?roomId={_room}&from=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z", DashboardHost.ServerKey)).Body;
        Assert.Contains("anna", attendance, StringComparison.Ordinal);
        Assert.DoesNotContain("berta", attendance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_WithoutAnybodyUnlisted_SayNothingOfIt()
    {
        await _host.BeatAsync(_room, await _host.TokenAsync("anna"));

        Assert.Null((await _host.CountAsync(_room)).Json["unlisted"]);
        Assert.Null((await _host.GetAsync($"/api/v1/presence/rooms/{_room}/users", DashboardHost.ServerKey)).Json["unlisted"]);
    }

    [Fact]
    public async Task ManyHeartbeats_OneThatAsksNotToBeListed_IsNamedToNobody()
    {
        var body = new JsonObject { ["heartbeats"] = new JsonArray(new JsonObject { ["roomId"] = _room, ["userId"] = "carl", ["listed"] = false }, new JsonObject { ["roomId"] = _room, ["userId"] = "dora" }) };

        Assert.Equal(2, (await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, body.ToJsonString())).Json["accepted"]!.GetValue<int>());

        var list = (await _host.GetAsync($"/api/v1/presence/rooms/{_room}/users", DashboardHost.ServerKey)).Json;
        Assert.Equal(["dora"], list["viewers"]!.AsArray().Select(viewer => viewer!["userId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Unlisted_ByItsId_CanBeBanned()
    {
        var token = await _host.TokenAsync("emil" + _room);
        await _host.BeatAsync(_room, token, """{"listed":false}""");

        var banned = await _host.PostAsync($"/api/v1/admin/rooms/{_room}/removals", DashboardHost.ServerKey, new JsonObject { ["userId"] = "emil" + _room, ["durationSeconds"] = 60 }.ToJsonString());

        Assert.InRange(banned.Status, 200, 201);
        (await _host.BeatAsync(_room, token)).IsRefusal(403, 499601);
        Assert.Equal(0, (await _host.CountAsync(_room)).Json["count"]!.GetValue<int>());
    }
}
