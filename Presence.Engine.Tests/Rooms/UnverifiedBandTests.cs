using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>Sessions with the pattern of machines: counted, and told apart.</summary>
public sealed class UnverifiedBandTests
{
    private const string Lobby = EngineWorld.Lobby;

    /// <summary>What docs/configuration.md recommends to who turns it on.</summary>
    private static readonly PresenceLimits On = new() { MetronomeHeartbeats = 20, CrowdedAddress = 200 };

    [Fact]
    public void Metronome_NobodyVouchedFor_IsInTheBandAfterItsHeartbeatsAndOutWithTheFirstThatIsNot()
    {
        using var world = new EngineWorld(limits: On);
        for (var i = 0; i < 21; i++)
        {
            Beat(world, "bot");
            Assert.Equal(0, world.Engine.Count(Lobby).Unverified);
            world.Advance(30 + (i % 2 * 0.02));
        }
        using var watch = world.Engine.Watch(Lobby);

        Beat(world, "bot");
        Assert.Equal((1, 1), (world.Engine.Count(Lobby).Viewers, world.Engine.Count(Lobby).Unverified));
        Assert.Equal(BandReason.Metronome, world.Engine.Find(Lobby, "bot")!.Viewer.Band);
        Assert.Equal(BandReason.Metronome, Assert.Single(world.Engine.Viewers(Lobby, new ViewerQuery()).Viewers).Band);
        Assert.True(watch.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        Assert.Empty(world.Engine.Audit());

        world.Advance(28);
        Beat(world, "bot");
        Assert.Equal(0, world.Engine.Count(Lobby).Unverified);
        Assert.Equal(BandReason.None, world.Engine.Find(Lobby, "bot")!.Viewer.Band);
        Assert.Empty(world.Engine.Audit());
    }

    [Fact]
    public void Metronome_SomebodyVouchedForOrWithTheBandOff_IsNot()
    {
        using var off = new EngineWorld();
        using var on = new EngineWorld(limits: On);
        for (var i = 0; i < 50; i++)
        {
            on.Beat("known");
            Beat(off, "bot");
            on.Advance(30);
            off.Advance(30);
        }

        Assert.Equal(0, on.Engine.Count(Lobby).Unverified);
        Assert.False(new PresenceLimits().HasBand);
        Assert.Equal(0, off.Engine.Count(Lobby).Unverified);
    }

    [Fact]
    public void Viewer_WithOneSessionOfAPerson_IsNotInTheBand()
    {
        using var world = new EngineWorld(limits: On);
        for (var i = 0; i < 25; i++)
        {
            Beat(world, "ann", session: "script");
            world.Advance(30);
        }
        Beat(world, "ann", session: "script");
        Assert.Equal(1, world.Engine.Count(Lobby).Unverified);

        Beat(world, "ann", session: "phone");
        Assert.Equal(0, world.Engine.Count(Lobby).Unverified);
        world.Engine.Leave(Lobby, "ann", "phone");
        Assert.Equal(1, world.Engine.Count(Lobby).Unverified);
        Assert.Empty(world.Engine.Audit());
        world.Engine.Leave(Lobby, "ann", "script");
        Assert.Equal(0, world.Engine.Count(Lobby).Unverified);
        Assert.Empty(world.Engine.Audit());
    }

    [Fact]
    public void Address_WithMoreSessionsThanOneOfPeople_PutsThemInTheBandUntilTheyAreFewer()
    {
        using var world = new EngineWorld(limits: On);
        var crowded = ViewerOrigin.Address(isV6: false, bits: 7);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 201; i++)
                Beat(world, $"bot{i}", origin: crowded);
            Beat(world, "ann", origin: ViewerOrigin.Address(isV6: false, bits: 8));
            world.Advance(17 + round);
        }

        Assert.Equal((202, 201), (world.Engine.Count(Lobby).Viewers, world.Engine.Count(Lobby).Unverified));
        Assert.Equal(BandReason.CrowdedAddress, world.Engine.Find(Lobby, "bot3")!.Viewer.Band);
        Assert.Empty(world.Engine.Audit());

        world.Engine.Leave(Lobby, "bot0", "");
        for (var i = 1; i < 201; i++)
            Beat(world, $"bot{i}", origin: crowded);
        Assert.Equal(0, world.Engine.Count(Lobby).Unverified);
    }

    [Fact]
    public void Metronome_InTheBackground_IsABrowserThatWakesTabsByTheMinute()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 90), On);
        for (var i = 0; i < 50; i++)
        {
            Beat(world, "ann", state: ViewerState.Hidden);
            world.Advance(60);
        }

        Assert.Equal((1, 0), (world.Engine.Count(Lobby).Viewers, world.Engine.Count(Lobby).Unverified));
    }

    /// <summary>
    /// 10,000 people for 50 minutes, 150 behind each address: three quarters wait as they are told, which both clients do, a quarter is in the background, where
    /// browsers wake them by the minute. The network takes up to 40 ms, now and then half a second.
    /// </summary>
    [Fact]
    public void Band_AmongTenThousandHonestSessions_FindsTheMachinesAndNobodyElse()
    {
        const int People = 10_000;
        const int Machines = 50;
        using var world = new EngineWorld(EngineWorld.Seconds(30, 90), On);
        var random = new Random(20261201);
        var due = new PriorityQueue<int, double>();
        for (var number = 0; number < People + Machines; number++)
            due.Enqueue(number, random.NextDouble() * 30_000);
        var now = 0d;
        while (due.TryDequeue(out var number, out var at) && at < 50 * 60_000)
        {
            if (at > now)
            {
                world.Time.Advance(TimeSpan.FromMilliseconds(at - now));
                now = at;
            }
            var isHidden = number % 4 == 0 && number < People;
            Beat(world, $"user {number}", origin: ViewerOrigin.Address(isV6: false, bits: (ulong)(number % 67)), state: isHidden ? ViewerState.Hidden : ViewerState.Visible);
            var network = (random.NextDouble() * 40) + (random.Next(20) == 0 ? random.NextDouble() * 500 : 0);
            due.Enqueue(number, at + (number >= People ? 30_000 + (random.NextDouble() * 10) : isHidden ? 60_000 + (random.NextDouble() * 10) : (30_000 * (1 - (0.1 * random.NextDouble()))) + network));
        }

        Assert.Equal((People + Machines, Machines), (world.Engine.Count(Lobby).Viewers, world.Engine.Count(Lobby).Unverified));
        Assert.All(Enumerable.Range(People, Machines), number => Assert.Equal(BandReason.Metronome, world.Engine.Find(Lobby, $"user {number}")!.Viewer.Band));
    }

    [Fact]
    public void Heartbeat_OfASessionThatIsLookedAt_AllocatesNothing()
    {
        using var world = new EngineWorld(limits: On);
        var heartbeat = new Heartbeat { RoomId = Lobby, UserId = "bot", SessionId = "", IsUnverified = true };
        for (var i = 0; i < 100; i++)
            world.Engine.Heartbeat(heartbeat);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
            world.Engine.Heartbeat(heartbeat);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Beat(EngineWorld world, string user, string session = "", ViewerOrigin origin = default, ViewerState state = ViewerState.Visible) =>
        world.Engine.Heartbeat(new Heartbeat { RoomId = Lobby, UserId = user, SessionId = session, Origin = origin, State = state, IsUnverified = true });
}
