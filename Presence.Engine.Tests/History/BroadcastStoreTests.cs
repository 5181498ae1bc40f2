using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

/// <summary>Broadcasts of the real engine, in the real database, over restarts.</summary>
public sealed class BroadcastStoreTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DatabaseFolder _folder = new();
    private StorageWorld _world = null!;
    private HistorySettingsStore _settings = null!;
    private BroadcastStore _broadcasts = null!;
    private HistoryQueries _history = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task PassAsync_RoomThatWasLive_IsABroadcastWithFigures()
    {
        var began = _time.GetUtcNow();
        _world.Beat("ann");
        await WatchAsync(minutes: 10, "ann", "ben");
        await WatchAsync(minutes: 10, "ann");
        _world.Engine.Leave("lobby", "ann", "");
        var ended = _time.GetUtcNow();
        await WatchAsync(minutes: 6);

        var broadcast = Assert.Single(await BroadcastsAsync());

        Assert.Equal(("lobby", began, ended, BroadcastEnd.Empty), (broadcast.RoomId, broadcast.StartedAt, broadcast.EndedAt!.Value, broadcast.End));
        Assert.Equal((2, 2, 0, 2, 2), (broadcast.Figures!.Peak, broadcast.Figures.Users, broadcast.Figures.Guests, broadcast.Figures.Joins, broadcast.Figures.New));
        Assert.InRange(broadcast.Figures.Watched, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        Assert.InRange(broadcast.Figures.Average, 1.45, 1.6);
    }

    [Fact]
    public async Task ReadBroadcastAsync_WhileItGoesOn_CountsThosePresent()
    {
        await WatchAsync(minutes: 10, "ann", "ben");
        await WatchAsync(minutes: 5, "ann");

        var live = Assert.Single(await BroadcastsAsync());
        var report = (await _history.ReadBroadcastAsync(live.Id, Cancel))!;

        Assert.True(live.IsLive);
        Assert.Equal((2, 2, 2), (report.Broadcast.Figures!.Peak, report.Broadcast.Figures.People, report.Broadcast.Figures.Joins));
        Assert.InRange(report.Broadcast.Figures.Watched, TimeSpan.FromMinutes(23), TimeSpan.FromMinutes(25));
    }

    [Fact]
    public async Task LoadAsync_KilledInTheMiddle_ItIsOneBroadcast()
    {
        var began = _time.GetUtcNow();
        await WatchAsync(minutes: 10, "ann", "ben");
        await KillAsync(down: TimeSpan.FromSeconds(20));
        Assert.Equal(2, _world.Engine.Count("lobby").Viewers);
        await WatchAsync(minutes: 10, "ann", "ben");
        _world.Engine.Leave("lobby", "ann", "");
        _world.Engine.Leave("lobby", "ben", "");
        await WatchAsync(minutes: 6);

        var broadcast = Assert.Single(await BroadcastsAsync());

        Assert.Equal((began, 2, 2), (broadcast.StartedAt, broadcast.Figures!.Joins, broadcast.Figures.People));
        Assert.InRange(broadcast.Figures.Watched, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(41.1));
    }

    [Fact]
    public async Task LoadAsync_KilledForAnHour_EndedWithTheLastSignAndTheNextStartsAtZero()
    {
        await WatchAsync(minutes: 10, "ann", "ben");
        var killed = _time.GetUtcNow();
        await KillAsync(down: TimeSpan.FromHours(1));
        await WatchAsync(minutes: 3, "ann");

        var broadcasts = await BroadcastsAsync();

        Assert.Equal(2, broadcasts.Count);
        Assert.InRange(broadcasts[1].EndedAt!.Value, killed - TimeSpan.FromSeconds(5), killed);
        var report = (await _history.ReadBroadcastAsync(broadcasts[0].Id, Cancel))!;
        Assert.Equal((1, 1), (report.Broadcast.Figures!.Joins, report.Broadcast.Figures.Peak));
        Assert.InRange(report.Broadcast.Figures.Watched, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task LoadAsync_KilledBeforeItWasStored_StartsWithWhoeverIsThereLongest()
    {
        var began = _time.GetUtcNow();
        _world.Beat("ann");
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.StampAliveAsync(Cancel);
        await KillAsync(down: TimeSpan.FromSeconds(20));

        Assert.Equal(began, Assert.Single(await BroadcastsAsync()).StartedAt);
    }

    [Fact]
    public async Task PassAsync_EndedThroughTheCatalogue_EndsThere()
    {
        await WatchAsync(minutes: 5, "ann");
        using var rooms = new RoomStore(_world.Database, _world.Engine);
        await rooms.DefineAsync("lobby", new RoomDefinition { Status = RoomStatus.Ended }, "mia", null, Cancel);
        var ended = _time.GetUtcNow();
        await WatchAsync(minutes: 1);

        var broadcast = Assert.Single(await BroadcastsAsync());

        Assert.Equal((ended, BroadcastEnd.Ended), (broadcast.EndedAt!.Value, broadcast.End));
        var happened = Assert.Single(await _history.ReadEventsAsync("lobby", broadcast.StartedAt, _time.GetUtcNow().AddSeconds(1), cancellationToken: Cancel));
        Assert.Equal((HistoryEventKind.RoomChanged, "mia", RoomStatus.Live, RoomStatus.Ended), (happened.Kind, happened.By, happened.RoomBefore!.Status, happened.Room!.Status));
    }

    [Fact]
    public async Task SummariseAsync_AfterALongTime_CatchesUp()
    {
        await WatchAsync(minutes: 5, "ann");
        _world.Engine.Leave("lobby", "ann", "");
        await WatchAsync(minutes: 6);
        await using (var context = _world.Database.CreateDbContext())
            await context.UpdateAsync(context.Broadcasts, set => set.SetProperty(b => b.SummarisedAt, (DateTimeOffset?)null).SetProperty(b => b.Joins, 0), Cancel);
        var told = new List<(int, int)>();

        var computed = await _broadcasts.SummariseAsync(new Telling(told), Cancel);

        Assert.Equal(1, computed);
        Assert.Equal([(1, 1)], told);
        Assert.Equal(1, Assert.Single(await BroadcastsAsync()).Figures!.Joins);
    }

    private async Task<IReadOnlyList<Broadcast>> BroadcastsAsync() => (await _history.ReadBroadcastsAsync(new BroadcastQuery(), Cancel)).Items;

    /// <summary>Lets time pass as the host does, while some watch.</summary>
    private async Task WatchAsync(int minutes, params string[] users)
    {
        for (var second = 0; second < minutes * 60; second++)
        {
            if (second % 30 == 0)
            {
                foreach (var user in users)
                    _world.Beat(user);
            }
            if (second % 5 == 0)
                await _world.Memberships.StampAliveAsync(Cancel);
            _time.Advance(TimeSpan.FromSeconds(1));
            _world.Engine.Sweep();
            await _world.Memberships.FlushAsync(Cancel);
            await _broadcasts.PassAsync(Cancel);
        }
    }

    private async Task KillAsync(TimeSpan down)
    {
        var crash = _folder.CrashCopy();
        await EndAsync();
        _folder.Dispose();
        _folder = crash;
        _time.Advance(down);
        await StartAsync();
    }

    private async Task StartAsync()
    {
        _world = await StorageWorld.StartAsync(_folder, _time);
        _settings = new HistorySettingsStore(_world.Database);
        await _settings.LoadAsync(Cancel);
        _broadcasts = new BroadcastStore(_world.Database, _world.Engine, _settings);
        await _broadcasts.LoadAsync(Cancel);
        _history = new HistoryQueries(_world.Database, _settings, _world.Engine.VisitsUnderWay, _ => _world.Engine.Settings);
    }

    private async Task EndAsync()
    {
        _broadcasts.Dispose();
        _settings.Dispose();
        await _world.DisposeAsync();
    }

    private sealed class Telling(List<(int Done, int All)> told) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => told.Add(value);
    }
}
