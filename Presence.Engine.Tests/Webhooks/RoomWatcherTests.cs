using Presence.Engine.Changes;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Tests.Webhooks;

public sealed class RoomWatcherTests
{
    private static readonly DateTimeOffset Eight = new(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);

    private readonly List<WebhookEvent> _told = [];
    private readonly RoomWatcher _rooms = new(crowd: 100, (type, _) => type is not (WebhookEvents.ViewerJoined or WebhookEvents.ViewerLeft or WebhookEvents.ViewersCounted), () => [10, 50]);
    private DateTimeOffset _now = Eight;
    private int _viewers;

    [Fact]
    public void Threshold_WhileTheCountFlaps_IsToldOnceEachWay()
    {
        Go(_rooms, 50, 49, 50, 46, 51, 45, 50, 44, 49, 50);

        Assert.Equal(
            ["room.above 10 at 10", "room.above 50 at 50", "room.below 50 at 44", "room.above 50 at 50"],
            _told.Where(told => told.Threshold is not null).Select(told => $"{told.Type} {told.Threshold} at {told.Data["viewers"]}"));
    }

    [Fact]
    public void Peak_OfARoomThatRisesAndFalls_IsToldAfterItAndTheLastOneAlways()
    {
        Go(_rooms, 20, 19, 20, 17, 21, 18, 30, 26, 27, 0);

        // 21 is no tenth above 20; 30 is. What is told at the end was told before.
        Assert.Equal(["20", "30"], _told.Where(told => told.Type == WebhookEvents.RoomPeak).Select(told => $"{told.Data["viewers"]}"));
        Assert.Equal([WebhookEvents.RoomLive, WebhookEvents.RoomEmpty], _told.Select(told => told.Type).Where(type => type is WebhookEvents.RoomLive or WebhookEvents.RoomEmpty));
        Assert.Equal(WebhookEvents.RoomEmpty, _told[^1].Type);
    }

    [Fact]
    public void Peak_ThatWasNotToldYet_IsToldWhenTheRoomIsEmpty()
    {
        Go(_rooms, 1, 0);

        Assert.Equal([WebhookEvents.RoomLive, WebhookEvents.RoomPeak, WebhookEvents.RoomEmpty], _told.Select(told => told.Type));
    }

    [Fact]
    public void Crowd_ComesAsCountsUntilItIsFourFifths()
    {
        var rooms = new RoomWatcher(crowd: 10, (type, _) => type is WebhookEvents.ViewerJoined or WebhookEvents.ViewerLeft or WebhookEvents.ViewersCounted, () => []);

        Go(rooms, 13, 10, 11);
        _now += RoomWatcher.CountFor;
        rooms.Tick(_now, _told);
        rooms.Tick(_now, _told);
        Go(rooms, 7);

        Assert.Equal(10, _told.Count(told => told.Type == WebhookEvents.ViewerJoined));
        Assert.Equal(["+4 -3 = 11", "+0 -3 = 8"], _told.Where(told => told.Type == WebhookEvents.ViewersCounted).Select(told => $"+{told.Data["joined"]} -{told.Data["left"]} = {told.Data["viewers"]}"));
        Assert.Equal(WebhookEvents.ViewerLeft, _told[^1].Type);
    }

    [Fact]
    public void Gap_TellsCountsAndThenWhatChangedInIt()
    {
        var rooms = new RoomWatcher(crowd: 100, (_, _) => true, () => [5]);
        rooms.Restore(new WatchedRoom { RoomId = "gone", Viewers = 6, Peak = 6, PeakTold = 6, Above = [5] });
        rooms.Restore(new WatchedRoom { RoomId = "same", Viewers = 2, Peak = 2, PeakTold = 2 });
        rooms.Restore(new WatchedRoom { RoomId = "less", Viewers = 4, Peak = 4, PeakTold = 4 });

        rooms.Correct([("same", 2), ("less", 1), ("new", 7)], "restart", Eight, Eight.AddMinutes(1), _told);

        Assert.Equal(
            ["gap ", "room.below gone", "room.empty gone", "viewers.counted less", "room.live new", "room.above new"],
            _told.Where(told => told.Type != WebhookEvents.RoomPeak).Select(told => $"{told.Type} {told.RoomId}"));
        Assert.Equal("""{"reason":"restart","from":"2026-11-29T20:00:00.000Z","liveRoomsBefore":3,"liveRooms":3,"viewersBefore":12,"viewers":10}""", _told[0].Data.ToJsonString());
        Assert.Equal("""{"roomId":"less","viewersBefore":4,"viewers":1,"from":"2026-11-29T20:00:00.000Z","missed":true}""", _told.Single(told => told.Type == WebhookEvents.ViewersCounted).Data.ToJsonString());
    }

    [Fact]
    public void Gap_InWhichNothingChanged_IsNotTold()
    {
        _rooms.Restore(new WatchedRoom { RoomId = "same", Viewers = 2, Peak = 2, PeakTold = 2 });

        _rooms.Correct([("same", 2)], "restart", Eight, Eight.AddMinutes(1), _told);

        Assert.Empty(_told);
    }

    /// <summary>Viewers come and go one by one until the room has each of these counts.</summary>
    private void Go(RoomWatcher rooms, params ReadOnlySpan<int> counts)
    {
        foreach (var count in counts)
        {
            while (_viewers != count)
            {
                var kind = _viewers < count ? FeedEventKind.Joined : FeedEventKind.Left;
                _viewers += kind == FeedEventKind.Joined ? 1 : -1;
                if (kind == FeedEventKind.Joined && _viewers == 1)
                    rooms.Apply(Event(FeedEventKind.RoomLive), _told);
                rooms.Apply(Event(kind), _told);
                if (_viewers == 0)
                    rooms.Apply(Event(FeedEventKind.RoomEmpty), _told);
            }
        }
    }

    private FeedEvent Event(FeedEventKind kind) => new(0, kind, _now) { RoomId = "lobby", UserId = "ann", Viewers = _viewers };
}
