using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary>Joins and leaves by the minute, and who left last.</summary>
public sealed class RoomFlowTests : IDisposable
{
    private const string Lobby = EngineWorld.Lobby;
    private readonly EngineWorld _world = new(EngineWorld.Seconds(600, 3_600));

    private PresenceEngine Engine => _world.Engine;

    [Fact]
    public void Flow_MinuteByMinute_AddsUpToTheCount()
    {
        var random = new Random(20260301);
        var (joined, left) = (0, 0);
        for (var second = 0; second < 900; second++)
        {
            if (random.Next(3) > 0)
                _world.Beat($"user-{joined++}");
            if (random.Next(4) == 0 && left < joined && Engine.Leave(Lobby, $"user-{left}", ""))
                left++;
            _world.Advance(1);

            var flow = Engine.Flow(Lobby);
            var hour = Engine.Trend(Lobby).Hour;
            Assert.Equal((joined, left), (flow.Joined, flow.Left));
            Assert.Equal((joined, left), (flow.Joins.Sum(), flow.Leaves.Sum()));
            Assert.Equal(hour.Count, flow.Joins.Count);
            Assert.DoesNotContain(flow.Leaves, leaves => leaves < 0);
        }
        Assert.True(joined > 500 && left > 150);
    }

    [Fact]
    public void Flow_AfterMoreThanAnHour_ForgetsTheMinutesBefore()
    {
        for (var user = 0; user < 7; user++)
            _world.Beat($"user-{user}");
        _world.Advance(120);
        Engine.Leave(Lobby, "user-0", "");
        _world.Advance(1_800);
        Keep();
        _world.Advance(1_800);
        Keep();

        var recent = Engine.Flow(Lobby);
        _world.Advance(120);
        var later = Engine.Flow(Lobby);

        Assert.Equal(61, recent.Joins.Count);
        Assert.Equal((0, 1), (recent.Joins.Sum(), recent.Leaves.Sum()));
        Assert.Equal((0, 0), (later.Joins.Sum(), later.Leaves.Sum()));
        Assert.Equal((7, 1), (later.Joined, later.Left));

        void Keep()
        {
            for (var user = 1; user < 7; user++)
                _world.Beat($"user-{user}");
        }
    }

    [Fact]
    public void Flow_OfViewersRestored_IsNoJoinAndNoLeave()
    {
        var sessions = Enumerable.Range(1, 20).Select(id => new RestoredSession(
            new MembershipChange(id, IsJoin: true, Lobby, $"user-{id}", "", IsGuest: false, ViewerState.Visible, _world.Now), null)).ToList();
        Engine.Restore(sessions);
        _world.Advance(90);
        Engine.Leave(Lobby, "user-1", "");
        _world.Advance(60);

        var flow = Engine.Flow(Lobby);

        Assert.Equal(0, flow.Joins.Sum());
        Assert.Equal(1, flow.Leaves.Sum());
        Assert.DoesNotContain(flow.Leaves, leaves => leaves < 0);
    }

    [Fact]
    public void Flow_OfAnUnknownRoom_IsNothing()
    {
        Assert.Equal([0], Engine.Flow("never seen").Joins);
        Assert.Equal([0], Engine.Flow("never seen").Leaves);
        Assert.Empty(Engine.Departures("never seen"));
    }

    [Fact]
    public void Departures_ForEachReason_SayWhoAndWhenAndWhy()
    {
        using var world = new EngineWorld();
        world.Beat("ann", profile: new UserProfile("Ada", null));
        world.Beat("bob", guest: true);
        world.Beat("cid");
        world.Beat("dan");
        var began = world.Now;
        world.Advance(1);
        world.Engine.Leave(Lobby, "ann", "");
        world.Advance(1);
        world.Engine.Remove(new Removal("bob", Lobby, world.Now.AddMinutes(5), null));
        world.Advance(18);
        world.Beat("dan");
        world.Advance(42);
        world.Engine.Define(Lobby, new RoomDefinition { Status = RoomStatus.Ended });

        var departures = world.Engine.Departures(Lobby);

        Assert.Equal(
            [
                new Departure("dan", null, false, LeaveReason.Ended, began.AddSeconds(62)),
                new Departure("cid", null, false, LeaveReason.Timeout, began.AddSeconds(60)),
                new Departure("bob", null, true, LeaveReason.Removed, began.AddSeconds(2)),
                new Departure("ann", new UserProfile("Ada", null), false, LeaveReason.Left, began.AddSeconds(1)),
            ],
            departures);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(10, 10)]
    [InlineData(500, 50)]
    public void Departures_OfARoom_AreAsManyAsItsCrowdAllows(int crowd, int kept)
    {
        for (var user = 0; user < crowd; user++)
            _world.Beat($"user-{user}");

        for (var turn = 0; turn < 60; turn++)
        {
            Engine.Leave(Lobby, $"user-{turn % crowd}", "");
            _world.Beat($"user-{turn % crowd}");
        }

        Assert.Equal(kept, Engine.Departures(Lobby).Count);
        Assert.Equal($"user-{59 % crowd}", Engine.Departures(Lobby)[0].UserId);
    }

    public void Dispose() => _world.Dispose();
}
