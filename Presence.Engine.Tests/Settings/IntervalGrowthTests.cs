using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Settings;

public sealed class IntervalGrowthTests
{
    [Fact]
    public void Next_Off_NeverGrows() => Assert.Equal(0, IntervalGrowth.Next(5, 2_000_000, PresenceSettings.Default));

    /// <summary>Whatever comes and goes: bounded while the interval can grow, valid by rule 5, never shorter than set, and no step back and forth at one number.</summary>
    [Fact]
    public void Next_RandomCrowds_StaysBoundedValidAndDoesNotFlap()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var interval = random.Next(1, 600);
            var settings = EngineWorld.Seconds(interval, random.Next(interval + 5, 3_601)) with { RoomHeartbeatsPerSecond = random.Next(1, 2_000) };
            var step = 0;
            for (var i = 0; i < 50; i++)
            {
                var sessions = random.Next(200_000);
                var last = step;
                step = IntervalGrowth.Next(step, sessions, settings);
                var grown = IntervalGrowth.At(step, settings);

                Assert.True(grown.HeartbeatInterval >= settings.HeartbeatInterval, $"seed {seed}");
                Assert.True(step == 0 || grown.PresenceTimeout >= settings.PresenceTimeout, $"seed {seed}");
                Assert.True(PresenceSettingsRules.Problems(grown).Count == 0, $"seed {seed}: {grown}");
                var isBounded = sessions / grown.HeartbeatInterval.TotalSeconds <= settings.RoomHeartbeatsPerSecond;
                Assert.True(isBounded || grown.HeartbeatInterval == PresenceSettingsRules.LongestInterval, $"seed {seed}: {sessions} sessions at {grown.HeartbeatInterval}");
                Assert.Equal(step, IntervalGrowth.Next(step, sessions, settings));
                if (step > 0 && step > last)
                    Assert.Equal(step, IntervalGrowth.Next(step, (int)(sessions * 0.9), settings)); // a tenth fewer is no reason to go back
            }
        }
    }

    [Fact]
    public void Sweep_CrowdedRoom_GrowsThereAloneAndGoesBackWhenItEmpties()
    {
        using var world = new EngineWorld(PresenceSettings.Default with { RoomHeartbeatsPerSecond = 10 });
        Join(world, 400);
        world.Beat("ann", room: "other");
        Assert.Equal(30, world.Beat("u1").Settings.HeartbeatInterval.TotalSeconds);

        world.Advance(1);

        var effective = world.Engine.Effective(EngineWorld.Lobby);
        Assert.Equal((48, 96, 30.0, 400), (effective.Values.HeartbeatInterval.TotalSeconds, effective.Values.PresenceTimeout.TotalSeconds, effective.Grown?.From.TotalSeconds, effective.Grown?.Sessions));
        Assert.Equal((48, 96), (world.Beat("u1").Settings.HeartbeatInterval.TotalSeconds, world.Beat("u1").Settings.PresenceTimeout.TotalSeconds));
        Assert.Equal(30, world.Beat("ann", room: "other").Settings.HeartbeatInterval.TotalSeconds);
        Assert.Null(world.Engine.Effective("other").Grown);

        for (var i = 50; i < 400; i++)
            world.Engine.Leave(EngineWorld.Lobby, $"u{i}", "");
        world.Advance(1);
        Assert.Equal(30, world.Beat("u1").Settings.HeartbeatInterval.TotalSeconds);
    }

    [Fact]
    public void Apply_OtherSettingsWhileGrown_GrowFromTheNewOnesAtOnce()
    {
        using var world = new EngineWorld(PresenceSettings.Default with { RoomHeartbeatsPerSecond = 10 });
        Join(world, 400);
        world.Advance(1);

        world.Engine.Apply(EngineWorld.Seconds(20, 60) with { RoomHeartbeatsPerSecond = 10, Version = 2 });
        Assert.Equal(40, world.Beat("u1").Settings.HeartbeatInterval.TotalSeconds); // 20, 25, 32, 40

        world.Engine.Apply(EngineWorld.Seconds(20, 60) with { Version = 3 });
        Assert.Equal(20, world.Beat("u1").Settings.HeartbeatInterval.TotalSeconds);
    }

    [Fact]
    public void Apply_BoundOfRooms_LeavesUserPresenceAlone()
    {
        using var world = new EngineWorld();
        for (var i = 0; i < 100; i++)
            world.Engine.UserHeartbeat($"u{i}");
        world.Engine.Apply(PresenceSettings.Default with { RoomHeartbeatsPerSecond = 1, Version = 2 });
        world.Advance(1);

        Assert.Equal(30, world.Engine.UserHeartbeat("u1").Settings.HeartbeatInterval.TotalSeconds);
    }

    /// <summary>20,000 viewers who keep what each reply says: before, while it grows, and after, nobody drops out, and the rate is bounded.</summary>
    [Fact]
    public void Sweep_Of20000ViewersWhoKeepTheirPace_BoundsTheRateAndDropsNobody()
    {
        const int Viewers = 20_000;
        using var world = new EngineWorld();
        var next = new SortedDictionary<int, List<int>>();
        var random = new Random(1);
        for (var viewer = 0; viewer < Viewers; viewer++)
            Plan(next, random.Next(1, 31), viewer);

        var rates = new List<(int Second, int Heartbeats)>();
        for (var second = 1; second <= 700; second++)
        {
            if (second == 120)
                world.Engine.Apply(world.Engine.Settings with { RoomHeartbeatsPerSecond = 200, Version = 2 });
            if (second == 500)
                world.Engine.Apply(world.Engine.Settings with { RoomHeartbeatsPerSecond = 0, Version = 3 });
            var due = next.Remove(second, out var viewers) ? viewers : [];
            foreach (var viewer in due)
                Plan(next, second + (int)world.Beat($"u{viewer}").Settings.HeartbeatInterval.TotalSeconds, viewer);
            rates.Add((second, due.Count));
            world.Advance(1);
            Assert.True(second < 31 || world.Viewers() == Viewers, $"{world.Viewers()} viewers in second {second}");
        }

        var before = rates.Where(rate => rate.Second is > 60 and < 120).Average(rate => rate.Heartbeats);
        var bounded = rates.Where(rate => rate.Second is > 300 and < 500).Average(rate => rate.Heartbeats);
        TestContext.Current.TestOutputHelper?.WriteLine($"{before:0} heartbeats a second before, {bounded:0} bounded by 200");
        Assert.InRange(before, 640, 690);
        Assert.InRange(bounded, 100, 200);
    }

    [Fact]
    public void Restore_OfACrowdedRoom_PromisesAtLeastWhatItWasToldBefore()
    {
        var settings = PresenceSettings.Default with { RoomHeartbeatsPerSecond = 10 };
        using var world = new EngineWorld(settings);
        Join(world, 700);
        world.Advance(1);
        var told = world.Beat("u1").Settings;
        var joined = world.Now;
        using var next = new PresenceEngine(world.Time, settings, new PresenceLimits());

        next.Restore(Enumerable.Range(0, 700).Select(i => new RestoredSession(new MembershipChange(i + 1, IsJoin: true, EngineWorld.Lobby, $"u{i}", "", IsGuest: false, ViewerState.Visible, joined), null)));
        for (var passed = TimeSpan.FromSeconds(1); passed < told.PresenceTimeout; passed += TimeSpan.FromSeconds(1))
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            next.Sweep();
        }

        Assert.Equal(700, next.Count(EngineWorld.Lobby).Viewers);
    }

    private static void Plan(SortedDictionary<int, List<int>> next, int second, int viewer)
    {
        if (!next.TryGetValue(second, out var viewers))
            next.Add(second, viewers = []);
        viewers.Add(viewer);
    }

    private static void Join(EngineWorld world, int viewers)
    {
        for (var i = 0; i < viewers; i++)
            world.Beat($"u{i}");
    }
}
