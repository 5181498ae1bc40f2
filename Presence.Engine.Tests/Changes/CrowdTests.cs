using Presence.Engine.Changes;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Changes;

/// <summary>Rule 15: above a set crowd a feed tells counts.</summary>
public sealed class CrowdTests : IDisposable
{
    private readonly EngineWorld _world = new(limits: new PresenceLimits { Crowd = 10 });

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Push_AboveTheCrowd_AddsUpUntilRead()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        for (var user = 0; user < 15; user++)
            _world.Beat($"user{user}");
        _world.Engine.Leave(EngineWorld.Lobby, "user0", "");

        var all = changes.All();

        Assert.Equal(11, all.Count);
        Assert.Equal((ChangeKind.Counted, 16L, 14, 5, 1, ""), (all[^1].Kind, all[^1].Sequence - changes.StartedAfter, all[^1].Viewers, all[^1].Joined, all[^1].Left, all[^1].UserId));
        Assert.Empty(changes.All());

        _world.Beat("user0");
        Assert.Equal((1, 0), (Assert.Single(changes.All()) is var next ? (next.Joined, next.Left) : default));
    }

    [Fact]
    public void Push_WhenTheCrowdIsOver_TellsAGapThenSingleChanges()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        for (var user = 0; user < 11; user++)
            _world.Beat($"user{user}");
        changes.All();

        _world.Engine.Leave(EngineWorld.Lobby, "user0", "");
        _world.Engine.Leave(EngineWorld.Lobby, "user1", "");
        Assert.Equal(ChangeKind.Counted, Assert.Single(changes.All()).Kind); // 9: still a crowd, it ends at 8

        _world.Engine.Leave(EngineWorld.Lobby, "user2", "");
        Assert.Equal(SubscriptionItem.Gap, changes.TryRead(out _));

        _world.Engine.Leave(EngineWorld.Lobby, "user3", "");
        Assert.Equal("Left user3 Left", Assert.Single(changes.All()).Text());
    }

    [Fact]
    public void Subscribe_AfterACrowdWentUnseen_TellsSingleChangesAtOnce()
    {
        using (_world.Engine.Subscribe(EngineWorld.Lobby, 100))
        {
            for (var user = 0; user < 11; user++)
                _world.Beat($"user{user}");
        }
        for (var user = 0; user < 11; user++)
            _world.Engine.Leave(EngineWorld.Lobby, $"user{user}", "");

        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        _world.Beat("ann");

        Assert.Equal("Joined ann", Assert.Single(changes.All()).Text());
    }

    [Fact]
    public void Subscribe_ToExactlyTheCrowd_TellsSingleChanges()
    {
        for (var user = 0; user < 10; user++)
            _world.Beat($"user{user}");

        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        _world.Engine.Leave(EngineWorld.Lobby, "user0", "");

        Assert.Equal("Left user0 Left", Assert.Single(changes.All()).Text());
    }

    [Fact]
    public void Push_IntoAWaitingCount_NeverOverflows()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 11);
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user{user}");

        Assert.Equal(11, changes.All().Count);
    }

    [Fact]
    public void Sweep_AfterASleep_TellsEverySubscriberOfAGap()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        _world.Beat("ann");
        changes.All();

        _world.AdvanceUnswept(100);
        _world.Engine.Sweep();

        Assert.Equal(SubscriptionItem.Gap, changes.TryRead(out _));
        _world.Advance(5);
        Assert.Equal(SubscriptionItem.None, changes.TryRead(out _));
    }
}
