using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class RaisedHandsTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Heartbeat_HandsRaised_QueueInTheOrderOfRaisingUntilTakenDownOrGone()
    {
        foreach (var user in (string[])["ann", "ben", "cem"])
            Say(user, null);
        Assert.True(Say("cem", true));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Say("ann", true));
        Assert.True(Say("ben", true));
        Assert.True(Say("cem", true)); // again: keeps its place
        Assert.True(Say("cem", null)); // says nothing of it
        Assert.Equal("cem ann ben", Queue());
        Assert.Equal(3, _world.Engine.Count("lobby").Hands);

        Assert.False(Say("ann", false));
        Assert.True(_world.Engine.Leave("lobby", "cem", ""));
        Assert.Equal("ben", Queue());
        _world.Advance(120);

        Assert.Equal("", Queue());
        Assert.Equal(0, _world.Engine.Count("lobby").Hands);
    }

    [Fact]
    public void LowerHands_ClientThatGoesOnSayingTrue_StaysDownUntilItSaysOtherwise()
    {
        Say("ann", true);

        Assert.Equal(1, _world.Engine.LowerHands("lobby", "ann"));
        Assert.Equal(0, _world.Engine.LowerHands("lobby", "ann"));

        Assert.False(Say("ann", true));
        Assert.False(Say("ann", null, session: "another")); // not the session that raised it
        Assert.False(Say("ann", true));
        Assert.False(Say("ann", null));
        Assert.True(Say("ann", true));
        Say("ben", true);
        Assert.Equal(2, _world.Engine.LowerHands("lobby", null));
        Assert.Equal("", Queue());
    }

    [Fact]
    public void Viewers_ByHand_AreMarkedAndFiltered()
    {
        foreach (var user in (string[])["ann", "ben", "cem"])
            Say(user, user == "ben");

        var all = _world.Engine.Viewers("lobby", new ViewerQuery { Sort = ViewerSort.Name });
        var raised = _world.Engine.Viewers("lobby", new ViewerQuery { IsHandRaised = true });
        var order = _world.Engine.Order("lobby", new ViewerQuery { Sort = ViewerSort.Name, IsHandRaised = false });

        Assert.Equal([false, true, false], all.Viewers.Select(viewer => viewer.HandRaisedAt is not null));
        Assert.Equal(["ben"], raised.Viewers.Select(viewer => viewer.UserId));
        Assert.Equal(1, raised.Matching);
        Assert.Equal(["ann", "cem"], order.UserIds);
    }

    [Fact]
    public void Heartbeat_HandBeyondTheCap_IsNotTaken()
    {
        for (var i = 0; i < PresenceLimits.HandsPerRoom; i++)
            Assert.True(Say($"user-{i}", true));

        Assert.False(Say("one more", true));

        _world.Engine.Leave("lobby", "user-7", "");
        Assert.True(Say("one more", true));
    }

    /// <summary>A hand that is up costs its viewer's heartbeats nothing.</summary>
    [Fact]
    public void Heartbeat_InARoomWithHands_AllocatesNothing()
    {
        Say("ann", true);
        Say("ben", null);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Say("ann", true);
            Say("ann", null);
            Say("ben", null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private string Queue() => string.Join(' ', _world.Engine.HandsIn("lobby").Select(hand => hand.UserId));

    private bool Say(string user, bool? raised, string session = "") =>
        _world.Engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = session, HandRaised = raised }).IsHandRaised;
}
