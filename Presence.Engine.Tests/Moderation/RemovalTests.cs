using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Moderation;

public sealed class RemovalTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Remove_FromARoom_EndsEverySessionThereAtOnce()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "laptop");
        _world.Beat("ann", room: "other");

        Assert.True(_world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 10)));

        Assert.Equal(["Joined ann", "Left ann Removed"], changes.All().Select(change => change.Text()));
        Assert.Equal((0, 1), (_world.Viewers(), _world.Viewers("other")));
    }

    [Fact]
    public void Remove_AfterTheDeadlineBeforeTheSweep_WasATimeout()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        _world.Advance(59);
        _world.AdvanceUnswept(2);

        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 10));

        Assert.Equal("Left ann Timeout", changes.All()[^1].Text());
    }

    [Fact]
    public void Heartbeat_WhileRemoved_SaysWhyAndUntilWhen()
    {
        var removal = Removal(EngineWorld.Lobby, minutes: 10);
        _world.Engine.Remove(removal);

        var receipt = _world.Beat("ann");

        Assert.Equal(HeartbeatOutcome.Removed, receipt.Outcome);
        Assert.Same(removal, receipt.Removal);
        Assert.Equal(HeartbeatOutcome.Accepted, _world.Beat("ben").Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, _world.Beat("ann", room: "other").Outcome);
    }

    [Fact]
    public void Heartbeat_AtTheEndOfTheRemoval_IsAccepted()
    {
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 1));
        _world.Advance(59.9);
        Assert.Equal(HeartbeatOutcome.Removed, _world.Beat("ann").Outcome);

        _world.Advance(0.1);

        Assert.Equal(HeartbeatOutcome.Accepted, _world.Beat("ann").Outcome);
    }

    [Fact]
    public void Remove_FromTheNetwork_EndsThemEverywhere()
    {
        _world.Beat("ann");
        _world.Beat("ann", room: "other");
        _world.Engine.UserHeartbeat("ann");

        _world.Engine.Remove(Removal(null, minutes: 10));

        Assert.Equal(0, _world.Engine.CountNetwork().Sessions);
        Assert.Equal(0, _world.Engine.CountOnline().Users);
        Assert.Equal(HeartbeatOutcome.Banned, _world.Beat("ann", room: "third").Outcome);
        Assert.Equal(HeartbeatOutcome.Banned, _world.Engine.UserHeartbeat("ann").Outcome);
    }

    [Fact]
    public void Heartbeat_BannedFromTheRoomToo_NamesTheBanFromTheNetwork()
    {
        var network = Removal(null, minutes: 5);
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 10));
        _world.Engine.Remove(network);
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 20)); // whichever came last

        var receipt = _world.Beat("ann");

        Assert.Equal((HeartbeatOutcome.Banned, network), (receipt.Outcome, receipt.Removal));
    }

    [Fact]
    public void RemovalOfDevice_AtTheEndOfItsBan_IsNone()
    {
        _world.Engine.Remove(Removal(null, minutes: 1) with { Devices = "phone" });
        _world.Advance(59.9);
        Assert.NotNull(_world.Engine.RemovalOfDevice("phone"));

        _world.Advance(0.1);

        Assert.Null(_world.Engine.RemovalOfDevice("phone"));
    }

    [Fact]
    public void Lift_LetsThemInAgain()
    {
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 10));

        Assert.True(_world.Engine.Lift("ann", EngineWorld.Lobby));
        Assert.False(_world.Engine.Lift("ann", EngineWorld.Lobby));

        Assert.True(_world.Beat("ann").Joined);
    }

    [Fact]
    public void Remove_Again_ReplacesTheEndAndTheReason()
    {
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 10));
        _world.Engine.Remove(Removal(EngineWorld.Lobby, minutes: 1));

        Assert.Equal(_world.Now.AddMinutes(1), Assert.Single(_world.Engine.Removals()).Until);
    }

    [Fact]
    public void Remove_OverTheCap_IsRefusedUntilOneEnds()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Removals = 1 });
        Assert.True(world.Engine.Remove(new Removal("ann", null, world.Now.AddSeconds(20), null)));

        Assert.False(world.Engine.Remove(new Removal("ben", null, world.Now.AddSeconds(20), null)));

        world.Advance(31);
        Assert.True(world.Engine.Remove(new Removal("ben", null, world.Now.AddSeconds(20), null)));
    }

    private Removal Removal(string? room, int minutes) => new("ann", room, _world.Now.AddMinutes(minutes), "spoilers");
}
