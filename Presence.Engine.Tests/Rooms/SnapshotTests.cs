using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>What one call reads of a room is of one moment.</summary>
public sealed class SnapshotTests : IDisposable
{
    private static readonly ViewerQuery Newest = new() { Sort = ViewerSort.LastJoinedFirst, Limit = 50 };
    private readonly EngineWorld _world = new(EngineWorld.Seconds(30, 600));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Snapshot_OfARoom_SaysWhatEachQuestionAlone()
    {
        for (var viewer = 0; viewer < 80; viewer++)
            _world.Beat($"user{viewer}", guest: viewer % 5 == 0);
        _world.Advance(130);
        for (var viewer = 0; viewer < 9; viewer++)
            _world.Engine.Leave(EngineWorld.Lobby, $"user{viewer}", "");
        _world.Engine.Remove(new Removal("user50", EngineWorld.Lobby, _world.Now.AddHours(1), "spam"));
        using var watch = _world.Engine.Watch(EngineWorld.Lobby);

        var snapshot = _world.Engine.Snapshot(EngineWorld.Lobby, Newest);

        Assert.Equal(_world.Engine.Room(EngineWorld.Lobby), snapshot.Room);
        Assert.Equal(_world.Engine.Explain(EngineWorld.Lobby), snapshot.Explanation);
        Assert.Equal(_world.Engine.Trend(EngineWorld.Lobby).Hour, snapshot.Trend.Hour);
        Assert.Equal(_world.Engine.Trend(EngineWorld.Lobby).Recent, snapshot.Trend.Recent);
        Assert.Equal(_world.Engine.Flow(EngineWorld.Lobby).Joins, snapshot.Flow.Joins);
        Assert.Equal(_world.Engine.Flow(EngineWorld.Lobby).Leaves, snapshot.Flow.Leaves);
        Assert.Equal(_world.Engine.Departures(EngineWorld.Lobby), snapshot.Departures);
        var page = _world.Engine.Viewers(EngineWorld.Lobby, Newest);
        Assert.Equal(page.Viewers, snapshot.First!.Viewers);
        Assert.Equal((page.Matching, page.Count, page.Next), (snapshot.First.Matching, snapshot.First.Count, snapshot.First.Next));
        Assert.Equal((-10, -10), (snapshot.Trend.MinuteChange, snapshot.Trend.RecentChange));
        Assert.Equal(_world.Engine.Glance(EngineWorld.Lobby).Room, snapshot.Room);
    }

    [Fact]
    public void Snapshot_OfAnUnknownRoom_HasNobody()
    {
        var snapshot = _world.Engine.Snapshot("nowhere", Newest);

        Assert.Equal((0, 0, 0), (snapshot.Room.Count.Viewers, snapshot.Explanation.Count.Viewers, snapshot.First!.Viewers.Count));
        Assert.Equal([0], snapshot.Trend.Recent);
        Assert.Equal([0], snapshot.Flow.Joins);
        Assert.Equal([0], _world.Engine.Glance("nowhere").Trend.Hour);
        Assert.Null(_world.Engine.Snapshot("nowhere").First);
        Assert.Null(_world.Engine.Find("nowhere", "ann"));
        Assert.Equal(0, _world.Engine.KnownRooms);
    }

    [Fact]
    public void Snapshot_OfAnOrderThatTakesLong_IsRefused()
    {
        foreach (var query in new[] { new ViewerQuery { Sort = ViewerSort.Name }, Newest with { Search = "a" }, Newest with { Skip = 1 } })
            Assert.Throws<ArgumentException>(() => _world.Engine.Snapshot(EngineWorld.Lobby, query));
    }

