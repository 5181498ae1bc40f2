using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests;

public sealed class LocalPresenceTests : IDisposable
{
    private readonly EngineWorld _world = new();
    private readonly LocalPresence _presence;

    public LocalPresenceTests() => _presence = new LocalPresence(_world.Engine);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void HeartbeatAsync_OfAPresentSession_IsCompleteWhenItReturnsAndAllocatesNothing()
    {
        var heartbeat = new Heartbeat { RoomId = EngineWorld.Lobby, UserId = "ann", SessionId = "tab" };
        Assert.True(Beat(heartbeat));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var isComplete = true;
        for (var i = 0; i < 1_000; i++)
            isComplete &= Beat(heartbeat);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(isComplete);
    }

    [Fact]
    public void Current_AfterAChange_IsAnotherValue()
    {
        var before = _presence.Current;

        _world.Engine.Apply(before.Settings with { Enabled = false, Version = before.Settings.Version + 1 });
        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Title = "Lobby" });

        Assert.True(before.Settings.Enabled);
        Assert.False(_presence.Current.Settings.Enabled);
        Assert.True(_presence.Current.CatalogueVersion > before.CatalogueVersion);
        Assert.Equal("Lobby", _presence.StateOf(EngineWorld.Lobby).Definition.Title);
        Assert.False(_presence.StateOf(EngineWorld.Lobby).Effective.Values.Enabled);
    }

    [Fact]
    public async Task OrderViewersAsync_ReadInParts_IsTheOrderOfItsMoment()
    {
        foreach (var user in (string[])["ann", "ben", "cat", "dan"])
            _world.Beat(user);
        var order = await _presence.OrderViewersAsync(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }, TestContext.Current.CancellationToken);

        _world.Engine.Leave(EngineWorld.Lobby, "ben", "");
        _world.Beat("eve");

        Assert.Equal((4, 4), (order.Length, order.Count.Viewers));
        Assert.Equal(["ben", "cat"], await order.ReadAsync(1, 2, TestContext.Current.CancellationToken));
        Assert.Equal(["dan"], await order.ReadAsync(3, 200, TestContext.Current.CancellationToken));
        Assert.Empty(await order.ReadAsync(9, 5, TestContext.Current.CancellationToken));
        Assert.Equal((1, 3), await order.FindAsync(["dan", "ben", "eve"], TestContext.Current.CancellationToken));
        Assert.Equal((-1, -1), await order.FindAsync(["eve"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadNamedViewersAsync_WithOneOpen_HasItsSessions()
    {
        _world.Beat("ann");
        _world.Beat("ben", session: "phone");
        _world.Beat("ben", session: "tv");

        var named = await _presence.ReadNamedViewersAsync(EngineWorld.Lobby, ["ben", "nobody", "ann"], "ben", TestContext.Current.CancellationToken);

        Assert.Equal(["ben", "ann"], named.Viewers.Select(viewer => viewer.UserId));
        Assert.Equal(["phone", "tv"], named.Sessions.Select(session => session.SessionId).Order());
    }

    private bool Beat(in Heartbeat heartbeat)
    {
        var recording = _presence.HeartbeatAsync(heartbeat);
        return recording.IsCompletedSuccessfully && recording.Result.Outcome == HeartbeatOutcome.Accepted;
    }
}
