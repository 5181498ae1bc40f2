using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class TestViewerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PresenceEngine _engine;
    private readonly TestViewers _viewers;

    public TestViewerTests()
    {
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _viewers = new TestViewers(new LocalPresence(_engine), _time);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Send_ToARoom_IsAMarkedViewerForAMinuteAndLeaves()
    {
        Assert.Equal(HeartbeatOutcome.Accepted, await _viewers.SendAsync("stage"));

        var viewer = Assert.Single(_engine.Viewers("stage", new ViewerQuery()).Viewers);
        Assert.Equal((TestViewers.UserId, "Test viewer"), (viewer.UserId, viewer.Profile?.DisplayName));
        Assert.Equal("Test from the dashboard", Assert.Single(_engine.Sessions("stage", TestViewers.UserId)).Device.Name);
        await PassAsync(59);
        Assert.Equal(1, _engine.Count("stage").Viewers);
        await PassAsync(1);
        Assert.Equal(0, _engine.Count("stage").Viewers);
        Assert.Equal(Presence.Engine.Changes.LeaveReason.Left, Assert.Single(_engine.Departures("stage")).Reason);
    }

    [Fact]
    public async Task Send_WithTheShortestTimeout_BeatsAsOftenAsTheSettingsSay()
    {
        _engine.Apply(_engine.Settings with { HeartbeatInterval = TimeSpan.FromSeconds(2), PresenceTimeout = TimeSpan.FromSeconds(6), Version = 2 });
        await _viewers.SendAsync("stage");

        await PassAsync(59);

        Assert.Equal(1, _engine.Count("stage").Viewers);
        Assert.InRange(_engine.Heartbeats, 25, 31);
    }

    [Fact]
    public async Task Send_Again_IsTheSameViewerForAnotherMinute()
    {
        await _viewers.SendAsync("stage");
        await PassAsync(40);

        await _viewers.SendAsync("stage");
        await PassAsync(59);

        Assert.Equal(1, _engine.Count("stage").Viewers);
        await PassAsync(1);
        Assert.Equal(0, _engine.Count("stage").Viewers);
    }

    [Fact]
    public async Task Send_ToMoreRoomsThanMayBe_IsRefusedUntilOneIsOver()
    {
        for (var i = 0; i < TestViewers.Most; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, await _viewers.SendAsync($"room-{i}"));

        Assert.Null(await _viewers.SendAsync("one-more"));
        Assert.Equal(0, _engine.Count("one-more").Viewers);
        Assert.Equal(HeartbeatOutcome.Accepted, await _viewers.SendAsync("room-0"));
        await PassAsync(60);

        Assert.Equal(HeartbeatOutcome.Accepted, await _viewers.SendAsync("one-more"));
    }

    [Fact]
    public async Task Send_WhereHeartbeatsAreRefused_SaysWhyAsAClientIsTold()
    {
        _engine.Define("ended", new RoomDefinition { Status = RoomStatus.Ended });

        Assert.Equal(HeartbeatOutcome.RoomEnded, await _viewers.SendAsync("ended"));
        _engine.Apply(_engine.Settings with { Enabled = false, Version = 2 });
        Assert.Equal(HeartbeatOutcome.NetworkDisabled, await _viewers.SendAsync("stage"));
        Assert.Equal(0, _engine.CountNetwork().Viewers);
    }

    [Fact]
    public async Task Server_PassesOncePerSecond()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        await host.Services.GetRequiredService<TestViewers>().SendAsync("stage");

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return engine.Count("stage").Viewers == 0;
            },
            "the test viewer left");
        Assert.Equal(Presence.Engine.Changes.LeaveReason.Left, Assert.Single(engine.Departures("stage")).Reason); // before it would have timed out
    }

    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _viewers.PassAsync(CancellationToken.None);
            _engine.Sweep();
        }
    }
}
