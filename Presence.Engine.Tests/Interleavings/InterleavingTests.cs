using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Interleavings;

/// <summary>
/// Two things at the same instant, many times over: whichever comes first under the room's lock, the outcome must be one of
/// those that either order allows, and every structure whole.
/// </summary>
public sealed class InterleavingTests
{
    private const int Rounds = 400;
    private static readonly PresenceSettings Disabled = PresenceSettings.Default with { Enabled = false };

    [Fact]
    public void HeartbeatAgainstSweep_AtTheDeadline_IsALeaveAtTheDeadlineAndAJoin() => Repeat(world =>
    {
        using var changes = world.Engine.Subscribe(EngineWorld.Lobby, 10);
        world.Beat("ann");
        var deadline = world.Now.AddSeconds(60);
        world.Advance(59);
        world.AdvanceUnswept(1);

        Race(() => world.Beat("ann"), () => world.Engine.Sweep());

        Assert.Equal(["Joined ann", "Left ann Timeout", "Joined ann"], changes.All().ConvertAll(change => change.Text()));
        Assert.Equal(1, world.Viewers());
        Assert.Equal(deadline, world.Now);
    });

    [Fact]
    public void HeartbeatAgainstSweep_JustBeforeTheDeadline_LosesNobody() => Repeat(world =>
    {
        using var changes = world.Engine.Subscribe(EngineWorld.Lobby, 10);
        world.Beat("ann");
        world.Advance(59);
        world.AdvanceUnswept(0.999);

        Race(() => world.Beat("ann"), () => world.Engine.Sweep());

        Assert.Equal(["Joined ann"], changes.All().ConvertAll(change => change.Text()));
    });

    [Fact]
    public void LeaveAgainstHeartbeat_EitherOrder_AgreesWithTheFeed() => Repeat(world =>
    {
        using var changes = world.Engine.Subscribe(EngineWorld.Lobby, 10);
        world.Beat("ann");
        var left = false;
        var joined = false;

        Race(() => left = world.Engine.Leave(EngineWorld.Lobby, "ann", ""), () => joined = world.Beat("ann").Joined);

        Assert.True(left);
        Assert.Equal(joined ? ["Joined ann", "Left ann Left", "Joined ann"] : ["Joined ann", "Left ann Left"], changes.All().ConvertAll(change => change.Text()));
        Assert.Equal(joined ? 1 : 0, world.Viewers());
    });

    [Fact]
    public void DisableAgainstHeartbeat_WhenItReturned_NobodyIsPresent() => Repeat(world =>
    {
        world.Beat("ann");
        Race(
            () => world.Engine.Apply(Disabled),
            () =>
            {
                world.Beat("ben");
                world.Beat("cat", room: "new");
                world.Engine.UserHeartbeat("dan");
            });

        Assert.Equal((0, 0, 0), (world.Engine.CountNetwork().Viewers, world.Engine.CountNetwork().Rooms, world.Engine.CountOnline().Users));
    });

    [Fact]
    public void EndAgainstHeartbeat_WhenItReturned_TheRoomIsEmpty() => Repeat(world =>
    {
        Race(
            () => world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Status = RoomStatus.Ended }),
            () => world.Beat("ann"));

        Assert.Equal(0, world.Viewers());
    });

    [Fact]
    public void RemovalAgainstHeartbeat_WhenItReturned_TheUserIsGone() => Repeat(world =>
    {
        world.Beat("ann");
        Race(
            () => world.Engine.Remove(new Removal("ann", null, world.Now.AddMinutes(1), null)),
            () =>
            {
                world.Beat("ann", session: "other");
                world.Beat("ann", room: "new");
            });

        Assert.Equal(0, world.Engine.CountNetwork().Sessions);
    });

    [Fact]
    public void SubscribeAgainstJoin_StateAndChanges_HaveNoHoleAndNoDoubles() => Repeat(world =>
    {
        ChangeSubscription changes = null!;
        RoomCount count = default;
        Race(
            () =>
            {
                changes = world.Engine.Subscribe(EngineWorld.Lobby, 100);
                count = world.Engine.Count(EngineWorld.Lobby);
            },
            () =>
            {
                for (var user = 0; user < 20; user++)
                    world.Beat($"user{user}");
            });

        var after = changes.All().Where(change => change.Sequence > count.Sequence).ToList();
        Assert.Equal(20, count.Viewers + after.Count);
        Assert.Equal(Enumerable.Range(1, after.Count), after.Select(change => (int)(change.Sequence - count.Sequence)));
        changes.Dispose();
    });

    [Fact]
    public void CheckpointAgainstLeave_WhatIsStored_IsWhatIsPresent() => Repeat(world =>
    {
        for (var user = 0; user < 50; user++)
            world.Beat($"user{user}");
        var stored = new Dictionary<long, MembershipChange>();
        var drained = new List<MembershipChange>();
        world.Engine.Journal.TryDrain(drained);

        Race(
            () =>
            {
                foreach (var session in world.Engine.Journal.Snapshot())
                    stored[session.Id] = session;
            },
            () =>
            {
                for (var user = 0; user < 50; user += 2)
                    world.Engine.Leave(EngineWorld.Lobby, $"user{user}", "");
                world.Beat("late");
            });
        world.Engine.Journal.TryDrain(drained);
        foreach (var change in drained)
        {
            if (change.IsJoin)
                stored[change.Id] = change;
            else
                stored.Remove(change.Id);
        }

        Assert.Equal(world.Engine.Journal.Snapshot().Select(session => session.Id).Order(), stored.Keys.Order());
        Assert.Equal(26, stored.Count);
    });

    [Fact]
    public void SettingsChangeAgainstSweep_KeepsTheOldPromise() => Repeat(world =>
    {
        world.Beat("ann");
        world.Advance(9);
        world.AdvanceUnswept(1);

        Race(() => world.Engine.Apply(EngineWorld.Seconds(2, 7)), () => world.Engine.Sweep());

        Assert.Equal(1, world.Viewers());
        world.Advance(49);
        Assert.Equal(1, world.Viewers());
        world.Advance(1);
        Assert.Equal(0, world.Viewers());
    });

    [Fact]
    public void RetirementAgainstHeartbeat_NeverLosesTheViewer() => Repeat(world =>
    {
        world.Beat("ann");
        world.Engine.Leave(EngineWorld.Lobby, "ann", "");
        world.Advance(3_599);
        world.AdvanceUnswept(1);

        Race(() => world.Beat("ann"), () => world.Engine.Sweep());

        Assert.Equal(1, world.Viewers());
    }, rounds: 20);

    private static void Repeat(Action<EngineWorld> round, int rounds = Rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            using var world = new EngineWorld();
            round(world);
            Assert.Empty(world.Engine.Audit());
        }
        Figure.Tell($"{rounds:N0} races of two calls, every outcome one of those allowed");
    }

    /// <summary>Lets two threads go at the same moment and waits for both.</summary>
    private static void Race(Action one, Action other)
    {
        using var start = new Barrier(2);
        var first = Task.Run(() =>
        {
            start.SignalAndWait();
            one();
        });
        start.SignalAndWait();
        other();
        first.GetAwaiter().GetResult();
    }
}