    [Fact]
    public async Task Snapshot_WhileViewersComeAndGo_ContradictsItselfNever()
    {
        _world.Beat("stays");
        _world.Advance(61);
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(
            () =>
            {
                for (var turn = 0; !stop.IsCancellationRequested; turn++)
                {
                    _world.Beat($"user{turn % 40}", session: $"tab{turn % 3}", guest: turn % 40 < 7, state: turn % 2 == 0 ? ViewerState.Hidden : ViewerState.Visible);
                    _world.Engine.Leave(EngineWorld.Lobby, $"user{turn * 7 % 40}", $"tab{turn % 3}");
                }
            },
            TestContext.Current.CancellationToken);

        for (var reading = 0; reading < 5_000; reading++)
        {
            var snapshot = _world.Engine.Snapshot(EngineWorld.Lobby, Newest);
            var count = snapshot.Room.Count;
            Assert.Equal(count, snapshot.Explanation.Count);
            Assert.Equal(count, snapshot.First!.Count);
            Assert.Equal(count.Viewers, snapshot.Trend.Recent[^1]);
            Assert.Equal(count.Viewers, snapshot.Trend.Hour[^1]);
            Assert.Equal(count.Viewers, snapshot.Flow.Joined - snapshot.Flow.Left);
            Assert.Equal(count.Viewers, snapshot.Trend.Hour[^2] + snapshot.Flow.Joins[^1] - snapshot.Flow.Leaves[^1]);
            Assert.Equal(count.Viewers, snapshot.First.Viewers.Count);
            Assert.Equal(count.Sessions, snapshot.First.Viewers.Sum(viewer => viewer.Sessions));
            Assert.Equal(count.Guests, snapshot.First.Viewers.Count(viewer => viewer.IsGuest));
            Assert.Equal(count.Hidden, snapshot.First.Viewers.Count(viewer => viewer.State == ViewerState.Hidden));
            if (_world.Engine.Find(EngineWorld.Lobby, "user3") is { } place)
                Assert.Equal(place.Viewer.Sessions, place.Sessions.Count);
            var glance = _world.Engine.Glance(EngineWorld.Lobby);
            Assert.Equal(glance.Room.Count.Viewers, glance.Trend.Recent[^1]);
        }
        await stop.CancelAsync();
        await churn;
    }

    [Fact]
    public void MinuteChange_OfAFall_IsOfTheLastMinuteAlone()
    {
        for (var viewer = 0; viewer < 104; viewer++)
            _world.Beat($"user{viewer}");
        _world.Advance(120);
        for (var viewer = 104; viewer < 189; viewer++)
            _world.Beat($"user{viewer}");
        _world.Advance(90);
        for (var viewer = 89; viewer < 189; viewer++)
            _world.Engine.Leave(EngineWorld.Lobby, $"user{viewer}", "");
        _world.Beat("somebody", room: "other");

        Assert.Equal(-100, _world.Engine.Trend(EngineWorld.Lobby).MinuteChange);
        Assert.Equal(-15, _world.Engine.Trend(EngineWorld.Lobby).RecentChange);
        Assert.Equal([EngineWorld.Lobby], _world.Engine.RankRooms(new RoomQuery { Filter = RoomFilter.Falling }));
        Assert.Equal(EngineWorld.Lobby, _world.Engine.RankRooms(new RoomQuery { Order = RoomOrder.Movement })[0]);

        _world.Advance(75);
        Assert.Equal(0, _world.Engine.Trend(EngineWorld.Lobby).MinuteChange);
        Assert.Empty(_world.Engine.RankRooms(new RoomQuery { Filter = RoomFilter.Falling }));
    }

    [Fact]
    public void Activity_OfAFall_TellsTheMinuteBesideTheFiveMinutes()
    {
        for (var viewer = 0; viewer < 10; viewer++)
            _world.Beat($"user{viewer}");
        _world.Advance(120);
        for (var viewer = 10; viewer < 40; viewer++)
            _world.Beat($"user{viewer}");
        _world.Advance(90);
        for (var viewer = 20; viewer < 40; viewer++)
            _world.Engine.Leave(EngineWorld.Lobby, $"user{viewer}", "");
        _world.Advance(5);

        var activity = _world.Engine.Activity();

        Assert.Equal(-20, activity.MinuteChange);
        _world.Advance(61);
        Assert.Equal(0, _world.Engine.Activity().MinuteChange);
    }
}
