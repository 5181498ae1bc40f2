using Presence.Engine.History;
using Presence.Engine.Rooms;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class BroadcastTrackerTests
{
    private static readonly RoomDefinition Live = new() { Title = "Evening" };
    private static readonly RoomDefinition Ended = new() { Status = RoomStatus.Ended };

    private readonly BroadcastTracker _tracker = new(() => TimeSpan.FromMinutes(5));

    [Fact]
    public void Tick_EmptyForLongerThanTheGap_EndsWhenTheLastViewerLeft()
    {
        _tracker.Live("lobby", At(0), "Evening");
        _tracker.Empty("lobby", At(60));
        _tracker.Tick(At(65));
        Assert.Single(_tracker.Open);

        _tracker.Tick(At(65.1));

        Assert.Empty(_tracker.Open);
        var broadcast = Assert.Single(_tracker.Changed);
        Assert.Equal((At(0), At(60), BroadcastEnd.Empty, "Evening"), (broadcast.StartedAt, broadcast.EndedAt, broadcast.End, broadcast.Title));
    }

    [Fact]
    public void Live_WithinTheGap_GoesOn()
    {
        _tracker.Live("lobby", At(0), null);
        _tracker.Empty("lobby", At(60));
        _tracker.Live("lobby", At(65), null);
        _tracker.Tick(At(300));

        var broadcast = Assert.Single(_tracker.Open);
        Assert.Equal((At(0), null), (broadcast.StartedAt, broadcast.EmptySince));
    }

    [Fact]
    public void Live_AfterTheGapBeforeATick_StartsAnother()
    {
        _tracker.Live("lobby", At(0), null);
        _tracker.Empty("lobby", At(60));
        _tracker.Live("lobby", At(66), null);

        Assert.Equal(At(66), Assert.Single(_tracker.Open).StartedAt);
        Assert.Equal([At(60)], _tracker.Changed.Where(broadcast => broadcast.EndedAt is not null).Select(broadcast => broadcast.EndedAt!.Value));
    }

    [Fact]
    public void Defined_Ended_EndsItThereAndTheViewersWhoLeaveThenChangeNothing()
    {
        _tracker.Live("lobby", At(0), null);
        _tracker.Defined("lobby", Ended, At(90));
        _tracker.Empty("lobby", At(90.01));

        var broadcast = Assert.Single(_tracker.Changed);
        Assert.Equal((At(90), BroadcastEnd.Ended), (broadcast.EndedAt, broadcast.End));
        Assert.Empty(_tracker.Open);
    }

    [Fact]
    public void Defined_FromEndedToLive_StartsItBeforeTheFirstViewer()
    {
        _tracker.Defined("lobby", Ended, At(-60));
        _tracker.Defined("lobby", Live, At(0));
        _tracker.Live("lobby", At(3), "Evening");
        _tracker.Tick(At(100));

        Assert.Equal((At(0), "Evening", true), (Assert.Single(_tracker.Open).StartedAt, Assert.Single(_tracker.Open).Title, Assert.Single(_tracker.Open).HadViewers));
    }

    [Fact]
    public void Defined_StartedAndNobodyCame_WasNone()
    {
        _tracker.Defined("lobby", Ended, At(-60));
        _tracker.Defined("lobby", Live, At(0));
        _tracker.Tick(At(6));

        Assert.Empty(_tracker.Open);
        Assert.True(Assert.Single(_tracker.Changed).IsVoid);
    }

    [Fact]
    public void Defined_NewRoomOfTheCatalogue_IsNoStart()
    {
        _tracker.Defined("lobby", Live, At(0));

        Assert.Empty(_tracker.Open);
    }

    [Fact]
    public void Defined_OtherTitle_IsTheBroadcasts()
    {
        _tracker.Live("lobby", At(0), "Evening");
        _tracker.Defined("lobby", Live with { Title = "Late evening" }, At(1));

        Assert.Equal("Late evening", Assert.Single(_tracker.Open).Title);
    }

    [Fact]
    public void Resume_ViewersRestored_GoesOn()
    {
        Resume(aliveAt: At(60), now: At(60.5), live: At(0));
        _tracker.Tick(At(200));

        Assert.Equal((At(0), null), (Assert.Single(_tracker.Open).StartedAt, Assert.Single(_tracker.Open).EmptySince));
    }

    [Fact]
    public void Resume_DownForLessThanTheGapAndNobodyRestored_ViewersHaveTheGapToReturn()
    {
        Resume(aliveAt: At(60), now: At(64), live: null);
        _tracker.Tick(At(68.9));
        _tracker.Live("lobby", At(69), null);
        _tracker.Tick(At(200));

        Assert.Equal(At(0), Assert.Single(_tracker.Open).StartedAt);
    }

    [Fact]
    public void Resume_NobodyReturns_EndedWhenItLastHadViewers()
    {
        Resume(aliveAt: At(60), now: At(64), live: null);
        _tracker.Tick(At(69.1));

        Assert.Empty(_tracker.Open);
        Assert.Equal(At(60), Assert.Single(_tracker.Changed).EndedAt);
    }

    [Fact]
    public void Resume_DownForLongerThanTheGap_EndedWhenItLastHadViewers()
    {
        Resume(aliveAt: At(60), now: At(66), live: null);
        _tracker.Live("lobby", At(66.2), null);

        Assert.Equal(At(66.2), Assert.Single(_tracker.Open).StartedAt);
        Assert.Equal([At(60)], _tracker.Changed.Where(broadcast => broadcast.EndedAt is not null).Select(broadcast => broadcast.EndedAt!.Value));
    }

    [Fact]
    public void Resume_EmptyBeforeTheServerStopped_EndedThen()
    {
        Resume(aliveAt: At(62), now: At(70), live: null, emptySince: At(59));

        Assert.Equal(At(59), Assert.Single(_tracker.Changed).EndedAt);
    }

    [Fact]
    public void Correct_AfterAGap_FollowsTheRooms()
    {
        _tracker.Live("lobby", At(0), null);
        _tracker.Live("stage", At(0), null);
        _tracker.Correct(["stage", "side"], room => room == "side" ? At(7) : At(0), At(10), At(10));

        Assert.Equal([("lobby", At(0), (DateTimeOffset?)At(10)), ("side", At(7), null), ("stage", At(0), null)], _tracker.Open.Select(broadcast => (broadcast.RoomId, broadcast.StartedAt, broadcast.EmptySince)).Order());
    }

    private static DateTimeOffset At(double minutes) => Eight.AddMinutes(minutes);

    private void Resume(DateTimeOffset aliveAt, DateTimeOffset now, DateTimeOffset? live, DateTimeOffset? emptySince = null) => _tracker.Resume(
        [new TrackedBroadcast { Id = 1, RoomId = "lobby", StartedAt = At(0), HadViewers = true, EmptySince = emptySince }],
        [], aliveAt, live is null ? [] : ["lobby"], _ => live!.Value, now);
}
