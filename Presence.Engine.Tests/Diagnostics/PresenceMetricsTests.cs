using System.Text.Json;
using Presence.Engine.Changes;
using Presence.Engine.Diagnostics;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Diagnostics;

public sealed class PresenceMetricsTests
{
    [Fact]
    public void Meter_TellsWhatHappened()
    {
        using var world = new EngineWorld();
        using var measured = new Measurements(world.Engine);

        world.Beat("ann");
        world.Beat("ann");
        world.Beat("ben", session: "phone");
        world.Beat("cat");
        world.Engine.UserHeartbeat("ann");
        world.Engine.Leave(EngineWorld.Lobby, "cat", "");
        measured.Observe();
        world.Advance(60);
        world.Beat("dan");
        world.Engine.Apply(PresenceSettings.Default with { Enabled = false });

        Assert.Equal(4, measured.Sum(PresenceMetricNames.Heartbeats));
        Assert.Equal(2, measured.Sum(PresenceMetricNames.Viewers));
        Assert.Equal(2, measured.Sum(PresenceMetricNames.Sessions));
        Assert.Equal(1, measured.Sum(PresenceMetricNames.Rooms));
        Assert.Equal(1, measured.Sum(PresenceMetricNames.OnlineUsers));
        Assert.Equal(5, measured.Sum(PresenceMetricNames.WriterLag));
        Assert.Equal(60, measured.Count(PresenceMetricNames.SweepLag));

        using var since = new Measurements(world.Engine);
        since.Observe();
        Assert.Equal(4, since.Sum(PresenceMetricNames.Joins));
        Assert.Equal(1, since.Sum($"{PresenceMetricNames.Leaves} left"));
        Assert.Equal(2, since.Sum($"{PresenceMetricNames.Leaves} timeout"));
        Assert.Equal(1, since.Sum($"{PresenceMetricNames.Leaves} disabled"));
        Assert.Equal(0, since.Sum($"{PresenceMetricNames.Leaves} removed"));
    }

    [Fact]
    public async Task Meter_TellsGapsAndWaits()
    {
        using var world = new EngineWorld();
        using var measured = new Measurements(world.Engine);
        using var slow = world.Engine.Subscribe(EngineWorld.Lobby, 1);

        for (var user = 0; user < 5; user++)
            world.Beat($"user{user}");
        measured.Observe();
        Assert.Equal(1, measured.Sum(PresenceMetricNames.FeedGaps));
        world.AdvanceUnswept(60); // a sleep
        world.Engine.Sweep();
        using var since = new Measurements(world.Engine);
        since.Observe();
        Assert.Equal(2, since.Sum(PresenceMetricNames.FeedGaps));

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reads = Task.Run(() => ReadUntil(world.Engine, end.Token), end.Token);
        var hasWaited = SpinWait.SpinUntil(
            () =>
            {
                world.Beat("user1");
                return measured.Count(PresenceMetricNames.LockWait) > 0;
            },
            TimeSpan.FromMinutes(1));
        end.Cancel();
        await reads;
        Assert.True(hasWaited);
    }

    [Fact]
    public void Heartbeats_OfRoomsForgotten_StayCounted()
    {
        using var world = new EngineWorld();
        world.Beat("ann");
        world.Beat("ann");
        world.Engine.Leave(EngineWorld.Lobby, "ann", "");

        world.Advance(3_601);

        Assert.Single(world.Engine.Trend(EngineWorld.Lobby).Hour);
        Assert.Equal(2, world.Engine.Heartbeats);
    }

    [Fact]
    public void Labels_HoldNoIds()
    {
        using var world = new EngineWorld();
        using var measured = new Measurements(world.Engine);

        world.Beat("ann");
        world.Engine.UserHeartbeat("ann");
        world.Engine.Leave(EngineWorld.Lobby, "ann", "");
        measured.Observe();

        Assert.Equal(
            Enum.GetValues<LeaveReason>().Select(reason => reason.ToString().ToLowerInvariant())
                .Concat(Enum.GetNames<HeartbeatOutcome>().Skip(1).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))
                .Distinct(StringComparer.Ordinal).Select(reason => $"{PresenceMetricNames.Reason} {reason}").Order(StringComparer.Ordinal),
            measured.Labels.Select(label => $"{label.Name} {label.Value}").Order(StringComparer.Ordinal));
    }

    private static void ReadUntil(PresenceEngine engine, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            engine.Viewers(EngineWorld.Lobby, new ViewerQuery());
    }
}
