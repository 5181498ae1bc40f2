using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>What one address or server key may hold of the caps on rooms and sessions, and what is kept for server keys.</summary>
public sealed class OriginShareTests
{
    private static readonly ViewerOrigin Here = ViewerOrigin.Address(isV6: false, 1);
    private static readonly ViewerOrigin There = ViewerOrigin.Address(isV6: true, 1);
    private static readonly ViewerOrigin Key = ViewerOrigin.ServerKey(1);
    private static readonly ViewerOrigin OtherKey = ViewerOrigin.ServerKey(2);

    [Fact]
    public void Rooms_OfAnAddressThatFillsItsShare_LeaveRoomForOthersAndComeBackWhenEmpty()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Rooms = 20 });
        for (var i = 0; i < 5; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, world.Beat($"u{i}", $"r{i}", origin: Here).Outcome);

        Assert.Equal(HeartbeatOutcome.RoomShare, world.Beat("u5", "r5", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.RoomShare, world.Beat("u0", "r5", origin: Here).Outcome); // known already
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("u5", "r0", origin: Here).Outcome); // somebody is in it
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("other", "r5", origin: There).Outcome);
        Assert.Equal(6, world.Engine.CountNetwork().Rooms);

        world.Engine.Leave("r1", "u1", "");
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("u6", "r6", origin: Here).Outcome);
    }

    [Fact]
    public void Rooms_OfManyAddresses_LeaveTheReserveToServerKeys()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Rooms = 20 });
        for (var i = 0; i < 18; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, world.Beat($"u{i}", $"r{i}", origin: ViewerOrigin.Address(isV6: false, (ulong)i)).Outcome);

        Assert.Equal(HeartbeatOutcome.RoomLimit, world.Beat("u", "r", origin: There).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("u", "r", origin: Key).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("v", "s", origin: Key).Outcome);
        Assert.Equal(HeartbeatOutcome.RoomLimit, world.Beat("w", "t", origin: Key).Outcome);
    }

    [Fact]
    public void Rooms_OfOneServerKey_LeaveRoomForAnother()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Rooms = 20 });
        for (var i = 0; i < 18; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, world.Beat($"u{i}", $"r{i}", origin: Key).Outcome);

        Assert.Equal(HeartbeatOutcome.RoomShare, world.Beat("u", "r", origin: Key).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("u", "r", origin: OtherKey).Outcome);
    }

    [Fact]
    public void Sessions_OfAnAddress_CountEverySessionOfItsUsersUntilItEnds()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Sessions = 40, SessionsPerAddress = 4 });
        world.Beat("ann", session: "a", origin: Here);
        world.Beat("ann", session: "b", origin: Here);
        world.Beat("ann", room: "second", origin: Here);
        world.Beat("bob", origin: Here);

        Assert.Equal(HeartbeatOutcome.SessionShare, world.Beat("eve", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.SessionShare, world.Beat("ann", session: "c", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.SessionShare, world.Beat("ann", room: "third", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("bob", origin: Here).Outcome); // a refresh is never refused
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("eve", origin: There).Outcome);

        world.Engine.Leave(EngineWorld.Lobby, "ann", "b");
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("ann", session: "c", origin: Here).Outcome);
        world.Advance(61);
        Assert.Equal(0, world.Engine.CountNetwork().Sessions);
        for (var i = 0; i < 4; i++)
            Assert.Equal(HeartbeatOutcome.Accepted, world.Beat($"new{i}", origin: Here).Outcome);
    }

    [Fact]
    public void Sessions_OfManyAddresses_LeaveTheReserveToServerKeys()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Sessions = 10 });
        for (var i = 0; i < 9; i++)
            world.Beat($"u{i}", origin: ViewerOrigin.Address(isV6: false, (ulong)i));

        Assert.Equal(HeartbeatOutcome.SessionLimit, world.Beat("u", origin: There).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("u", origin: Key).Outcome);
    }

    [Fact]
    public void Online_OfAnAddress_HasAShareToo()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Sessions = 40, SessionsPerAddress = 2 });

        Assert.Equal(HeartbeatOutcome.Accepted, world.Engine.UserHeartbeat("a", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Engine.UserHeartbeat("b", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.SessionShare, world.Engine.UserHeartbeat("c", origin: Here).Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Engine.UserHeartbeat("c", origin: There).Outcome);
    }

    [Fact]
    public void Shares_OfAddressesThatComeAndGo_AreForgotten()
    {
        var shares = new OriginShares(new PresenceLimits());
        var random = new Random(7);
        var held = new List<int>();
        for (var i = 0; i < 20_000; i++)
        {
            if (held.Count == 0 || random.Next(2) == 0)
            {
                held.Add(shares.TryAddSession(ViewerOrigin.Address(isV6: false, (ulong)random.Next(500)))!.Value);
            }
            else
            {
                var at = random.Next(held.Count);
                shares.RemoveSession(held[at]);
                held.RemoveAt(at);
            }
        }
        Assert.Equal(held.Distinct().Count(), shares.Count);

        held.ForEach(shares.RemoveSession);
        Assert.Equal(0, shares.Count);
    }

    [Fact]
    public void Heartbeat_WhileMemoryIsShort_IsTakenFromThosePresentAlone()
    {
        using var world = new EngineWorld();
        world.Beat("here");
        world.Engine.IsMemoryShort = true;

        Assert.Equal(HeartbeatOutcome.MemoryLimit, world.Beat("new").Outcome);
        Assert.Equal(HeartbeatOutcome.MemoryLimit, world.Beat("here", session: "second").Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("here").Outcome);
        Assert.Equal(HeartbeatOutcome.MemoryLimit, world.Engine.UserHeartbeat("new").Outcome);
        world.Engine.IsMemoryShort = false;
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("new").Outcome);
    }
}
