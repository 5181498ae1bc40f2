using Presence.Engine.History;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class HistoryStoreTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private StorageWorld _world = null!;
    private HistoryStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task LoadAsync_AfterARestart_BringsBackBothRangesWithAGapForTheTimeBetween()
    {
        var began = _time.GetUtcNow();
        _world.Beat("ann");
        _world.Sweep(_time, 150);
        var (hour, day) = (All(HistoryRange.Hour), All(HistoryRange.Day));
        await _store.SaveAsync(Cancel);
        await EndAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await StartAsync();

        Assert.Equal(hour, All(HistoryRange.Hour));
        Assert.Equal(day, All(HistoryRange.Day));
        _world.Sweep(_time, 1);
        Assert.Equal([0, 1, 2, 12], All(HistoryRange.Day).Select(sample => (int)(sample.At - began).TotalMinutes));
    }

    [Fact]
    public async Task SaveAsync_InTheMiddleOfAStep_StoresItAgainWithWhatWasAdded()
    {
        _world.Beat("ann");
        _world.Sweep(_time, 10);
        await _store.SaveAsync(Cancel);
        _world.Beat("ben");
        _world.Sweep(_time, 10);
        await _store.SaveAsync(Cancel);
        var before = All(HistoryRange.Day);
        await EndAsync();

        await StartAsync();

        Assert.Equal(before, All(HistoryRange.Day));
        Assert.Equal((2, 2), (before[0].Viewers, before[0].Joins));
    }

    [Fact]
    public async Task SaveAsync_ForLong_KeepsNoMoreThanTheRangesReachBackTo()
    {
        for (var minute = 0; minute < 65; minute++)
        {
            _world.Sweep(_time, 60);
            await _store.SaveAsync(Cancel);
        }

        await using var context = _world.Database.CreateDbContext();
        Assert.Equal(241, context.History.Count(step => step.Range == HistoryRange.Hour));
        Assert.Equal(66, context.History.Count(step => step.Range == HistoryRange.Day));
    }

    [Fact]
    public async Task SaveAsync_AfterTheWallClockWasSetBack_StoresWhatItShowsAnew()
    {
        _world.Sweep(_time, 120);
        await _store.SaveAsync(Cancel);
        _time.SetUtcNow(_time.GetUtcNow().AddHours(-1));
        _world.Beat("ann");
        _world.Sweep(_time, 30);
        await _store.SaveAsync(Cancel);
        var shown = All(HistoryRange.Day);
        await EndAsync();

        await StartAsync();

        Assert.Equal(shown, All(HistoryRange.Day));
        Assert.Contains(shown, sample => sample.Viewers == 1);
    }

    [Fact]
    public async Task SaveAsync_WithNothingRecorded_StoresNothing()
    {
        await _store.SaveAsync(Cancel);

        await using var context = _world.Database.CreateDbContext();
        Assert.False(context.History.Any());
    }

    private IReadOnlyList<HistorySample> All(HistoryRange range) => _world.Engine.History(range, DateTimeOffset.MinValue);

    private async Task StartAsync()
    {
        _world = await StorageWorld.StartAsync(_folder, _time);
        _store = new HistoryStore(_world.Database, _world.Engine);
        await _store.LoadAsync(Cancel);
    }

    private async Task EndAsync()
    {
        _store.Dispose();
        await _world.DisposeAsync();
    }
}
