using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

public sealed class ViewerListTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Viewers_Default_AreByLatestHeartbeat()
    {
        Arrive("ann", "ben", "cat");
        _world.Beat("ann");

        Assert.Equal(["ann", "cat", "ben"], _world.List());
        Assert.Equal(["ben", "cat", "ann"], _world.List(ViewerSort.OldestHeartbeatFirst));
    }

    [Fact]
    public void Viewers_ByJoin_IgnoreLaterHeartbeats()
    {
        Arrive("ann", "ben", "cat");
        _world.Beat("ann");

        Assert.Equal(["ann", "ben", "cat"], _world.List(ViewerSort.FirstJoinedFirst));
        Assert.Equal(["cat", "ben", "ann"], _world.List(ViewerSort.LastJoinedFirst));
    }

    [Fact]
    public void Viewers_AcrossGenerations_AreMergedByHeartbeat()
    {
        Arrive("ann", "ben");
        _world.Engine.Apply(EngineWorld.Seconds(10, 40));
        Arrive("cat");
        _world.Engine.Apply(EngineWorld.Seconds(30, 60));
        Arrive("dan");
        _world.Beat("ann");

        Assert.Equal(["ann", "dan", "cat", "ben"], _world.List());
        Assert.Equal(["ben", "cat", "dan", "ann"], _world.List(ViewerSort.OldestHeartbeatFirst));
    }

    [Fact]
    public void Viewers_WithSeveralSessions_AppearOnceAtTheirLatest()
    {
        _world.Beat("ann", session: "phone");
        Arrive("ben");
        _world.Beat("ann", session: "laptop");
        Arrive("cat");

        Assert.Equal(["cat", "ann", "ben"], _world.List());
        Assert.Equal(["ben", "ann", "cat"], _world.List(ViewerSort.OldestHeartbeatFirst));
    }

    [Fact]
    public void Viewers_Limit_CapsTheListButNotTheCount()
    {
        Arrive("ann", "ben", "cat");

        var page = _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Limit = 2 });

        Assert.Equal(["cat", "ben"], page.Viewers.Select(viewer => viewer.UserId));
        Assert.Equal(3, page.Count.Viewers);
        Assert.Equal(3, page.Matching);
    }

    [Fact]
    public void Viewers_Search_FindsIdsAndNamesIgnoringCase()
    {
        _world.Beat("u-17", profile: new UserProfile("Grace Hopper", null));
        _world.Beat("u-18", profile: new UserProfile("Alan", null));

        Assert.Equal(["u-17"], _world.List(search: "hopper"));
        Assert.Equal(["u-18"], _world.List(search: "U-18"));
        Assert.Empty(_world.List(search: "nobody"));
    }

    [Fact]
    public void UpdateProfile_OfAPresentUser_ShowsAtOnce()
    {
        _world.Beat("ann", profile: new UserProfile("Ann", null));

        _world.Engine.UpdateProfile("ann", new UserProfile("Anna", null));

        Assert.Equal("Anna", _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].Profile?.DisplayName);
    }

    [Fact]
    public void Viewers_OfAnUnknownRoom_AreNone()
    {
        var page = _world.Engine.Viewers("nowhere", new ViewerQuery());

        Assert.Empty(page.Viewers);
        Assert.Equal(0, page.Count.Viewers);
    }

    [Fact]
    public void Viewers_AfterTheWallClockJumped_KeepTheirAge()
    {
        Arrive("ann");
        _world.Time.SetUtcNow(_world.Now.AddDays(3));
        _world.Advance(10);

        var viewer = _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0];

        Assert.Equal(11, (_world.Now - viewer.JoinedAt).TotalSeconds, precision: 3);
        Assert.Equal(1, _world.Viewers());
    }

    [Fact]
    public void Viewers_Filters_NarrowTogether()
    {
        var pixel = new SessionDevice("Pixel 8", "4.2.1");
        _world.Beat("ann", device: pixel);
        _world.Beat("gus", guest: true, device: pixel);
        _world.Advance(30);
        _world.Beat("gil", guest: true, device: new SessionDevice("iPhone 15", "4.2.0"));
        _world.Beat("gwen", guest: true);

        Assert.Equal(["gus", "gil", "gwen"], Filtered(new ViewerQuery { IsGuest = true }));
        Assert.Equal(["ann"], Filtered(new ViewerQuery { IsGuest = false }));
        Assert.Equal(["ann", "gus"], Filtered(new ViewerQuery { Device = "PIXEL 8 4" }));
        Assert.Equal(["ann", "gus", "gil"], Filtered(new ViewerQuery { Device = "4.2" }));
        Assert.Equal(["ann", "gus", "gil"], Filtered(new ViewerQuery { Device = " " })); // gwen's said nothing
        Assert.Equal(["ann", "gus"], Filtered(new ViewerQuery { LongerThan = TimeSpan.FromSeconds(29) }));
        Assert.Empty(Filtered(new ViewerQuery { LongerThan = TimeSpan.FromSeconds(30) }));
        Assert.Equal(["gus"], Filtered(new ViewerQuery { LongerThan = TimeSpan.FromSeconds(29), IsGuest = true, Device = "pixel", Search = "G" }));
        Assert.Equal(["gil"], Filtered(new ViewerQuery { IsGuest = true, Device = "4.2" }).Except(["gus"]));
    }

    [Fact]
    public void Viewers_ByDevice_AreFoundByAnyOfTheirSessions()
    {
        _world.Beat("ann", session: "tv", device: new SessionDevice("LG TV", null));
        _world.Beat("ann", session: "phone", device: new SessionDevice("Pixel 8", null));
        _world.Beat("ben", session: "tv", device: new SessionDevice("LG TV", null));

        Assert.Equal(["ann"], Filtered(new ViewerQuery { Device = "pixel" }));
        Assert.Equal(["ann", "ben"], Filtered(new ViewerQuery { Device = "tv" }));
        Assert.Equal(["LG TV", "Pixel 8"], _world.Engine.DeviceNames(2));
        Assert.Equal(["LG TV"], _world.Engine.DeviceNames(1));
    }

    private string[] Filtered(ViewerQuery query)
    {
        query = query with { Sort = ViewerSort.FirstJoinedFirst };
        string[] listed = [.. _world.Engine.Viewers(EngineWorld.Lobby, query).Viewers.Select(viewer => viewer.UserId)];
        Assert.Equal(listed, _world.Engine.Order(EngineWorld.Lobby, query).UserIds);
        return listed;
    }

    private void Arrive(params string[] users)
    {
        foreach (var user in users)
        {
            _world.Beat(user);
            _world.Advance(1);
        }
    }
}
