using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>One user with as many sessions in one room as the limits allow.</summary>
public sealed class ManySessionsTests : IDisposable
{
    private readonly EngineWorld _world = new(limits: new PresenceLimits { SessionsPerUserAndRoom = 1_000 });

    public static TheoryData<int> Counts => [1, 2, 254, 255, 256, 257, 300, 512, 1_000];

    public void Dispose()
    {
        Assert.Empty(_world.Engine.Audit());
        _world.Dispose();
    }

    [Theory, MemberData(nameof(Counts))]
    public void Heartbeat_ManySessions_AreOneViewerWithAllOfThem(int sessions)
    {
        Join(sessions);

        Assert.Equal((1, sessions), Count());
        Assert.Equal(sessions, Assert.Single(_world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers).Sessions);
        Assert.Equal(sessions, _world.Engine.Sessions(EngineWorld.Lobby, "ann").Count);
    }

    [Theory, MemberData(nameof(Counts))]
    public void Sweep_AllOverdue_EndsThemInOnePassAndTheOtherRoomsToo(int sessions)
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        Join(sessions);
        for (var room = 0; room < 20; room++)
            _world.Beat($"user{room}", room: $"room{room}");

        _world.Advance(60);

        Assert.Equal(new NetworkCount(0, 0, 0, 0, 0, 0, _world.Now), _world.Engine.CountNetwork());
        Assert.Equal(["Joined ann", "Left ann Timeout"], changes.All().Select(change => change.Text()));
    }

    [Theory, MemberData(nameof(Counts))]
    public void Leave_OneAfterTheOther_TheViewerLeavesWithTheLast(int sessions)
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        Join(sessions);

        for (var left = 0; left < sessions; left++)
        {
            Assert.Equal((1, sessions - left), Count());
            Assert.True(_world.Engine.Leave(EngineWorld.Lobby, "ann", $"tab{left}"));
        }

        Assert.Equal((0, 0), Count());
        Assert.Equal(["Joined ann", "Left ann Left"], changes.All().Select(change => change.Text()));
    }

    [Theory, MemberData(nameof(Counts))]
    public void Heartbeat_OneMoreThanAllowed_ReplacesTheLongestSilent(int sessions)
    {
        using var world = new EngineWorld(limits: new PresenceLimits { SessionsPerUserAndRoom = sessions });
        Join(sessions, world);

        world.Beat("ann", session: "one more");

        var names = world.Engine.Sessions(EngineWorld.Lobby, "ann").Select(session => session.SessionId).ToList();
        Assert.Equal(sessions, names.Count);
        Assert.Contains("one more", names);
        Assert.DoesNotContain("tab0", names);
        Assert.Empty(world.Engine.Audit());
        world.Advance(60);
        Assert.Equal(0, world.Viewers());
        Assert.Empty(world.Engine.Audit());
    }

    [Theory, MemberData(nameof(Counts))]
    public void Apply_PresenceOff_EndsThemAll(int sessions)
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        Join(sessions);

        _world.Engine.Apply(_world.Engine.Settings with { Enabled = false });

        Assert.Equal((0, 0), Count());
        Assert.Equal(["Joined ann", "Left ann Disabled"], changes.All().Select(change => change.Text()));
    }

    [Theory, MemberData(nameof(Counts))]
    public void Remove_FromTheRoomOrTheNetwork_EndsThemAll(int sessions)
    {
        foreach (var roomId in new[] { EngineWorld.Lobby, null })
        {
            Join(sessions);
            _world.Engine.Remove(new Removal("ann", roomId, _world.Now.AddHours(1), "spam"));

            Assert.Equal((0, 0), Count());
            Assert.Empty(_world.Engine.Audit());
            Assert.True(_world.Engine.Lift("ann", roomId));
        }
    }

    [Theory, MemberData(nameof(Counts))]
    public void Restore_ManySessions_BringsThemAllBackAndTheyExpire(int sessions)
    {
        Join(sessions);
        var stored = new List<MembershipChange>();
        _world.Engine.Journal.TryDrain(stored);
        using var restarted = new EngineWorld(limits: _world.Engine.Limits);

        restarted.Engine.Restore(stored.Select(change => new RestoredSession(change, Profile: null)));

        Assert.Equal(sessions, restarted.Engine.Count(EngineWorld.Lobby).Sessions);
        Assert.Equal(1, restarted.Viewers());
        Assert.Empty(restarted.Engine.Audit());
        restarted.Advance(60);
        Assert.Equal((0, 0), (restarted.Viewers(), restarted.Engine.Count(EngineWorld.Lobby).Sessions));
        Assert.Empty(restarted.Engine.Audit());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_001)]
    public void Limits_MoreSessionsThanAViewerCounts_AreRefused(int sessions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PresenceLimits { SessionsPerUserAndRoom = sessions });

    private void Join(int sessions, EngineWorld? world = null)
    {
        for (var session = 0; session < sessions; session++)
            (world ?? _world).Beat("ann", session: $"tab{session}");
    }

    private (int Viewers, int Sessions) Count()
    {
        var count = _world.Engine.Count(EngineWorld.Lobby);
        return (count.Viewers, count.Sessions);
    }
}
