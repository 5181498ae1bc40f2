using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Api;

public sealed class ManyHeartbeatsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Route = "/api/v1/presence/heartbeats";

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task BeatMany_AsAViewer_IsPresentInEveryRoomAsItself()
    {
        var answer = await _host.PostAsync(Route, await _host.TokenAsync("anna"), """{"heartbeats":[{"roomId":"m1"},{"roomId":"m2","state":"hidden","sessionId":"tab"}]}""");

        Assert.Equal((202, """{"accepted":2,"rejected":[]}"""), (answer.Status, answer.Body));
        Assert.Equal("anna", (await _host.GetAsync("/api/v1/presence/rooms/m2/users", DashboardHost.ServerKey)).Json["viewers"]![0]!["userId"]!.GetValue<string>());
    }

    [Fact]
    public async Task BeatMany_WithAServerKey_IsPresentAsWhomItNames()
    {
        var answer = await _host.PostAsync(Route, DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"s1","userId":"x"},{"roomId":"s1","userId":"y"},{"roomId":"s1","userId":"x","sessionId":"tv"}]}""");

        Assert.Equal("""{"accepted":3,"rejected":[]}""", answer.Body);
        var count = (await _host.CountAsync("s1")).Json;
        Assert.Equal((2, 3), (count["count"]!.GetValue<int>(), count["sessions"]!.GetValue<int>()));
    }

    [Fact]
    public async Task BeatMany_WithDevicesAndVersions_ShowsThemAsSingleHeartbeatsDo()
    {
        var answer = await _host.PostAsync(Route, DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"devices","userId":"x","device":"Set-top box","appVersion":"3.1.0"}]}""");

        Assert.Equal("""{"accepted":1,"rejected":[]}""", answer.Body);
        var session = Assert.Single(_host.Services.GetRequiredService<PresenceEngine>().Sessions("devices", "x"));
        Assert.Equal(new SessionDevice("Set-top box", "3.1.0"), session.Device);
    }

    [Fact]
    public async Task BeatMany_WithBadEntries_RejectsThoseByTheirPlaceAndTakesTheRest()
    {
        var answer = await _host.PostAsync(
            Route,
            await _host.TokenAsync("anna"),
            """{"heartbeats":[{"roomId":"a/b"},{"roomId":"good"},{},null,{"roomId":"good","userId":"victim"},{"roomId":"good","state":"asleep"},{"roomId":"good","userId":"anna"}]}""");

        Assert.Equal(202, answer.Status);
        Assert.Equal(2, answer.Json["accepted"]!.GetValue<int>());
        Assert.Equal(
            [(0, 400000), (2, 400000), (3, 400000), (4, 400301), (5, 400000)],
            answer.Json["rejected"]!.AsArray().Select(entry => (entry!["index"]!.GetValue<int>(), entry["code"]!.GetValue<int>())));
        Assert.Equal(["anna"], (await _host.GetAsync("/api/v1/presence/rooms/good/users", DashboardHost.ServerKey)).Json["viewers"]!.AsArray().Select(viewer => viewer!["userId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task BeatMany_WithAFaultInTheMiddle_SaysWhichIsNotStoredAndTakesTheRest()
    {
        var clock = new FailingClock();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = clock });
        await host.PostAsync(Route, DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"fault","userId":"first"}]}""");
        var entries = new JsonArray([.. Enumerable.Range(0, 20).Select(i => (JsonNode)new JsonObject { ["roomId"] = "fault", ["userId"] = $"u{i}" })]);

        clock.FailAfter(10);
        var answer = await host.PostAsync(Route, DashboardHost.ServerKey, new JsonObject { ["heartbeats"] = entries }.ToJsonString());

        Assert.Equal((202, 19), (answer.Status, (int)answer.Json["accepted"]!));
        var rejected = Assert.Single(answer.Json["rejected"]!.AsArray())!;
        Assert.Equal(500000, (int)rejected["code"]!);
        Assert.Equal(
            Enumerable.Range(0, 20).Where(i => i != (int)rejected["index"]!).Select(i => $"u{i}").Append("first").Order(StringComparer.Ordinal),
            (await host.GetAsync("/api/v1/presence/rooms/fault/users", DashboardHost.ServerKey)).Json["viewers"]!.AsArray().Select(viewer => (string)viewer!["userId"]!).Order(StringComparer.Ordinal));
        Assert.Single(host.Log.Faults);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"heartbeats":{}}""")]
    [InlineData("""{"heartbeats":["r"]}""")]
    public async Task BeatMany_WithoutAList_Answers422(string body) => (await _host.PostAsync(Route, DashboardHost.ServerKey, body)).IsRefusal(422, 400000);

    [Fact]
    public async Task BeatMany_WithoutABody_Answers400() => (await _host.PostAsync(Route, DashboardHost.ServerKey)).IsRefusal(400, 400000);

    [Theory]
    [InlineData(1000, 202)]
    [InlineData(1001, 422)]
    public async Task BeatMany_WithAServerKey_TakesAThousand(int count, int status)
    {
        var entries = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)new JsonObject { ["roomId"] = "thousand", ["userId"] = $"u{i}" })]);

        Assert.Equal(status, (await _host.PostAsync(Route, DashboardHost.ServerKey, new JsonObject { ["heartbeats"] = entries }.ToJsonString())).Status);
    }

    [Theory]
    [InlineData("ADMIN_x")]
    [InlineData("~guest-000000000000000000000000")]
    [InlineData(null)]
    public async Task BeatMany_WithAServerKeyForAReservedOrMissingUser_RejectsThat(string? userId)
    {
        var body = new JsonObject { ["heartbeats"] = new JsonArray(new JsonObject { ["roomId"] = "reserved", ["userId"] = userId }) };

        Assert.Equal(0, (await _host.PostAsync(Route, DashboardHost.ServerKey, body.ToJsonString())).Json["accepted"]!.GetValue<int>());
    }

    /// <summary>Stands still, and fails once when it is told to.</summary>
    private sealed class FailingClock : TimeProvider
    {
        private int _left = int.MaxValue;

        public void FailAfter(int reads) => Volatile.Write(ref _left, reads);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56);

        public override long GetTimestamp() => Interlocked.Decrement(ref _left) == 0 ? throw new InvalidOperationException("the clock fails") : 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
