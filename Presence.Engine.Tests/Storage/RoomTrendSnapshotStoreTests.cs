using Microsoft.EntityFrameworkCore;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class RoomTrendSnapshotStoreTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private StorageWorld _world = null!;
    private RoomTrendSnapshotStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task LoadAsync_AfterAShortRestart_TheRoomGoesOnFromItsLastHour()
    {
        await WatchAsync(minutes: 3, viewers: 5);
        await WatchAsync(minutes: 2, viewers: 2);
        var (summary, hour) = (Summary(), _world.Engine.Trend("lobby").Hour);
        Assert.Equal([5, 5, 5, 2, 2, 2], hour);

        await RestartAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((summary.Since, 5), (Summary().Since, Summary().Peak));
        Assert.Equal(hour, _world.Engine.Trend("lobby").Hour);
        Assert.Equal(-3, _world.Engine.Trend("lobby").RecentChange);
        await WatchAsync(minutes: 1, viewers: 3);
        Assert.Equal([5, 5, 5, 2, 2, 3, 3], _world.Engine.Trend("lobby").Hour);
        Assert.Equal([5, 0, 0, 0, 0, 1, 0], _world.Engine.Flow("lobby").Joins);
        Assert.All(_world.Engine.Flow("lobby").Leaves, leaves => Assert.True(leaves >= 0));
    }

    [Fact]
    public async Task LoadAsync_DownForLongerThanTheTimeout_TheCurveIsThereWhenPeopleReturn()
    {
        await WatchAsync(minutes: 3, viewers: 4);

        await RestartAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(0, _world.Engine.Count("lobby").Viewers);
        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4, 0], _world.Engine.Trend("lobby").Hour); // the minutes nobody looked are like the last one seen
        await WatchAsync(minutes: 1, viewers: 2);
        Assert.Equal(2, Summary().Peak); // the room began anew, and so does its peak
        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4, 2, 2], _world.Engine.Trend("lobby").Hour);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(50)]
    public async Task LoadAsync_AfterRestartsInTheMiddleOfAMinute_TheLineBeginsWhereItBegan(int seconds)
    {
        await WatchAsync(minutes: 3, viewers: 4);
        var began = _world.Engine.Trend("lobby").HourAt(0);

        for (var restart = 0; restart < 5; restart++)
        {
            await RestartAsync(TimeSpan.FromSeconds(seconds));
            await WatchAsync(minutes: 2, viewers: 4);
        }

        Assert.InRange(_world.Engine.Trend("lobby").HourAt(0), began - TimeSpan.FromSeconds(1), began + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task LoadAsync_AfterMoreThanAnHour_NothingIsRemembered()
    {
        await WatchAsync(minutes: 3, viewers: 4);

        await RestartAsync(TimeSpan.FromMinutes(61));

        Assert.Equal([0], _world.Engine.Trend("lobby").Hour);
        Assert.Equal(0, _world.Engine.KnownRooms);
    }

    [Theory]
    [InlineData(20, 39, true)]
    [InlineData(20, 41, false)]
    [InlineData(58, 1, true)]
    [InlineData(58, 3, false)]
    public async Task LoadAsync_EmptyAtTheStop_AgesFromWhenItBecameEmpty(int emptyBefore, int after, bool isRemembered)
    {
        await WatchAsync(minutes: 30, viewers: 2);
        await WatchAsync(minutes: emptyBefore, viewers: 0);
        await RestartAsync(TimeSpan.FromSeconds(20));

        for (var minute = 0; minute < after; minute++)
        {
            _world.Sweep(_time, 60);
            if (minute == after / 2)
                await RestartAsync(TimeSpan.FromSeconds(5)); // a second restart makes it no younger
        }

        Assert.Equal(isRemembered ? 1 : 0, _world.Engine.KnownRooms);
    }

    [Fact]
    public async Task LoadAsync_WhoCameAfterTheLastSave_CameInTheMinuteUnderWay()
    {
        await WatchAsync(minutes: 2, viewers: 1);
        await _store.SaveAsync(Cancel);
        _world.Beat("late");
        _world.Beat("later");
        await _world.Memberships.FlushAsync(Cancel);

        await RestartAsync(TimeSpan.FromSeconds(5), save: false);

        Assert.Equal([1, 1, 3], _world.Engine.Trend("lobby").Hour);
        Assert.Equal([1, 0, 2], _world.Engine.Flow("lobby").Joins);
        Assert.Equal([0, 0, 0], _world.Engine.Flow("lobby").Leaves);
    }

    [Fact]
    public async Task LoadAsync_RowThatCannotBeRead_IsPassedOver()
    {
        await WatchAsync(minutes: 2, viewers: 1);
        await _store.SaveAsync(Cancel);
        await using (var context = _world.Database.CreateDbContext())
            await context.ExecuteAsync($"""INSERT INTO "RoomMemories" VALUES ('broken', {0}, {0}, {0}, {0}, {0}, x'FFFFFFFFFFFF')""", Cancel);

        await RestartAsync(TimeSpan.FromSeconds(5), save: false);

        Assert.Equal(2, _world.Engine.Trend("lobby").Hour.Count - 1);
    }

    [Fact]
    public async Task SaveAsync_RoomForgottenMeanwhile_LeavesNoRow()
    {
        await WatchAsync(minutes: 2, viewers: 1);
        await _store.SaveAsync(Cancel);
        _world.Sweep(_time, 3_720); // it empties, and an hour later is forgotten

        await _store.SaveAsync(Cancel);

        await using var context = _world.Database.CreateDbContext();
        Assert.False(await context.RoomMemories.AnyAsync(Cancel));
    }

    [Fact]
    public async Task SaveAsync_RoomInWhichNothingChanged_IsNotStoredAgain()
    {
        await WatchAsync(minutes: 3, viewers: 2);
        await _store.SaveAsync(Cancel);
        var stored = await StoredAtAsync();

        await WatchAsync(minutes: 4, viewers: 2);
        await _store.SaveAsync(Cancel);
        Assert.Equal(stored, await StoredAtAsync());
        var hour = _world.Engine.Trend("lobby").Hour;
        await RestartAsync(TimeSpan.FromSeconds(5), save: false);
        Assert.Equal(hour, _world.Engine.Trend("lobby").Hour); // it follows from what was stored

        await WatchAsync(minutes: 1, viewers: 3);
        await _store.SaveAsync(Cancel);
        Assert.NotEqual(stored, await StoredAtAsync());
    }

    [Fact]
    public async Task SaveAsync_SomebodyCameAndLeftBetweenTwoSamples_IsStored()
    {
        await WatchAsync(minutes: 3, viewers: 2);
        await _store.SaveAsync(Cancel);
        var stored = await StoredAtAsync();
        _world.Beat("fleeting");
        _world.Engine.Leave("lobby", "fleeting", "");
        await WatchAsync(minutes: 1, viewers: 2);

        await _store.SaveAsync(Cancel);

        Assert.NotEqual(stored, await StoredAtAsync());
        await RestartAsync(TimeSpan.FromSeconds(5), save: false);
        Assert.Equal(3, Summary().Peak);
        Assert.Contains(1, _world.Engine.Flow("lobby").Joins.Skip(1));
    }

    [Fact]
    public async Task SaveAsync_RoomInWhichNothingChangesForLong_IsStoredAgainBeforeItsRowIsTooOld()
    {
        await WatchAsync(minutes: 3, viewers: 2);
        await _store.SaveAsync(Cancel);
        var stored = await StoredAtAsync();
        await WatchAsync(minutes: 20, viewers: 2);

        await _store.SaveAsync(Cancel);

        Assert.NotEqual(stored, await StoredAtAsync());
    }

    [Fact]
    public async Task SaveAsync_TenThousandRooms_LetsOthersWriteInBetween()
    {
        for (var room = 0; room < RoomTrendSnapshotStore.MostRooms; room++)
            _world.Beat("ann " + (room / 20), room: $"room {room}");
        _world.Sweep(_time, 15);
        var gate = _world.Database.Gate;
        var first = await gate.EnterAsync(Cancel);
        _world.Trace.OnWrite = () => _time.Advance(TimeSpan.FromMilliseconds(1)); // what a row takes

        var saving = _store.SaveAsync(Cancel);
        var second = gate.EnterAsync(Cancel).AsTask();
        first.Dispose();
        using (await second)
        {
            await using var context = _world.Database.CreateDbContext();
            Assert.InRange(await context.RoomMemories.CountAsync(Cancel), 1, 50); // milliseconds
            _world.Trace.OnWrite = null;
        }
        await saving;

        await using var after = _world.Database.CreateDbContext();
        Assert.Equal(RoomTrendSnapshotStore.MostRooms, await after.RoomMemories.CountAsync(Cancel));
    }

    [Fact]
    public void RoomMemories_MoreRoomsThanAsked_AreThoseWithTheMostViewers()
    {
        _world.Beat("ann", room: "small");
        _world.Beat("ann", room: "large");
        _world.Beat("ben", room: "large");
        _world.Sweep(_time, 15);

        Assert.Equal(["large"], _world.Engine.RoomMemories(1).Select(memory => memory.RoomId));
        Assert.Equal(2, _world.Engine.RoomMemories(10).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0101018080808080808080")]
    [InlineData("F001")]
    public void Read_BytesThatWereNotWritten_IsNull(string bytes) => Assert.Null(SampleSerializer.Read(Convert.FromHexString(bytes), count: 3));

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        int[] large = [0, 1, 127, 128, 300_000, int.MaxValue];

        Assert.Equal([large, [], [7]], SampleSerializer.Read(SampleSerializer.Write(large, Array.Empty<int>(), new[] { 7 }), count: 3)!);
    }

    private async Task<DateTimeOffset> StoredAtAsync()
    {
        await using var context = _world.Database.CreateDbContext();
        return await context.RoomMemories.Select(memory => memory.At).SingleAsync(Cancel);
    }

    private RoomSummary Summary() => _world.Engine.Rooms(new RoomQuery()).Rooms.Single();

    /// <summary>So many viewers of "lobby", each beating every 15 s.</summary>
    private async Task WatchAsync(int minutes, int viewers)
    {
        for (var user = viewers; user < 9; user++)
            _world.Engine.Leave("lobby", $"user {user}", "");
        for (var quarter = 0; quarter < minutes * 4; quarter++)
        {
            for (var user = 0; user < viewers; user++)
                _world.Beat($"user {user}");
            _world.Sweep(_time, 15);
        }
        await _world.Memberships.FlushAsync(Cancel);
    }

    private async Task RestartAsync(TimeSpan downTime, bool save = true)
    {
        if (save)
            await _store.SaveAsync(Cancel);
        _store.Dispose();
        await _world.StopAsync();
        _time.Advance(downTime);
        await StartAsync();
    }

    private async Task StartAsync()
    {
        _world = await StorageWorld.StartAsync(_folder, _time);
        _store = new RoomTrendSnapshotStore(_world.Database, _world.Engine);
        await _store.LoadAsync(Cancel);
    }
}
