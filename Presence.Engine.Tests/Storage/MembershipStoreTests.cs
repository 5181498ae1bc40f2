using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class MembershipStoreTests : IAsyncLifetime
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

    [Fact]
    public async Task FlushAsync_KilledAfterwards_WhatWasWrittenComesBack()
    {
        _world.Beat("ada");
        _world.Beat("bob");
        await _world.Memberships.FlushAsync(Cancel);
        _world.Engine.Leave("lobby", "bob", "");
        await _world.Memberships.FlushAsync(Cancel);
        _world.Beat("too late");
        using var crash = _folder.CrashCopy();

        _time.Advance(TimeSpan.FromSeconds(30));
        await using var world = await StorageWorld.StartAsync(crash, _time);

        Assert.Equal(["ada"], world.Engine.Viewers("lobby", new ViewerQuery()).Viewers.Select(viewer => viewer.UserId));
    }

    [Fact]
    public async Task StampAliveAsync_Idle_KeepsTheDownTimeShort()
    {
        _world.Beat("ada");
        await _world.Memberships.FlushAsync(Cancel);
        for (var i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            _world.Beat("ada");
            await _world.Memberships.StampAliveAsync(Cancel);
        }
        using var crash = _folder.CrashCopy();

        _time.Advance(TimeSpan.FromSeconds(57));
        await using var world = await StorageWorld.StartAsync(crash, _time);

        Assert.Equal(1, world.Engine.Count("lobby").Viewers);
    }

    [Fact]
    public async Task FlushAsync_OnlyRefreshes_WritesNothing()
    {
        _world.Beat("ada");
        await _world.Memberships.FlushAsync(Cancel);
        var writes = _world.Trace.Writes;

        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _world.Beat("ada");
            _world.Engine.Sweep();
            await _world.Memberships.FlushAsync(Cancel);
        }

        Assert.Equal(writes, _world.Trace.Writes);
    }

    [Fact]
    public async Task FlushAsync_CameAndWentInBetween_WritesItsVisitAlone()
    {
        await _world.Memberships.FlushAsync(Cancel); // the first one only compares
        await _world.Memberships.FlushAsync(Cancel);
        var joined = _time.GetUtcNow();
        _world.Beat("ada");
        _time.Advance(TimeSpan.FromMilliseconds(250));
        _world.Engine.Leave("lobby", "ada", "");
        _world.Trace.OnWrite = () => Assert.Empty(_world.StoredIds());

        await _world.Memberships.FlushAsync(Cancel);

        _world.Trace.OnWrite = null;
        var visit = Assert.Single(await _world.VisitsAsync());
        Assert.Equal(("lobby", "ada", joined, LeaveReason.Left), (visit.Room, visit.User, visit.JoinedAt, visit.Reason));
        Assert.InRange(visit.Stayed, 249, 251); // the clock's timestamps are no whole ticks
    }

    [Fact]
    public async Task FlushAsync_AVisitThatWasWrittenBeforeACrash_GoesOnAndIsOne()
    {
        var joined = _time.GetUtcNow();
        _world.Beat("ada");
        await _world.Memberships.FlushAsync(Cancel);
        var id = Assert.Single(_world.StoredIds());
        _world.Execute("CREATE TABLE Kept AS SELECT * FROM Memberships");
        _world.Sweep(_time, 20);
        _world.Engine.Leave("lobby", "ada", "");
        await _world.Memberships.FlushAsync(Cancel);
        Assert.Equal([("lobby", "ada", joined, 20_000L, 0L, LeaveReason.Left, 0L)], await _world.VisitsAsync());
        _world.Execute("INSERT INTO Memberships SELECT * FROM Kept"); // the crash came before the row was deleted
        using var crash = _folder.CrashCopy();

        await using var world = await StorageWorld.StartAsync(crash, _time);
        Assert.Equal([id], world.StoredIds());
        world.Sweep(_time, 70);
        await world.Memberships.FlushAsync(Cancel);

        Assert.Equal([("lobby", "ada", joined, 80_000L, 60_000L, LeaveReason.Timeout, 0L)], await world.VisitsAsync());
    }

    [Fact]
    public async Task FlushAsync_KilledAfterTheVisits_TheProductRanUntilTheirEnd()
    {
        _world.Beat("ada");
        await _world.Memberships.FlushAsync(Cancel);
        _world.Sweep(_time, 20);
        _world.Engine.Leave("lobby", "ada", "");
        var left = _time.GetUtcNow();
        _world.Execute("CREATE TRIGGER Kill BEFORE DELETE ON Memberships BEGIN SELECT RAISE(ABORT, 'killed'); END");
        await Assert.ThrowsAsync<SqliteException>(() => _world.Memberships.FlushAsync(Cancel));
        using var crash = _folder.CrashCopy();

        await using var world = await StorageWorld.StartAsync(crash, _time);

        Assert.Equal("ada", Assert.Single(await world.VisitsAsync()).User);
        Assert.Equal(left, world.Memberships.LastAlive!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task RestoreAsync_AViewerWhoWasHidden_WasHiddenBeforeAndMeanwhile()
    {
        _world.Beat("ada", session: "phone");
        _world.Sweep(_time, 10);
        _world.Beat("ada", session: "phone", state: ViewerState.Hidden);
        await _world.Memberships.FlushAsync(Cancel);
        _world.Sweep(_time, 10);
        _world.Beat("ada", session: "laptop");
        _world.Sweep(_time, 10);
        _world.Beat("ada", session: "laptop", state: ViewerState.Hidden);
        _world.Engine.Leave("lobby", "ada", "phone"); // the laptop leads from here on
        await _world.Memberships.FlushAsync(Cancel);
        using var crash = _folder.CrashCopy();
        _time.Advance(TimeSpan.FromSeconds(20));

        await using var world = await StorageWorld.StartAsync(crash, _time);
        world.Beat("ada", session: "laptop", state: ViewerState.Hidden);
        world.Sweep(_time, 10);
        world.Beat("ada", session: "laptop");
        world.Sweep(_time, 5);
        world.Engine.Leave("lobby", "ada", "laptop");
        await world.Memberships.FlushAsync(Cancel);

        var visit = Assert.Single(await world.VisitsAsync());
        Assert.InRange(visit.Stayed, 64_990, 65_010);
        Assert.InRange(visit.Hidden, 39_990, 40_010); // 10 s with the phone alone, 20 s of the restart, 10 s after it
    }

    [Fact]
    public async Task RestoreAsync_DownForTooLong_EndsTheVisitsWhenItLastRan()
    {
        var joined = _time.GetUtcNow();
        _world.Beat("ada", session: "phone");
        _world.Sweep(_time, 20);
        _world.Beat("ada", session: "laptop");
        _world.Beat("guest", guest: true);
        _world.Engine.UserHeartbeat("ada"); // user presence has no history
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.StampAliveAsync(Cancel);
        using var crash = _folder.CrashCopy();
        _time.Advance(TimeSpan.FromHours(1));

        await using var world = await StorageWorld.StartAsync(crash, _time);

        Assert.Equal(
            [("lobby", "ada", joined, 20_000L, 0L, LeaveReason.Timeout, 0L), ("lobby", "guest", joined.AddSeconds(20), 0L, 0L, LeaveReason.Timeout, 0L)],
            await world.VisitsAsync());
        Assert.Empty(world.StoredIds());
    }

    [Fact]
    public async Task FlushAsync_ThatFailed_WritesTheVisitsWithTheNext()
    {
        _world.Beat("ada");
        await _world.Memberships.FlushAsync(Cancel);
        _world.Engine.Leave("lobby", "ada", "");
        using (await _world.Database.Gate.EnterAsync(Cancel))
            await Assert.ThrowsAsync<StorageBusyException>(() => _world.Memberships.FlushAsync(Cancel));

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(["ada"], (await _world.VisitsAsync()).Select(visit => visit.User));
    }

    [Fact]
    public async Task FlushAsync_MoreThanABatch_WritesAll()
    {
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.FlushAsync(Cancel);
        for (var i = 0; i < 12_000; i++)
            _world.Beat($"user {i}");
        await _world.Memberships.FlushAsync(Cancel);
        for (var i = 0; i < 6_000; i++)
            _world.Engine.Leave("lobby", $"user {2 * i}", "");
        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(6_000, _world.StoredIds().Count);
        await _world.StopAsync();
        Assert.Equal(6_000, await StartAgainAsync());
    }

    [Fact]
    public async Task FlushAsync_JournalOverflowed_StoresWhoIsPresentNow()
    {
        _world.Beat("stays");
        _world.Beat("leaves");
        _world.Beat("busy"); // another session of it comes and goes: no visit ends with that
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.FlushAsync(Cancel);
        _world.Engine.Leave("lobby", "leaves", "");
        for (var i = 0; i <= Presence.Engine.Changes.MembershipJournal.Capacity / 2; i++)
        {
            _world.Beat("busy", session: "other");
            _world.Engine.Leave("lobby", "busy", "other");
        }
        _world.Beat("comes");

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(3, _world.StoredIds().Count);
        await _world.StopAsync();
        await StartAgainAsync();
        Assert.Equal(["busy", "comes", "stays"], _world.Engine.Viewers("lobby", new ViewerQuery()).Viewers.Select(viewer => viewer.UserId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FlushAsync_LeaveRightAfterAComparison_IsNotTakenForFleeting()
    {
        // The first flush compares. Between taking the journal and the walk over everybody present it is held up at the gate, with a visit.
        _world.Beat("gone");
        _world.Engine.Leave("lobby", "gone", "");
        Task flush;
        using (await _world.Database.Gate.EnterAsync(Cancel))
        {
            flush = _world.Memberships.FlushAsync(Cancel);
            _world.Beat("meanwhile");
        }
        await flush;
        Assert.Single(_world.StoredIds()); // stored by the walk, and its join is in the journal
        _world.Engine.Leave("lobby", "meanwhile", "");

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Empty(_world.StoredIds());
    }

    [Fact]
    public async Task FlushAsync_AWriteFailed_TheNextOneStoresEverything()
    {
        await _world.Memberships.FlushAsync(Cancel);
        _world.Beat("ada");
        using (var cancelled = new CancellationTokenSource())
        {
            using var lease = await _world.Database.Gate.EnterAsync(Cancel);
            var flush = _world.Memberships.FlushAsync(cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        }
        Assert.Empty(_world.StoredIds());
        Assert.Equal((0, 1), (_world.Engine.Journal.Waiting, _world.Engine.Journal.Unstored)); // taken, and still owed

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Single(_world.StoredIds());
        Assert.Equal((0, TimeSpan.Zero), (_world.Engine.Journal.Unstored, _world.Engine.Journal.Lag));
    }

    [Fact]
    public async Task FlushAsync_BeforeTheRestore_IsRefused()
    {
        _world.Beat("ada");
        await _world.StopAsync();
        await using var database = await _folder.OpenAsync(_time);
        using var memberships = new MembershipStore(database, new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits()));

        await Assert.ThrowsAsync<InvalidOperationException>(() => memberships.FlushAsync(Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => memberships.StampAliveAsync(Cancel));
    }

    private async Task<int> StartAgainAsync()
    {
        await _world.DisposeAsync();
        _world = await StorageWorld.StartAsync(_folder, _time);
        return _world.Restored;
    }
}
