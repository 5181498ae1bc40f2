using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary>What a moderator's page asks: places by number, orders that stand still, sessions, what a count is made of.</summary>
public sealed class RosterTests : IDisposable
{
    private const string Lobby = EngineWorld.Lobby;
    private readonly EngineWorld _world = new();

    private PresenceEngine Engine => _world.Engine;

    [Theory]
    [InlineData(ViewerSort.FirstJoinedFirst)]
    [InlineData(ViewerSort.LastJoinedFirst)]
    public void Skip_AnyNumber_BeginsBehindSoMany(ViewerSort sort)
    {
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user-{user}");
        for (var user = 0; user < 1_000; user += 3)
            Engine.Leave(Lobby, $"user-{user}", "");
        var all = Engine.Order(Lobby, new ViewerQuery { Sort = sort }).UserIds;

        foreach (var skip in (int[])[1, 84, 85, 128, 300, 665, 666, 700])
        {
            var page = Engine.Viewers(Lobby, new ViewerQuery { Sort = sort, Skip = skip, Limit = 30 });

            Assert.Equal(all.Skip(skip).Take(30), page.Viewers.Select(viewer => viewer.UserId));
            Assert.Equal(666, page.Matching);
        }
    }

    [Fact]
    public void Skip_WherePlacesHaveNoNumber_IsRefused()
    {
        _world.Beat("ann");

        Assert.Throws<ArgumentException>(() => Engine.Viewers(Lobby, new ViewerQuery { Sort = ViewerSort.Name, Skip = 1 }));
        Assert.Throws<ArgumentException>(() => Engine.Viewers(Lobby, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Skip = 1, Search = "a" }));
        Assert.Throws<ArgumentException>(() => Engine.Viewers(Lobby, new ViewerQuery { Skip = 1 }));
    }

    [Fact]
    public void Order_ByNameWithAFilter_HoldsEveryMatchOnce()
    {
        for (var user = 0; user < 500; user++)
            _world.Beat($"user-{user}", profile: new UserProfile($"Name {999 - user}", null), state: user % 2 == 0 ? ViewerState.Hidden : ViewerState.Visible);

        var order = Engine.Order(Lobby, new ViewerQuery { Sort = ViewerSort.Name, Search = "name", State = ViewerState.Hidden });

        Assert.Equal(Enumerable.Range(0, 500).Where(user => user % 2 == 0).Reverse().Select(user => $"user-{user}"), order.UserIds);
        Assert.Equal(500, order.Count.Viewers);
    }

    [Fact]
    public void Order_OfThoseWhoFade_LeavesTheOthersOut()
    {
        _world.Beat("early");
        _world.Advance(30);
        _world.Beat("late");
        _world.Advance(5);

        Assert.Equal(["early"], Engine.Order(Lobby, new ViewerQuery { IsFading = true }).UserIds);
        Assert.Equal(["late"], Engine.Order(Lobby, new ViewerQuery { IsFading = false }).UserIds);
    }

    [Fact]
    public void Matches_OfAQuery_IsWhatTheListSays()
    {
        _world.Beat("ann", profile: new UserProfile("Ada", null), state: ViewerState.Hidden);
        var viewer = Engine.Viewers(Lobby, ["ann"])[0];

        Assert.True(new ViewerQuery { Search = "AD", State = ViewerState.Hidden, IsFading = false }.Matches(viewer, _world.Now));
        Assert.False(new ViewerQuery { Search = "bob" }.Matches(viewer, _world.Now));
        Assert.False(new ViewerQuery { State = ViewerState.Visible }.Matches(viewer, _world.Now));
        Assert.False(new ViewerQuery { IsFading = true }.Matches(viewer, _world.Now));
    }

    [Fact]
    public void Viewers_OfAList_AreThosePresentInItsOrder()
    {
        _world.Beat("ann");
        _world.Beat("bob", session: "phone");
        _world.Beat("bob", session: "laptop");

        var viewers = Engine.Viewers(Lobby, ["bob", "nobody", "ann"]);

        Assert.Equal([("bob", 2), ("ann", 1)], viewers.Select(viewer => (viewer.UserId, viewer.Sessions)));
        Assert.Empty(Engine.Viewers("elsewhere", ["ann"]));
        Assert.Throws<ArgumentException>(() => Engine.Viewers(Lobby, [.. Enumerable.Repeat("ann", 201)]));
    }

    [Fact]
    public void Sessions_OfAViewer_SayWhatEachRunsOnAndUntilWhenItCounts()
    {
        var phone = new SessionDevice("Pixel 9", "4.2.0");
        _world.Beat("ann", session: "phone", device: phone);
        var began = _world.Now;
        _world.Advance(10);
        _world.Beat("ann", session: "laptop", state: ViewerState.Hidden);
        _world.Advance(10);
        _world.Beat("ann", session: "phone"); // says nothing of its device: what it said stays

        var sessions = Engine.Sessions(Lobby, "ann");

        Assert.Equal(["phone", "laptop"], sessions.Select(session => session.SessionId));
        Assert.Equal([phone, default], sessions.Select(session => session.Device));
        Assert.Equal([ViewerState.Visible, ViewerState.Hidden], sessions.Select(session => session.State));
        Assert.Equal([began, began.AddSeconds(10)], sessions.Select(session => session.JoinedAt));
        Assert.Equal([began.AddSeconds(20), began.AddSeconds(10)], sessions.Select(session => session.LastHeartbeatAt));
        Assert.Equal([began.AddSeconds(80), began.AddSeconds(70)], sessions.Select(session => session.Deadline));
        Assert.Empty(Engine.Sessions(Lobby, "bob"));
        Assert.Empty(Engine.Sessions("elsewhere", "ann"));
    }

    [Fact]
    public void Sessions_OnceTheFirstIsGone_KeepTheirOwnInstants()
    {
        _world.Beat("ann", session: "first");
        var began = _world.Now;
        _world.Advance(10);
        _world.Beat("ann", session: "second");
        _world.Advance(10);
        _world.Beat("ann", session: "third");

        Engine.Leave(Lobby, "ann", "first");
        var afterOne = Engine.Sessions(Lobby, "ann").ToDictionary(session => session.SessionId, session => session.JoinedAt, StringComparer.Ordinal);
        Engine.Leave(Lobby, "ann", "second");
        var last = Assert.Single(Engine.Sessions(Lobby, "ann"));

        Assert.Equal(began.AddSeconds(10), afterOne["second"]);
        Assert.Equal(began.AddSeconds(20), afterOne["third"]);
        Assert.Equal(began.AddSeconds(20), last.JoinedAt);
        Assert.Equal(began, Engine.Viewers(Lobby, ["ann"])[0].JoinedAt);
        Assert.Empty(Engine.Audit());

        Engine.Leave(Lobby, "ann", "third");
        _world.Advance(5);
        _world.Beat("bob");
        Assert.Equal(_world.Now, Assert.Single(Engine.Sessions(Lobby, "bob")).JoinedAt);
    }

    [Fact]
    public void Devices_AboveTheCap_ShowAsOther()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Devices = 2 });
        world.Beat("ann", device: new SessionDevice("a", null));
        world.Beat("bob", device: new SessionDevice("a", "2"));
        world.Beat("cid", device: new SessionDevice("c", null));
        world.Beat("dan", device: new SessionDevice("a", "2"));
        world.Beat("eve");

        SessionDevice DeviceOf(string user) => world.Engine.Sessions(Lobby, user)[0].Device;

        Assert.Equal(new SessionDevice("a", null), DeviceOf("ann"));
        Assert.Equal(new SessionDevice("a", "2"), DeviceOf("bob"));
        Assert.Equal(SessionDevice.Other, DeviceOf("cid"));
        Assert.Equal(new SessionDevice("a", "2"), DeviceOf("dan"));
        Assert.Equal(default, DeviceOf("eve"));
    }

    [Fact]
    public void Refresh_WithADeviceKnownAlready_AllocatesNothing()
    {
        var heartbeat = new Heartbeat { RoomId = Lobby, UserId = "ann", SessionId = "", Device = new SessionDevice("Pixel 9", "4.2.0") };
        Engine.Heartbeat(heartbeat);
        Engine.Heartbeat(heartbeat);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var beat = 0; beat < 100; beat++)
            Engine.Heartbeat(heartbeat);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Explain_WithTwoGenerations_LooksAtBoth()
    {
        _world.Beat("ann");
        var oldest = _world.Now;
        _world.Advance(5);
        Engine.Apply(Engine.Settings with { PresenceTimeout = TimeSpan.FromSeconds(90), Version = 2 });
        _world.Beat("bob");
        _world.Advance(2);
        using var watch = Engine.Watch(Lobby);

        var explanation = Engine.Explain(Lobby);

        Assert.Equal(2, explanation.Count.Viewers);
        Assert.Equal(oldest, explanation.OldestHeartbeatAt);
        Assert.Equal(oldest.AddSeconds(5), explanation.NewestHeartbeatAt);
        Assert.Equal(_world.Now, explanation.At);
        Assert.Equal(1, explanation.Watches);
    }

    [Fact]
    public void Explain_WithRemovals_CountsThoseOfTheRoomAndOfTheNetwork()
    {
        _world.Beat("ann");
        var until = _world.Now.AddMinutes(5);
        Engine.Remove(new Removal("ann", Lobby, until, null));
        Engine.Remove(new Removal("ann", "elsewhere", until, null));
        Engine.Remove(new Removal("bob", Lobby, until, null));
        Engine.Remove(new Removal("bob", null, until, null));

        Assert.Equal(2, Engine.Explain(Lobby).Removals);
        Assert.Equal(1, Engine.Explain("never seen").Removals);
        Assert.Null(Engine.Explain(Lobby).OldestHeartbeatAt);
        Assert.Equal([Lobby, "elsewhere"], Engine.RemovalsOf("ann").Select(removal => removal.RoomId));
        _world.Advance(301);
        Assert.Equal(0, Engine.Explain(Lobby).Removals);
        Assert.Empty(Engine.RemovalsOf("ann"));
    }

    public void Dispose() => _world.Dispose();
}
