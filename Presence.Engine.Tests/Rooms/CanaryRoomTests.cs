using Presence.Engine.Diagnostics;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Diagnostics;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

public sealed class CanaryRoomTests : IDisposable
{
    private const string Canary = PresenceIds.CanaryRoom;

    private readonly EngineWorld _world = new();

    private PresenceEngine Engine => _world.Engine;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Canary_OnAPageOfItsRoom_ComesAndGoesLikeAnyViewer()
    {
        using var watch = Engine.Watch(Canary);

        Assert.True(_world.Beat("wren", Canary).Joined);
        Assert.True(watch.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        var shown = Engine.Snapshot(Canary, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = 60 });
        Assert.Equal((1, "wren"), (shown.Room.Count.Viewers, Assert.Single(shown.First!.Viewers).UserId));

        Assert.True(Engine.Leave(Canary, "wren", ""));
        Assert.True(watch.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        Assert.Equal(0, Engine.Snapshot(Canary).Room.Count.Viewers);
    }

    [Fact]
    public void Canary_ThatStopsHeartbeats_TimesOut()
    {
        _world.Beat("wren", Canary);

        _world.Advance(60);

        Assert.Equal(0, _world.Viewers(Canary));
        Assert.Empty(Engine.Audit());
    }

    [Fact]
    public void Canary_WhilePresenceIsOff_IsRefusedAndCountsAsNoRefusal()
    {
        _world.Beat("wren", Canary);

        Engine.Apply(PresenceSettings.Default with { Enabled = false });

        Assert.Equal(0, _world.Viewers(Canary));
        Assert.Equal(HeartbeatOutcome.NetworkDisabled, _world.Beat("wren", Canary).Outcome);
        Assert.Equal(0, Engine.Figures().Refused);
    }

    [Fact]
    public void Canary_PresentAndGoneAgain_IsInNothingThatListsOrCounts()
    {
        using var measured = new Measurements(Engine);
        using var network = Engine.WatchNetwork();
        using var feed = Engine.Feed.Read();
        _world.Beat("wren", Canary);
        Engine.Leave(Canary, "wren", "");
        _world.Beat("wren", Canary);
        _world.Advance(20);

        Assert.False(network.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompleted);
        Assert.Equal(0, Engine.Feed.Count);
        Assert.Equal(default, Engine.CountNetwork() with { At = default });
        Assert.Equal((0, 0L, 0), (Engine.KnownRooms, Engine.Heartbeats, Engine.CountOnline().Users));
        Assert.Empty(Engine.Rooms(new RoomQuery()).Rooms);
        Assert.Empty(Engine.RankRooms(new RoomQuery { Order = RoomOrder.Movement }));
        Assert.Empty(Engine.Figures().Rooms);
        Assert.Empty(Engine.LiveRooms());
        Assert.Empty(Engine.RoomsOf("wren"));
        Assert.Equal(0, Engine.Searched);
        Assert.Empty(Engine.Search(new NetworkSearch { Text = "wren" }, TestContext.Current.CancellationToken).People);
        Assert.Empty(Engine.Search(new NetworkSearch { Text = "canary" }, TestContext.Current.CancellationToken).Rooms);
        Assert.Empty(Engine.VisitsUnderWay(Canary));
        Assert.Empty(Engine.Journal.Snapshot());
        Assert.Equal((0, 0L), (Engine.Journal.Waiting, Engine.Journal.Unstored));
        Assert.Empty(Engine.RoomMemories(most: 10));
        Assert.All(Engine.History(HistoryRange.Hour, _world.Now.AddHours(-1)), sample => Assert.Equal((0, 0, 0L), (sample.Viewers, sample.Joins, sample.Heartbeats)));
        var minutes = new List<RoomMinute>();
        Engine.TakeMinutes(minutes, ends: true);
        Assert.All(minutes, minute => Assert.Equal(PresenceEngine.NetworkRoom, minute.RoomId ?? ""));
        measured.Observe();
        foreach (var name in new[] { PresenceMetricNames.Heartbeats, PresenceMetricNames.Viewers, PresenceMetricNames.Sessions, PresenceMetricNames.Rooms, PresenceMetricNames.Joins, PresenceMetricNames.WriterLag })
            Assert.Equal(0, measured.Sum(name));
        Assert.Empty(Engine.Audit());
    }

    [Fact]
    public void Canary_OfAnHour_KeepsNothingOfItsStays()
    {
        for (var pass = 0; pass < 1_000; pass++)
        {
            _world.Beat("wren", Canary);
            Engine.Leave(Canary, "wren", "");
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var pass = 0; pass < 1_000; pass++)
        {
            _world.Beat("wren", Canary);
            Engine.Leave(Canary, "wren", "");
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 0, 500);
    }
}
