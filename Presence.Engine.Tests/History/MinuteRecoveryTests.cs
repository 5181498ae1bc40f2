using Presence.Engine.History;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

/// <summary>A crash between two writes of minutes loses none of them.</summary>
public sealed class MinuteRecoveryTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private StorageWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await StorageWorld.StartAsync(_folder, _time);

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(20, true)] // everybody comes back
    [InlineData(2_000, false)] // nobody does
    public async Task RecoverAsync_AfterACrash_TheMinutesAreAsIfItHadBeenStopped(int seconds, bool comesBack)
    {
        await LiveAsync();
        using var crash = _folder.CrashCopy();
        var there = new Dictionary<string, int> { ["lobby"] = _world.Engine.Count("lobby").Viewers, ["side"] = _world.Engine.Count("side").Viewers };
        var expected = await MinutesAsync(_world, recovers: false, ends: true);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        await using var world = await StorageWorld.StartAsync(crash, _time);
        Assert.Equal(comesBack, world.Restored > 0);
        var recovered = await MinutesAsync(world, recovers: true, ends: false);

        if (!comesBack) // then they left when the server did
            expected = expected.ConvertAll(minute => minute.At == expected[^1].At ? minute with { Leaves = minute.Leaves + new LeaveCounts(0, minute.RoomId is { } room ? there[room] : there.Values.Sum(), 0, 0, 0) } : minute);
        Assert.Equal(expected, recovered);
    }

    [Fact]
    public async Task RecoverAsync_AWriteWasCutOff_AddsWhatItLeftOut()
    {
        await LiveAsync();
        var ended = new List<RoomMinute>();
        _world.Engine.TakeMinutes(ended, ends: true);
        using (var minutes = new MinuteStore(_world.Database))
            await minutes.SaveAsync([.. ended.Where(minute => minute.RoomId == "side")], Cancel);
        using var crash = _folder.CrashCopy();
        using (var minutes = new MinuteStore(_world.Database))
            await minutes.SaveAsync([.. ended.Where(minute => minute.RoomId != "side")], Cancel);
        var expected = await MinutesAsync(_world, recovers: false, ends: false);

        await using var world = await StorageWorld.StartAsync(crash, _time);

        Assert.Equal(expected, await MinutesAsync(world, recovers: true, ends: false));
    }

    [Fact]
    public async Task RecoverAsync_AfterACleanStop_AddsNothing()
    {
        await LiveAsync();
        var expected = await MinutesAsync(_world, recovers: false, ends: true);
        await _world.StopAsync();

        _world = await StorageWorld.StartAsync(_folder, _time);

        Assert.Equal(expected, await MinutesAsync(_world, recovers: true, ends: false));
    }

    /// <summary>Four minutes in two rooms, of which the first two are stored.</summary>
    private async Task LiveAsync()
    {
        using var minutes = new MinuteStore(_world.Database);
        for (var second = 0; second < 230; second++)
        {
            if (second % 20 == 0)
            {
                _world.Beat("ann");
                _world.Beat("guest", guest: true);
                _world.Beat("ann", room: "side");
            }
            if (second % 50 == 0)
                _world.Beat($"passing {second}", room: "side");
            if (second % 50 == 30)
                _world.Engine.Leave("side", $"passing {second - 30}", "");
            if (second == 125)
                await SaveAsync(minutes, ends: false);
            _world.Sweep(_time, 1);
        }
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.StampAliveAsync(Cancel);

        async Task SaveAsync(MinuteStore store, bool ends)
        {
            var ended = new List<RoomMinute>();
            _world.Engine.TakeMinutes(ended, ends);
            await store.SaveAsync(ended, Cancel);
        }
    }

    private static async Task<List<RoomMinute>> MinutesAsync(StorageWorld world, bool recovers, bool ends)
    {
        using var minutes = new MinuteStore(world.Database);
        if (recovers)
            await minutes.RecoverAsync(world.Engine, world.Memberships.Forgotten, world.Memberships.LastAlive!.Value, Cancel);
        var ended = new List<RoomMinute>();
        world.Engine.TakeMinutes(ended, ends);
        await minutes.SaveAsync(ended, Cancel);
        using var reader = new HistoryReader(world.Database);
        return [.. new[] { "lobby", "side", null }.SelectMany(room =>
            reader.Minutes(MinuteStep.Minute, reader.RoomNo(room)!.Value, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue).Select(minute => new RoomMinute(room, minute.Span.From)
            {
                Viewers = TimeSpan.FromSeconds(Math.Round(minute.Viewers.TotalSeconds)),
                Guests = TimeSpan.FromSeconds(Math.Round(minute.Guests.TotalSeconds)),
                Peak = minute.Peak,
                Joins = minute.Joins,
                Leaves = minute.Leaves,
            }))];
    }
}
