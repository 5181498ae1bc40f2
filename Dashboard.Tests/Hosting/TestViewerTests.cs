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
        _viewers = new TestViewers(_engine, _time);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Send_ToARoom_IsAMarkedViewerForAMinuteAndLeaves()
    {
        Assert.Equal(HeartbeatOutcome.Accepted, _viewers.Send("stage"));

        var viewer = Assert.Single(_engine.Viewers("stage", new ViewerQuery()).Viewers);
        Assert.Equal((TestViewers.UserId, "Test viewer"), (viewer.UserId, viewer.Profile?.DisplayName));
        Assert.Equal("Test from the dashboard", Assert.Single(_engine.Sessions("stage", TestViewers.UserId)).Device.Name);
        Pass(59);
        Assert.Equal(1, _engine.Count("stage").Viewers);
        Pass(1);
        Assert.Equal(0, _engine.Count("stage").Viewers);
        Assert.Equal(Presence.Engine.Changes.LeaveReason.Left, Assert.Single(_engine.Departures("stage")).Reason);
    }

    [Fact]
    public void Send_WithTheShortestTimeout_BeatsAsOftenAsTheSettingsSay()
    {
        _engine.Apply(_engine.Settings with { HeartbeatInterval = TimeSpan.FromSeconds(2), PresenceTimeout = TimeSpan.FromSeconds(6), Version = 2 });
        _viewers.Send("stage");

        Pass(59);

        Assert.Equal(1, _engine.Count("stage").Viewers);
        Assert.InRange(_engine.Heartbeats, 25, 31);
    }

    [Fact]
    public void Send_Again_IsTheSameViewerForAnotherMinute()
    {
        _viewers.Send("stage");
        Pass(40);

        _viewers.Send("stage");
        Pass(59);

        Assert.Equal(1, _engine.Count("stage").Viewers);
        Pass(1);
        Assert.Equal(0, _engine.Count("stage").Viewers);
    }

    [Fact]
    public void Send_ToMoreRoomsThanMayBe_IsRefusedUntilOneIsOver()
    {
        for (var i = 0; i < TestViewers.Most; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, _viewers.Send($"room-{i}"));

        Assert.Null(_viewers.Send("one-more"));
        Assert.Equal(0, _engine.Count("one-more").Viewers);
        Assert.Equal(HeartbeatOutcome.Accepted, _viewers.Send("room-0"));
        Pass(60);

        Assert.Equal(HeartbeatOutcome.Accepted, _viewers.Send("one-more"));
    }

    [Fact]
    public void Send_WhereHeartbeatsAreRefused_SaysWhyAsAClientIsTold()
    {
        _engine.Define("ended", new RoomDefinition { Status = RoomStatus.Ended });

        Assert.Equal(HeartbeatOutcome.RoomEnded, _viewers.Send("ended"));
        _engine.Apply(_engine.Settings with { Enabled = false, Version = 2 });
        Assert.Equal(HeartbeatOutcome.NetworkDisabled, _viewers.Send("stage"));
        Assert.Equal(0, _engine.CountNetwork().Viewers);
    }

    [Fact]
    public async Task Server_PassesOncePerSecond()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        host.Services.GetRequiredService<TestViewers>().Send("stage");

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return engine.Count("stage").Viewers == 0;
            },
            "the test viewer left");
        Assert.Equal(Presence.Engine.Changes.LeaveReason.Left, Assert.Single(engine.Departures("stage")).Reason); // before it would have timed out
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _viewers.Pass();
            _engine.Sweep();
        }
    }
}
