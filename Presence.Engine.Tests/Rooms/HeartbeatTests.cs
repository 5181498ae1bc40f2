using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class HeartbeatTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Heartbeat_FirstOfUser_CountsTheViewer()
    {
        var receipt = _world.Beat("ann");

        Assert.Equal(HeartbeatOutcome.Accepted, receipt.Outcome);
        Assert.True(receipt.Joined);
        Assert.Equal(1, receipt.Viewers);
        Assert.Equal(1, _world.Viewers());
    }

    [Fact]
    public void Heartbeat_AgainOfTheSameSession_ChangesNoCount()
    {
        _world.Beat("ann");

        var receipt = _world.Beat("ann");

        Assert.False(receipt.Joined);
        Assert.Equal(1, receipt.Viewers);
    }

    [Fact]
    public void Count_JustBeforeTheDeadline_StillCounts()
    {
        _world.Beat("ann");

        _world.Advance(59.9);

        Assert.Equal(1, _world.Viewers());
    }

    [Fact]
    public void Count_AtTheDeadline_NoLongerCounts()
    {
        _world.Beat("ann");

        _world.Advance(60);

        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Heartbeat_BeforeTheDeadline_MovesTheDeadline()
    {
        _world.Beat("ann");
        _world.Advance(45);
        _world.Beat("ann");

        _world.Advance(59);
        Assert.Equal(1, _world.Viewers());

        _world.Advance(1);
        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Heartbeat_OneUserOnThreeDevices_IsOneViewerWithThreeSessions()
    {
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "laptop");
        _world.Beat("ann", session: "tv");

        var count = _world.Engine.Count(EngineWorld.Lobby);

        Assert.Equal(1, count.Viewers);
        Assert.Equal(3, count.Sessions);
    }

    [Fact]
    public void Leave_OneOfThreeDevices_RemovesNobody()
    {
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "laptop");
        _world.Beat("ann", session: "tv");

        Assert.True(_world.Engine.Leave(EngineWorld.Lobby, "ann", "phone"));

        Assert.Equal(1, _world.Viewers());
        Assert.Equal(2, _world.Engine.Count(EngineWorld.Lobby).Sessions);
    }

    [Fact]
    public void Leave_FirstDeviceOfTwo_KeepsWhenTheViewerJoined()
    {
        _world.Beat("ann", session: "phone");
        var joinedAt = Single().JoinedAt;
        _world.Advance(10);
        _world.Beat("ann", session: "laptop");

        _world.Engine.Leave(EngineWorld.Lobby, "ann", "phone");

        Assert.Equal(joinedAt, Single().JoinedAt);
        Assert.Equal(1, Single().Sessions);
    }

    [Fact]
    public void Leave_Twice_IsFalseTheSecondTime()
    {
        _world.Beat("ann");

        Assert.True(_world.Engine.Leave(EngineWorld.Lobby, "ann", ""));
        Assert.False(_world.Engine.Leave(EngineWorld.Lobby, "ann", ""));
        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Heartbeat_EleventhSession_ReplacesTheLongestSilent()
    {
        for (var device = 0; device < 10; device++)
        {
            _world.Beat("ann", session: $"device{device}");
            _world.Advance(1);
        }
        _world.Beat("ann", session: "device0");

        _world.Beat("ann", session: "device10");

        Assert.Equal(10, Single().Sessions);
        Assert.False(_world.Engine.Leave(EngineWorld.Lobby, "ann", "device1"));
        Assert.True(_world.Engine.Leave(EngineWorld.Lobby, "ann", "device0"));
    }

    [Fact]
    public void Heartbeat_InMoreRoomsThanAllowed_IsRefusedAndStoresNothing()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { RoomsPerUser = 2 });
        world.Beat("ann", "one");
        world.Beat("ann", "two");

        var receipt = world.Beat("ann", "three");

        Assert.Equal(HeartbeatOutcome.RoomsPerUserLimit, receipt.Outcome);
        Assert.Equal(0, world.Viewers("three"));
        Assert.Equal(2, world.Engine.CountNetwork().Sessions);

        world.Engine.Leave("one", "ann", "");
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("ann", "three").Outcome);
    }

    [Fact]
    public void Heartbeat_OverTheCapOnSessions_IsRefusedAndStoresNothing()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Sessions = 1 });
        world.Beat("ann");

        Assert.Equal(HeartbeatOutcome.SessionLimit, world.Beat("ben").Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("ann").Outcome);
        Assert.Equal(1, world.Viewers());
        Assert.Equal(1, world.Engine.CountNetwork().Viewers);
    }

    [Fact]
    public void Heartbeat_NewRoomOverTheCap_IsRefusedUntilARoomIsEmpty()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { Rooms = 2 });
        world.Beat("ann", "one");
        world.Beat("ann", "two");

        Assert.Equal(HeartbeatOutcome.RoomLimit, world.Beat("ann", "three").Outcome);

        world.Engine.Leave("one", "ann", "");
        Assert.Equal(HeartbeatOutcome.Accepted, world.Beat("ann", "three").Outcome);
        Assert.Equal(HeartbeatOutcome.RoomLimit, world.Beat("ann", "one").Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Heartbeat_AtTheDeadlineBeforeTheSweep_IsALeaveAtTheDeadlineAndAJoin(int secondsUnswept)
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        var deadline = _world.Now.AddSeconds(60);
        _world.Advance(59);
        _world.AdvanceUnswept(secondsUnswept);

        var receipt = _world.Beat("ann");

        Assert.True(receipt.Joined);
        var all = changes.All();
        Assert.Equal(["Joined ann", "Left ann Timeout", "Joined ann"], all.Select(change => change.Text()));
        Assert.Equal(deadline, all[1].At);
        Assert.Equal(_world.Now, all[2].At);
        Assert.Equal([1, 2, 3], all.Select(change => change.Sequence - changes.StartedAfter));
    }

    [Fact]
    public void Heartbeat_AnotherSessionAfterTheOnlyOnesDeadline_IsALeaveAndAJoin()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann", session: "phone");
        _world.Advance(59);
        _world.AdvanceUnswept(2);

        Assert.True(_world.Beat("ann", session: "laptop").Joined);

        Assert.Equal(["Joined ann", "Left ann Timeout", "Joined ann"], changes.All().Select(change => change.Text()));
        Assert.Equal(1, _world.Engine.Count(EngineWorld.Lobby).Sessions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Leave_AtTheDeadlineBeforeTheSweep_WasATimeout(int secondsUnswept)
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        _world.Advance(59);
        _world.AdvanceUnswept(secondsUnswept);

        Assert.False(_world.Engine.Leave(EngineWorld.Lobby, "ann", ""));

        Assert.Equal("Left ann Timeout", changes.All()[^1].Text());
    }

    [Fact]
    public void Heartbeat_OfASessionAlreadyPresent_AllocatesNothing()
    {
        for (var user = 0; user < 2_000; user++)
            _world.Beat($"user{user}");
        var heartbeat = new Heartbeat { RoomId = EngineWorld.Lobby, UserId = "user7", SessionId = "" };
        for (var warmUp = 0; warmUp < 1_000; warmUp++)
            _world.Engine.Heartbeat(heartbeat);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
            _world.Engine.Heartbeat(heartbeat);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private Viewer Single() => Assert.Single(_world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers);
}
