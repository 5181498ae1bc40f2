using Presence.Engine.Changes;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Changes;

public sealed class ChangeSubscriptionTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void TryRead_FasterThanTheRoom_DeliversEveryChangeOnceInOrder()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        _world.Beat("ann");
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Engine.Leave(EngineWorld.Lobby, "ann", "");

        var all = changes.All();

        Assert.Equal(["Joined ann", "Joined ben", "Left ann Left"], all.Select(change => change.Text()));
        Assert.Equal([1, 2, 3], all.Select(change => change.Sequence - changes.StartedAfter));
        Assert.Equal([1, 2, 1], all.Select(change => change.Viewers));
    }

    [Fact]
    public void Subscribe_ToARoomInUse_ContinuesFromTheStateRead()
    {
        _world.Beat("ann");

        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        var count = _world.Engine.Count(EngineWorld.Lobby);
        _world.Beat("ben");

        Assert.Equal(changes.StartedAfter, count.Sequence);
        Assert.Equal(count.Sequence + 1, Assert.Single(changes.All()).Sequence);
    }

    /// <summary>A client that comes back with a number of before must not take it for one of now.</summary>
    [Fact]
    public void Subscribe_ToARoomThatWasForgotten_CountsAboveItsEarlierLife()
    {
        _world.Beat("ann");
        var before = _world.Engine.Count(EngineWorld.Lobby).Sequence;
        _world.Advance(2 * 3600);
        Assert.Equal(0, _world.Engine.KnownRooms);

        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);

        Assert.True(changes.StartedAfter > before);
    }

    [Fact]
    public void TryRead_SlowerThanTheRoom_TellsOneGapAndGoesOn()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 2);
        for (var user = 0; user < 5; user++)
            _world.Beat($"user{user}");

        Assert.Equal(SubscriptionItem.Gap, changes.TryRead(out _));
        Assert.Equal(SubscriptionItem.None, changes.TryRead(out _));

        _world.Beat("late");
        Assert.Equal(SubscriptionItem.Change, changes.TryRead(out var change));
        Assert.Equal("late", change.UserId);
    }

    [Fact]
    public void Subscribe_OneSlowSubscriber_CostsTheOthersNothing()
    {
        using var slow = _world.Engine.Subscribe(EngineWorld.Lobby, 1);
        using var quick = _world.Engine.Subscribe(EngineWorld.Lobby, 100);

        for (var user = 0; user < 5; user++)
            _world.Beat($"user{user}");

        Assert.Equal(5, quick.All().Count);
    }

    [Fact]
    public async Task Push_ToSubscribersThatBlockThrowOrNeverRead_HoldsUpNobody()
    {
        using var end = new ManualResetEventSlim();
        using var blocking = _world.Engine.Subscribe(EngineWorld.Lobby, 1);
        using var throwing = _world.Engine.Watch(EngineWorld.Lobby);
        var abandoned = _world.Engine.Subscribe(EngineWorld.Lobby, 1);
        var blocked = blocking.WaitAsync(Cancelled).AsTask().ContinueWith(_ => end.Wait(Cancelled), Cancelled, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var thrown = throwing.WaitAsync(Cancelled).AsTask().ContinueWith(_ => throw new InvalidOperationException("theirs"), Cancelled, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        for (var user = 0; user < 100; user++)
            Assert.True(_world.Beat($"user{user}").Joined);

        await Assert.ThrowsAsync<InvalidOperationException>(() => thrown);
        Assert.Equal(100, _world.Viewers());
        Assert.Equal(SubscriptionItem.Gap, abandoned.TryRead(out _));
        end.Set();
        await blocked;
    }

    [Fact]
    public async Task WaitAsync_WithNothingToRead_WaitsForAChange()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        var wait = changes.WaitAsync(Cancelled).AsTask();
        Assert.False(wait.IsCompleted);

        _world.Beat("ann");

        Assert.True(await wait);
        Assert.Equal("ann", Assert.Single(changes.All()).UserId);
    }

    [Fact]
    public async Task Dispose_EndsTheWaitAndTheRecording()
    {
        var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 100);
        var wait = changes.WaitAsync(Cancelled).AsTask();

        changes.Dispose();
        changes.Dispose();
        _world.Beat("ann");

        Assert.False(await wait);
        Assert.Empty(changes.All());
    }

    [Fact]
    public void DirtyWatch_ManyChanges_AreOneSignal()
    {
        using var watch = _world.Engine.Watch(EngineWorld.Lobby);
        _world.Beat("ann");
        _world.Beat("ben");

        Assert.True(watch.WaitAsync(Cancelled).AsTask().IsCompleted);

        var next = watch.WaitAsync(Cancelled).AsTask();
        Assert.False(next.IsCompleted);
        _world.Beat("ann");
        Assert.False(next.IsCompleted); // a refresh changes nothing visible
        _world.Beat("ann", state: Presence.Engine.Rooms.ViewerState.Hidden);
        Assert.True(SpinWait.SpinUntil(() => next.IsCompleted, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void DirtyWatch_ASessionThatChangesNothingOfItsViewer_StaysQuiet()
    {
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "laptop");
        using var watch = _world.Engine.Watch(EngineWorld.Lobby);

        _world.Beat("ann", session: "laptop", state: Presence.Engine.Rooms.ViewerState.Hidden);

        Assert.False(watch.WaitAsync(Cancelled).AsTask().IsCompleted);
    }

    [Fact]
    public void DirtyWatch_OfAnotherRoom_StaysQuiet()
    {
        using var watch = _world.Engine.Watch("other");
        using var network = _world.Engine.WatchNetwork();

        _world.Beat("ann");

        Assert.False(watch.WaitAsync(Cancelled).AsTask().IsCompleted);
        Assert.True(network.WaitAsync(Cancelled).AsTask().IsCompleted);
    }

    [Fact]
    public async Task DirtyWatch_Disposed_EndsTheWait()
    {
        var watch = _world.Engine.Watch(EngineWorld.Lobby);
        var wait = watch.WaitAsync(Cancelled).AsTask();

        watch.Dispose();
        _world.Beat("ann");

        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(async () => await wait);
    }

    [Fact]
    public void Watch_RoomNobodyIsIn_OutlivesItsRetirement()
    {
        using var watch = _world.Engine.Watch(EngineWorld.Lobby);
        _world.Advance(2 * 3_600);
        Assert.Empty(_world.Engine.Audit());

        _world.Beat("ann");

        Assert.True(watch.WaitAsync(Cancelled).AsTask().IsCompleted);
    }

    [Fact]
    public void Subscribe_RoomNobodyIsIn_OutlivesItsRetirement()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Advance(2 * 3_600);

        _world.Beat("ann");

        Assert.Equal("Joined ann", Assert.Single(changes.All()).Text());
    }

    [Fact]
    public void Watch_TwiceTheSameRoom_SignalsBothUntilEachIsDisposed()
    {
        using var first = _world.Engine.Watch(EngineWorld.Lobby);
        var second = _world.Engine.Watch(EngineWorld.Lobby);
        _world.Beat("ann");
        Assert.True(first.WaitAsync(Cancelled).AsTask().IsCompleted);
        Assert.True(second.WaitAsync(Cancelled).AsTask().IsCompleted);

        second.Dispose();
        _world.Beat("ben");

        Assert.True(first.WaitAsync(Cancelled).AsTask().IsCompleted);
    }
}
