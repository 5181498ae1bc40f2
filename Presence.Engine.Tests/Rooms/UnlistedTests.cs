using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary><c>listed: false</c>: counted, and named nowhere.</summary>
public sealed class UnlistedTests : IDisposable
{
    private const string Lobby = EngineWorld.Lobby;

    private readonly EngineWorld _world = new();

    private PresenceEngine Engine => _world.Engine;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Unlisted_AmongOthers_IsCountedAndInNoList()
    {
        Beat("ann");
        Beat("ben", listed: false);
        Beat("cem", listed: false, session: "tv");
        Beat("dan");

        var count = Engine.Count(Lobby);
        Assert.Equal((4, 4, 2, 2), (count.Viewers, count.Sessions, count.Unlisted, count.Listed));
        foreach (var sort in Enum.GetValues<ViewerSort>())
        {
            var page = Engine.Viewers(Lobby, new ViewerQuery { Sort = sort });
            Assert.Equal(["ann", "dan"], page.Viewers.Select(viewer => viewer.UserId).Order(StringComparer.Ordinal));
            Assert.Equal((2, 4), (page.Matching, page.Count.Viewers));
            Assert.Equal(["ann", "dan"], Engine.Order(Lobby, new ViewerQuery { Sort = sort }).UserIds.Order(StringComparer.Ordinal));
        }
        Assert.Equal(["dan"], Engine.Viewers(Lobby, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Skip = 1 }).Viewers.Select(viewer => viewer.UserId));
        Assert.Empty(Engine.Viewers(Lobby, new ViewerQuery { Search = "ben" }).Viewers);
        Assert.Equal(["ann"], Engine.Viewers(Lobby, ["ben", "ann", "cem"]).Select(viewer => viewer.UserId));
        foreach (var first in (ViewerSort[])[ViewerSort.LastJoinedFirst, ViewerSort.LatestHeartbeatFirst])
            Assert.Equal(["dan", "ann"], Engine.Snapshot(Lobby, new ViewerQuery { Sort = first }).First!.Viewers.Select(viewer => viewer.UserId));
        Assert.Empty(Engine.Search(new NetworkSearch { Text = "ben" }, TestContext.Current.CancellationToken).People);
        Assert.Equal(4, Engine.CountNetwork().Viewers);
        Assert.Empty(Engine.Audit());
    }

    [Fact]
    public void Unlisted_AskedForById_IsFoundAndCanBeBanned()
    {
        Beat("ben", listed: false);

        var place = Engine.Find(Lobby, "ben")!;

        Assert.True(place.Viewer.IsUnlisted);
        Assert.Single(place.Sessions);
        Assert.Equal([Lobby], Engine.RoomsOf("ben"));
        Beat("ann");
        Assert.False(Engine.Find(Lobby, "ann")!.Viewer.IsUnlisted);
    }

    [Fact]
    public void Unlisted_ComingAndGoing_MovesTheCountAndIsNotNamed()
    {
        using var subscription = Engine.Subscribe(Lobby, capacity: 10);
        using var feed = Engine.Feed.Read();

        Beat("ann");
        Beat("ben", listed: false);
        Engine.Leave(Lobby, "ben", "");
        Engine.Leave(Lobby, "ann", "");

        Assert.Equal(
            [(ChangeKind.Joined, "ann", 1), (ChangeKind.Unnamed, "", 2), (ChangeKind.Unnamed, "", 1), (ChangeKind.Left, "ann", 0)],
            Read(subscription).Select(change => (change.Kind, change.UserId, change.Viewers)));
        var events = new List<FeedEvent>();
        Assert.True(feed.TryRead(events));
        Assert.DoesNotContain(events, happened => happened.UserId == "ben");
        Assert.Equal([FeedEventKind.Joined, FeedEventKind.Left], events.Where(happened => happened.UserId is null && happened.Kind is FeedEventKind.Joined or FeedEventKind.Left).Where(happened => happened.UserId is null).Select(happened => happened.Kind));
        Assert.Equal(["ann"], Engine.Departures(Lobby).Select(departure => departure.UserId));
    }

    [Fact]
    public void Unlisted_InACrowd_IsAddedUpWithTheOthers()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Crowd = 2 });
        for (var i = 0; i < 3; i++)
            world.Beat($"u{i}");
        using var subscription = world.Engine.Subscribe(Lobby, capacity: 10);

        world.Engine.Heartbeat(new Heartbeat { RoomId = Lobby, UserId = "ben", SessionId = "", IsUnlisted = true });
        world.Beat("ann");

        var change = Assert.Single(Read(subscription));
        Assert.Equal((ChangeKind.Counted, 2, 0, 5), (change.Kind, change.Joined, change.Left, change.Viewers));
    }

    [Fact]
    public void Listed_WhoAsksNotToBe_LeavesTheListAndNotTheCountUntilTheStayIsOver()
    {
        Beat("ann");
        Beat("ben");
        using var subscription = Engine.Subscribe(Lobby, capacity: 10);
        using var watch = Engine.Watch(Lobby);
        using var feed = Engine.Feed.Read();

        Beat("ben", listed: false);
        Beat("ben", listed: false);
        Beat("ben"); // says nothing of it

        Assert.True(watch.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        Assert.Equal(["ann"], _world.List());
        Assert.Equal((2, 1), (Engine.Count(Lobby).Viewers, Engine.Count(Lobby).Unlisted));
        Assert.Equal((ChangeKind.Left, "ben", 2), Assert.Single(Read(subscription)) is var left ? (left.Kind, left.UserId, left.Viewers) : default);
        var events = new List<FeedEvent>();
        Assert.True(feed.TryRead(events));
        Assert.Equal([(FeedEventKind.Left, "ben", 2), (FeedEventKind.Joined, null, 2)], events.Select(happened => (happened.Kind, happened.UserId, happened.Viewers)));
        Assert.Empty(Engine.Audit());

        Engine.Leave(Lobby, "ben", "");
        Beat("ben");
        Assert.Equal(["ben", "ann"], _world.List());
        Assert.Equal(0, Engine.Count(Lobby).Unlisted);
        Assert.Empty(Engine.Audit());
    }

    [Fact]
    public void Unlisted_OnOneOfSeveralSessions_IsSoOnAllAndStaysSoWhenThatOneGoes()
    {
        Beat("ann", session: "tv");
        Beat("ann", session: "phone", listed: false);
        Assert.Empty(_world.List());

        Engine.Leave(Lobby, "ann", "tv"); // the one that led
        Beat("ann", session: "laptop");
        Engine.Leave(Lobby, "ann", "phone");

        Assert.Empty(_world.List());
        Assert.Equal((1, 1), (Engine.Count(Lobby).Viewers, Engine.Count(Lobby).Unlisted));
        Assert.Empty(Engine.Audit());
        _world.Advance(120);
        Assert.Equal(default, Engine.Count(Lobby) with { At = default, Sequence = 0 });
        Assert.Empty(Engine.Departures(Lobby));
    }

    [Fact]
    public void Unlisted_InARoomThatShrinks_StaysCountedAndUnnamed()
    {
        for (var i = 0; i < 5_000; i++)
            Beat($"u{i}", listed: i % 2 == 0);
        for (var i = 10; i < 5_000; i++)
            Engine.Leave(Lobby, $"u{i}", "");

        Engine.Shrink();

        Assert.Equal((10, 5), (Engine.Count(Lobby).Viewers, Engine.Count(Lobby).Unlisted));
        Assert.Equal(5, _world.List(ViewerSort.FirstJoinedFirst).Length);
        Assert.Empty(Engine.Audit());
    }

    [Fact]
    public void Heartbeat_OfAnUnlistedViewer_AllocatesNothing()
    {
        var heartbeat = new Heartbeat { RoomId = Lobby, UserId = "ann", SessionId = "", IsUnlisted = true };
        for (var i = 0; i < 100; i++)
            Engine.Heartbeat(heartbeat);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
            Engine.Heartbeat(heartbeat);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Unlisted_AfterAnythingThatHappens_ListsNameExactlyTheOthers(int seed)
    {
        var random = new Random(seed);
        var unlisted = new HashSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < 2_000; step++)
        {
            var (user, session) = ($"u{random.Next(20)}", $"s{random.Next(3)}");
            switch (random.Next(10))
            {
                case < 6:
                    var isUnlisted = random.Next(5) == 0;
                    Beat(user, listed: !isUnlisted, session);
                    if (isUnlisted)
                        unlisted.Add(user);
                    break;
                case < 9:
                    Engine.Leave(Lobby, user, session);
                    break;
                default:
                    _world.Advance(random.Next(1, 50));
                    break;
            }
            unlisted.RemoveWhere(gone => Engine.Find(Lobby, gone) is null);
            var listed = _world.List(ViewerSort.FirstJoinedFirst);
            Assert.Equal(Engine.Count(Lobby).Listed, listed.Length);
            Assert.Equal(unlisted.Count, Engine.Count(Lobby).Unlisted);
            Assert.Empty(listed.Intersect(unlisted));
            Assert.Equal(listed.Order(StringComparer.Ordinal), _world.List(ViewerSort.Name).Order(StringComparer.Ordinal));
            Assert.Equal(listed.Order(StringComparer.Ordinal), _world.List().Order(StringComparer.Ordinal));
        }
        Assert.Empty(Engine.Audit());
    }

    private void Beat(string user, bool listed = true, string session = "") =>
        Engine.Heartbeat(new Heartbeat { RoomId = Lobby, UserId = user, SessionId = session, IsUnlisted = !listed });

    private static List<Change> Read(ChangeSubscription subscription)
    {
        var changes = new List<Change>();
        while (subscription.TryRead(out var change) != SubscriptionItem.None)
            changes.Add(change);
        return changes;
    }
}
