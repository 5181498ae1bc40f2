using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class RoomCountTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Count_StatesOfSeveralSessions_TakesTheBest()
    {
        _world.Beat("ann", session: "phone", state: ViewerState.Paused);
        Assert.Equal(ViewerState.Paused, State());

        _world.Beat("ann", session: "laptop", state: ViewerState.Hidden);
        Assert.Equal(ViewerState.Hidden, State());
        Assert.Equal(1, Hidden());

        _world.Beat("ann", session: "tv");
        Assert.Equal(ViewerState.Visible, State());
        Assert.Equal(0, Hidden());

        _world.Engine.Leave(EngineWorld.Lobby, "ann", "tv");
        Assert.Equal(1, Hidden());

        _world.Beat("ann", session: "laptop");
        Assert.Equal(0, Hidden());
    }

    [Fact]
    public void Count_Guests_AreAPartOfTheViewers()
    {
        _world.Beat("ann");
        _world.Beat("g1", guest: true);
        _world.Beat("g1", session: "second", guest: true);

        var count = _world.Engine.Count(EngineWorld.Lobby);

        Assert.Equal((2, 3, 1), (count.Viewers, count.Sessions, count.Guests));
    }

    [Fact]
    public void CountNetwork_OneUserInTwoRooms_IsOneViewer()
    {
        _world.Beat("ann", "one");
        _world.Beat("ann", "two");
        _world.Beat("ben", "two");

        var count = _world.Engine.CountNetwork();

        Assert.Equal((2, 2, 3), (count.Rooms, count.Viewers, count.Sessions));
    }

    [Fact]
    public void Room_SinceAndPeak_BeginAnewAfterTheRoomWasEmpty()
    {
        var firstSince = _world.Now;
        _world.Beat("ann");
        _world.Advance(5);
        _world.Beat("ben");
        _world.Engine.Leave(EngineWorld.Lobby, "ben", "");
        Assert.Equal((firstSince, 2), (_world.Engine.Room(EngineWorld.Lobby).Since, _world.Engine.Room(EngineWorld.Lobby).Peak));

        _world.Engine.Leave(EngineWorld.Lobby, "ann", "");
        Assert.Equal((null, 0), (_world.Engine.Room(EngineWorld.Lobby).Since, _world.Engine.Room(EngineWorld.Lobby).Peak));

        _world.Advance(5);
        _world.Beat("cat");
        Assert.Equal((_world.Now, 1), (_world.Engine.Room(EngineWorld.Lobby).Since, _world.Engine.Room(EngineWorld.Lobby).Peak));
    }

    [Fact]
    public void Trend_SamplesEvery15SecondsAndEveryMinute()
    {
        _world.Beat("ann");
        _world.Advance(15);
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Advance(15);
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Beat("cat");

        var trend = _world.Engine.Trend(EngineWorld.Lobby);
        Assert.Equal([1, 2, 3], trend.Recent);
        Assert.Equal([3], trend.Hour);
        Assert.Equal(2, trend.RecentChange);

        _world.Advance(45);
        Assert.Equal([1, 2, 3, 3, 3, 3], _world.Engine.Trend(EngineWorld.Lobby).Recent);
        Assert.Equal([3, 3], _world.Engine.Trend(EngineWorld.Lobby).Hour);
    }

    [Fact]
    public void Trend_AfterMoreThanAnHour_KeepsTheLastHour()
    {
        for (var minute = 0; minute < 150; minute++)
        {
            _world.Beat("ann");
            _world.Advance(30);
            _world.Beat("ann");
            _world.Advance(30);
        }

        var trend = _world.Engine.Trend(EngineWorld.Lobby);

        Assert.Equal(61, trend.Hour.Count);
        Assert.Equal(61, trend.Recent.Count);
        Assert.All(trend.Hour, viewers => Assert.Equal(1, viewers));
    }

    [Fact]
    public void Rooms_ByCountThenName_PagesThroughAll()
    {
        foreach (var (room, viewers) in new[] { ("b", 2), ("a", 2), ("c", 5), ("d", 1) })
        {
            for (var viewer = 0; viewer < viewers; viewer++)
                _world.Beat($"{room}{viewer}", room);
        }

        var first = _world.Engine.Rooms(new RoomQuery { Limit = 2 });
        var second = _world.Engine.Rooms(new RoomQuery { Limit = 2, After = first.Next });

        Assert.Equal(["c", "a"], first.Rooms.Select(room => room.RoomId));
        Assert.Equal(["b", "d"], second.Rooms.Select(room => room.RoomId));
        Assert.Equal(4, first.Matching);
        Assert.Null(second.Next);
    }

    [Fact]
    public void Rooms_ByNamePrefixAndSearch_FilterOrdinally()
    {
        _world.Beat("ann", "Class 10");
        _world.Beat("ann", "Class 9");
        _world.Beat("ann", "stage");

        Assert.Equal(["Class 10", "Class 9"], Names(new RoomQuery { Prefix = "Class", Order = RoomOrder.Name }));
        Assert.Empty(Names(new RoomQuery { Prefix = "class" }));
        Assert.Equal(["Class 9"], Names(new RoomQuery { Search = "ss 9" }));
        Assert.Equal(["stage", "Class 9", "Class 10"], Names(new RoomQuery { Order = RoomOrder.Name, Reversed = true }));
    }

    [Fact]
    public void Rooms_Named_AnswerAlsoForEmptyOnes()
    {
        _world.Beat("ann", "one");

        var page = _world.Engine.Rooms(new RoomQuery { Ids = ["none", "one"] });

        Assert.Equal([("none", 0), ("one", 1)], page.Rooms.Select(room => (room.RoomId, room.Count.Viewers)));
    }

    private string[] Names(RoomQuery query) => [.. _world.Engine.Rooms(query).Rooms.Select(room => room.RoomId)];

    private ViewerState State() => _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].State;

    private int Hidden() => _world.Engine.Count(EngineWorld.Lobby).Hidden;
}
