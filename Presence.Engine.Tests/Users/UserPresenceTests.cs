using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Users;

/// <summary>Rule 18: who is online in the network.</summary>
public sealed class UserPresenceTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void UserHeartbeat_AndRoomHeartbeat_DoNotMix()
    {
        _world.Beat("ann");
        _world.Engine.UserHeartbeat("ben");

        Assert.Equal(1, _world.Engine.CountOnline().Users);
        Assert.Equal(1, _world.Engine.CountNetwork().Viewers);
        Assert.Equal(["ben"], Online());
        Assert.Equal(1, _world.Engine.Rooms(new RoomQuery()).Matching);
    }

    [Fact]
    public void CountOnline_AtTheTimeout_ForgetsTheUser()
    {
        _world.Engine.UserHeartbeat("ann");
        _world.Advance(59);
        Assert.Equal(1, _world.Engine.CountOnline().Users);

        _world.Advance(1);

        Assert.Equal(0, _world.Engine.CountOnline().Users);
        Assert.Equal(_world.Now, _world.Engine.CountOnline().At);
    }

    [Fact]
    public void OnlineUsers_AreByHeartbeatEitherWay()
    {
        foreach (var user in new[] { "ann", "ben", "cat", "ann" })
        {
            _world.Engine.UserHeartbeat(user);
            _world.Advance(1);
        }

        Assert.Equal(["ann", "cat", "ben"], Online());
        Assert.Equal(["ben", "cat"], _world.Engine.OnlineUsers(new OnlineQuery { LatestFirst = false, Limit = 2 }).Users.Select(user => user.UserId));
    }

    [Fact]
    public void OnlineUsers_Searched_AreThoseWithTheTextInIdOrName()
    {
        _world.Engine.UserHeartbeat("u-1", new UserProfile("Ada Lovelace", null));
        _world.Advance(1);
        _world.Engine.UserHeartbeat("u-2", new UserProfile("Adam", null));
        _world.Engine.UserHeartbeat("lovely");
        _world.Engine.UserHeartbeat("lover");
        _world.Engine.SetOptOut("lover", isOut: true);

        var page = _world.Engine.OnlineUsers(new OnlineQuery { Search = "LOVE", LatestFirst = false });

        Assert.Equal(["u-1", "lovely"], page.Users.Select(user => user.UserId));
        Assert.Equal((2, 4), (page.Matching, page.Count.Users));
        Assert.Equal(("Ada Lovelace", _world.Now.AddSeconds(-1)), (page.Users[0].Profile!.DisplayName, page.Users[0].Since));
        Assert.Single(_world.Engine.OnlineUsers(new OnlineQuery { Search = "ad", Limit = 1 }).Users);
    }

    [Fact]
    public void OnlineUsers_Paged_AreByHeartbeatWithoutThoseWhoOptedOut()
    {
        foreach (var user in new[] { "ann", "ben", "cat" })
        {
            _world.Engine.UserHeartbeat(user);
            _world.Advance(1);
        }
        _world.Engine.SetOptOut("ben", isOut: true);

        Assert.Equal(["cat", "ann"], _world.Engine.OnlineUsers(new OnlineQuery()).Users.Select(user => user.UserId));
        Assert.Equal(["ann"], _world.Engine.OnlineUsers(new OnlineQuery { LatestFirst = false, Limit = 1 }).Users.Select(user => user.UserId));
        Assert.Equal(3, _world.Engine.OnlineUsers(new OnlineQuery()).Matching);
    }

    [Fact]
    public void UpdateProfile_OfAUserOnline_ShowsItDifferently()
    {
        _world.Engine.UserHeartbeat("ann", new UserProfile("Ann", null));
        _world.Engine.UpdateProfile("ann", new UserProfile("Anna", null));

        Assert.Equal("Anna", Assert.Single(_world.Engine.OnlineUsers(new OnlineQuery()).Users).Profile!.DisplayName);
    }

    [Fact]
    public void OnlineUsers_OfAList_KeepTheOrderAndLeaveOutTheOthers()
    {
        _world.Engine.UserHeartbeat("ann");
        _world.Advance(3);
        _world.Engine.UserHeartbeat("ben");

        var users = _world.Engine.OnlineUsers(["ben", "nobody", "ann"]);

        Assert.Equal([("ben", _world.Now), ("ann", _world.Now.AddSeconds(-3))], users.Select(user => (user.UserId, user.LastHeartbeatAt)));
    }

    [Fact]
    public void SetOptOut_HidesFromListsAndChannelsButNotFromTheCount()
    {
        _world.Engine.UserHeartbeat("ann");
        _world.Engine.UserHeartbeat("ben");
        _world.Engine.SetChannelMembers("c", ["ann", "ben"]);

        Assert.True(_world.Engine.SetOptOut("ann", isOut: true));

        Assert.True(_world.Engine.IsOptedOut("ann"));
        Assert.Equal(["ben"], Online());
        Assert.Equal(2, _world.Engine.CountOnline().Users);
        Assert.Equal(1, _world.Engine.Channels(["c"], null)[0].OnlineCount);

        _world.Engine.SetOptOut("ann", isOut: false);
        Assert.Equal(2, _world.Engine.Channels(["c"], null)[0].OnlineCount);
    }

    [Fact]
    public void SetOptOut_OverTheCap_IsRefused()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { OptOuts = 1 });

        Assert.True(world.Engine.SetOptOut("ann", isOut: true));
        Assert.True(world.Engine.SetOptOut("ann", isOut: true));
        Assert.False(world.Engine.SetOptOut("ben", isOut: true));
        world.Engine.SetOptOut("ann", isOut: false);
        Assert.True(world.Engine.SetOptOut("ben", isOut: true));
    }

    [Fact]
    public void Channels_DoNotCountTheUserWhoAsks()
    {
        _world.Engine.UserHeartbeat("ann");
        _world.Engine.UserHeartbeat("ben");
        _world.Engine.SetChannelMembers("both", ["ann", "ben", "ann"]);
        _world.Engine.SetChannelMembers("self", ["ann"]);

        var channels = _world.Engine.Channels(["both", "self", "unknown"], "ann");

        Assert.Equal([("both", 1, true), ("self", 0, false), ("unknown", 0, false)], channels.Select(channel => (channel.ChannelId, channel.OnlineCount, channel.IsAnyMemberOnline)));
    }

    [Fact]
    public void SetChannelMembers_OverACap_IsRefusedAndChangesNothing()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Channels = 1, ChannelMembers = 2 });
        world.Engine.UserHeartbeat("ann");
        Assert.True(world.Engine.SetChannelMembers("one", ["ann", "ben"]));

        Assert.False(world.Engine.SetChannelMembers("one", ["ann", "ben", "cat"]));
        Assert.False(world.Engine.SetChannelMembers("two", ["ann"]));
        Assert.Equal(1, world.Engine.Channels(["one"], null)[0].OnlineCount);

        Assert.True(world.Engine.SetChannelMembers("one", []));
        Assert.True(world.Engine.SetChannelMembers("two", ["ann"]));
    }

    [Fact]
    public void Apply_Disabled_EndsUserPresenceToo()
    {
        _world.Engine.UserHeartbeat("ann");

        _world.Engine.Apply(PresenceSettings.Default with { Enabled = false });

        Assert.Equal(0, _world.Engine.CountOnline().Users);
        Assert.Equal(HeartbeatOutcome.NetworkDisabled, _world.Engine.UserHeartbeat("ann").Outcome);
    }

    [Fact]
    public void Restore_BringsUsersBackToo()
    {
        _world.Engine.UserHeartbeat("ann");
        _world.Beat("ann");
        using var restarted = new EngineWorld();

        restarted.Engine.Restore(_world.Engine.Journal.Snapshot().Select(session => new Presence.Engine.Changes.RestoredSession(session, null)));

        Assert.Equal(1, restarted.Engine.CountOnline().Users);
        Assert.Equal(1, restarted.Engine.CountNetwork().Viewers);
    }

    private IEnumerable<string> Online() => _world.Engine.OnlineUsers(new OnlineQuery { Limit = 1_000 }).Users.Select(user => user.UserId);
}
