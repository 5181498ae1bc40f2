using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>A room is remembered for an hour after its last viewer left, however long it was live.</summary>
public sealed class RoomAgeTests
{
    private const int Minute = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(61)]
    [InlineData(150)]
    public void Sweep_AfterAShow_RemembersTheRoomForAnHour(int minutes)
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 60));
        Watch(world, minutes);
        world.Engine.Leave(EngineWorld.Lobby, "ann", "");

        world.Advance((60 * Minute) - 1);
        Assert.Equal(1, world.Engine.KnownRooms);
        Assert.Single(world.Engine.Departures(EngineWorld.Lobby));

        world.Advance(1);
        Assert.Equal(0, world.Engine.KnownRooms);
    }

    [Fact]
    public void Sweep_AfterTheLastOneTimedOut_CountsFromTheDeadline()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(600, 3_600));
        world.Beat("ann");

        world.Advance((2 * 60 * Minute) - 1);
        Assert.Equal(1, world.Engine.KnownRooms);

        world.Advance(1);
        Assert.Equal(0, world.Engine.KnownRooms);
    }

    [Fact]
    public void Sweep_WatchedAgainMeanwhile_CountsFromTheLastEnd()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 60));
        for (var show = 0; show < 3; show++)
        {
            Watch(world, 5);
            world.Engine.Leave(EngineWorld.Lobby, "ann", "");
            world.Advance(40 * Minute);
        }

        world.Advance((20 * Minute) - 1);
        Assert.Equal(1, world.Engine.KnownRooms);

        world.Advance(1);
        Assert.Equal(0, world.Engine.KnownRooms);
        Assert.Empty(world.Engine.Audit());
    }

    [Fact]
    public void Sweep_WithoutAViewerEver_CountsFromItsMaking()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { RoomsPerUser = 1 });
        world.Beat("ann", room: "other");
        world.Beat("ann");
        Assert.Equal(2, world.Engine.KnownRooms);

        for (var minute = 0; minute < 60; minute++)
        {
            world.Beat("ann", room: "other");
            world.Advance(Minute - 1);
        }
        Assert.Equal(2, world.Engine.KnownRooms);

        world.Advance(Minute);
        Assert.Equal(1, world.Engine.KnownRooms);
    }

    [Fact]
    public void Heartbeat_AtTheCapOnRooms_TheLongestEmptyRoomMakesWay()
    {
        using var world = new EngineWorld(PresenceSettings.Default, new PresenceLimits { Rooms = 2 });
        world.Beat("ann", room: "first");
        world.Beat("ann", room: "second");
        world.Engine.Leave("second", "ann", "");
        world.Advance(1);
        world.Engine.Leave("first", "ann", "");

        world.Beat("ann", room: "third");

        Assert.Single(world.Engine.Departures("first"));
        Assert.Empty(world.Engine.Departures("second"));
    }

    private static void Watch(EngineWorld world, int minutes)
    {
        for (var half = 0; half < minutes * 2; half++)
        {
            world.Beat("ann");
            world.Advance(Minute / 2);
        }
        world.Beat("ann");
    }
}
