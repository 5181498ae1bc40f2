using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Changes;

public sealed class PresenceFeedTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Read_TellsEverythingOnceInOrder_ShortStaysIncluded()
    {
        using var reader = _world.Engine.Feed.Read();
        _world.Beat("ann", session: "phone", device: new SessionDevice("Pixel", "4.2"));
        _world.AdvanceUnswept(0.2);
        _world.Engine.Leave(EngineWorld.Lobby, "ann", "phone");
        _world.Beat("g1", room: "side", guest: true);
        _world.Engine.Remove(new Removal("g1", "side", _world.Now.AddHours(1), "spam"));
        _world.Engine.Lift("g1", "side");
        _world.Engine.Define("side", new RoomDefinition { Title = "Side" });
        _world.Engine.Apply(_world.Engine.Settings with { Version = 7 });

        var events = All(reader);

        Assert.Equal(
            [
                (FeedEventKind.RoomLive, "lobby", "ann"), (FeedEventKind.Joined, "lobby", "ann"), (FeedEventKind.Left, "lobby", "ann"), (FeedEventKind.RoomEmpty, "lobby", "ann"),
                (FeedEventKind.RoomLive, "side", "g1"), (FeedEventKind.Joined, "side", "g1"), (FeedEventKind.Left, "side", "g1"), (FeedEventKind.RoomEmpty, "side", "g1"),
                (FeedEventKind.Banned, "side", "g1"), (FeedEventKind.BanLifted, "side", "g1"), (FeedEventKind.RoomDefined, "side", null), (FeedEventKind.SettingsApplied, null, null),
            ],
            events.Select(happened => (happened.Kind, happened.RoomId, happened.UserId)));
        Assert.Equal(Enumerable.Range(0, events.Count).Select(number => events[0].Position + number), events.Select(happened => happened.Position));
        var left = events[2];
        Assert.Equal((LeaveReason.Left, "phone", new SessionDevice("Pixel", "4.2"), 0), (left.Reason, left.SessionId, left.Device, left.Viewers));
        Assert.Equal(TimeSpan.FromSeconds(0.2), left.At - left.JoinedAt);
        Assert.Equal((true, LeaveReason.Removed), (events[6].IsGuest, events[6].Reason));
        Assert.Equal(7, events[^1].SettingsVersion);
        Assert.Empty(All(reader));
    }

    [Fact]
    public void Read_OfATimeout_IsStampedWithTheDeadlineAndKnowsTheHiddenTime()
    {
        using var reader = _world.Engine.Feed.Read();
        _world.Beat("ann");
        _world.Advance(10);
        _world.Beat("ann", state: ViewerState.Hidden);
        _world.Advance(20);
        _world.Beat("ann", state: ViewerState.Hidden);
        var deadline = _world.Now.AddSeconds(60);
        _world.Advance(70);

        var left = All(reader).Single(happened => happened.Kind == FeedEventKind.Left);

        Assert.Equal((LeaveReason.Timeout, deadline, TimeSpan.FromSeconds(20)), (left.Reason, left.At, left.Hidden)); // hidden as far as it was heard of
    }

    [Fact]
    public void Read_OfHeartbeatsThatChangeNothing_IsEmpty()
    {
        _world.Beat("ann");
        using var reader = _world.Engine.Feed.Read();
        for (var beat = 0; beat < 10; beat++)
        {
            _world.Advance(10);
            _world.Beat("ann");
            _world.Beat("ann", session: "second");
        }
        _world.Engine.UserHeartbeat("ann"); // user presence has no history

        Assert.Empty(All(reader));
    }

    [Fact]
    public void Read_AReaderThatFellBehind_IsToldOfAGapOnceAndGoesOn()
    {
        using var slow = _world.Engine.Feed.Read();
        using var quick = _world.Engine.Feed.Read();
        var heard = 0;
        for (var beat = 0; beat < PresenceFeed.Capacity; beat += 2)
        {
            _world.Beat($"user{beat}", room: "full"); // one event each, and the first two
            heard += All(quick).Count;
            _world.Engine.Leave("full", $"user{beat}", "");
            heard += All(quick).Count;
        }
        Assert.Equal(_world.Engine.Feed.Count, heard);

        Assert.False(slow.TryRead([]));
        _world.Beat("last");
        Assert.Equal([FeedEventKind.RoomLive, FeedEventKind.Joined], All(slow).Select(happened => happened.Kind));
    }

    [Fact]
    public async Task WaitAsync_CompletesWhenSomethingHappens()
    {
        using var reader = _world.Engine.Feed.Read();
        var waiting = reader.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        _world.Beat("ann");

        await waiting;
        Assert.Equal(2, All(reader).Count);
    }

    [Fact]
    public void Restore_IsNoEvent()
    {
        _world.Beat("ann");
        using var restarted = new EngineWorld();
        using var reader = restarted.Engine.Feed.Read();
        restarted.Engine.Restore(_world.Engine.Journal.Snapshot().Select(session => new RestoredSession(session, null)));

        Assert.Empty(All(reader));
        Assert.Equal(1, restarted.Viewers());
    }

    private static List<FeedEvent> All(FeedReader reader)
    {
        var events = new List<FeedEvent>();
        for (var before = -1; before != events.Count;)
        {
            before = events.Count;
            Assert.True(reader.TryRead(events));
        }
        return events;
    }
}
