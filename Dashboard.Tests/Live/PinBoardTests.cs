using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class PinBoardTests : IDisposable
{
    private readonly RememberedPins _store = new();
    private readonly PinBoard _board;

    public PinBoardTests() => _board = new PinBoard(_store, new StorageWatch(TimeProvider.System, NullLogger<StorageWatch>.Instance), NullLogger<PinBoard>.Instance);

    public void Dispose() => _board.Dispose();

    [Fact]
    public async Task SetAsync_PinAndUnpin_KeepsTheOrderOfPinning()
    {
        foreach (var room in (string[])["b", "a", "c", "a"])
            Assert.Equal(PinOutcome.Done, await _board.SetAsync("ada", room, isPinned: true));
        await _board.SetAsync("ada", "a", isPinned: false);

        Assert.Equal(["b", "c"], await _board.ReadAsync("ada"));
        Assert.Equal(["b", "c"], await _store.LoadAsync("ada"));
        Assert.Empty(await _board.ReadAsync("ben"));
    }

    [Fact]
    public async Task SetAsync_OverTheCap_IsRefusedUntilOneIsLetGo()
    {
        for (var room = 0; room < PinBoard.Most; room++)
            await _board.SetAsync("ada", $"room {room}", isPinned: true);

        Assert.Equal(PinOutcome.Full, await _board.SetAsync("ada", "one more", isPinned: true));
        Assert.Equal(PinBoard.Most, (await _board.ReadAsync("ada")).Count);
        await _board.SetAsync("ada", "room 0", isPinned: false);

        Assert.Equal(PinOutcome.Done, await _board.SetAsync("ada", "one more", isPinned: true));
    }

    [Fact]
    public async Task ReadAsync_Again_AsksTheStoreNoMore()
    {
        var first = await _board.ReadAsync("ada");

        Assert.Same(first, await _board.ReadAsync("ada"));
        Assert.Equal(1, _store.Loads);
    }

    [Fact]
    public async Task SetAsync_ThatCannotBeStored_ChangesNothing()
    {
        await _board.SetAsync("ada", "a", isPinned: true);
        _store.Ready = Task.FromException(new InvalidOperationException("disk"));

        Assert.Equal(PinOutcome.Failed, await _board.SetAsync("ada", "b", isPinned: true));

        Assert.Equal(["a"], await _board.ReadAsync("ada"));
    }

    [Fact]
    public async Task SetAsync_FromManyTabsAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, PinBoard.Most).Select(room => Task.Run(() => _board.SetAsync("ada", $"room {room}", isPinned: true))));

        Assert.Equal(PinBoard.Most, (await _store.LoadAsync("ada")).Distinct(StringComparer.Ordinal).Count());
    }
}
