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
    public async Task RestoreAsync_DownForLessThanTheTimeout_EverybodyComesBackAsTheyWere()
    {
        var joinedAt = _time.GetUtcNow();
        await new UserStore(_world.Database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        _world.Beat("ada", session: "phone", state: ViewerState.Hidden);
        _world.Beat("ada", session: "laptop");
        _world.Beat("bob", room: "Café ☕");
        _world.Beat("guest-1", guest: true);
        await _world.StopAsync();

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(4, await StartAgainAsync());

        Assert.Equal(2, _world.Engine.Count("lobby").Viewers);
        Assert.Equal(3, _world.Engine.Count("lobby").Sessions);
        Assert.Equal(1, _world.Engine.Count("lobby").Guests);
        Assert.Equal(1, _world.Engine.Count("Café ☕").Viewers);
        var ada = _world.Engine.Viewers("lobby", new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers[0];
        Assert.Equal(("ada", "Ada", joinedAt, ViewerState.Visible), (ada.UserId, ada.Profile?.DisplayName, ada.JoinedAt, ada.State));
        Assert.True(_world.Engine.IsWarming);
        Assert.True(_world.Engine.Leave("lobby", "ada", "phone"));
    }

    [Fact]
    public async Task RestoreAsync_ManyMoreUsersThanSessions_StillShowsNames()
    {
        var users = new UserStore(_world.Database);
        for (var i = 0; i < 9; i++)
            await users.SignInAsync($"user {i}", $"Name {i}", isGuest: false, vouched: false, Cancel);
        _world.Beat("user 7");
        _world.Beat("nobody");
        await _world.StopAsync();

        await StartAgainAsync();

        var names = _world.Engine.Viewers("lobby", new ViewerQuery()).Viewers.ToDictionary(viewer => viewer.UserId, viewer => viewer.Profile?.DisplayName, StringComparer.Ordinal);
        Assert.Equal("Name 7", names["user 7"]);
        Assert.Null(names["nobody"]);
    }

    [Fact]
    public async Task RestoreAsync_WhoDoesNotComeBack_HasOneFullTimeout()
    {
        _world.Beat("ada");
        await _world.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(50));
        await StartAgainAsync();

        _world.Sweep(_time, seconds: 59);
        Assert.Equal(1, _world.Engine.Count("lobby").Viewers);

        _world.Sweep(_time, seconds: 1);
        Assert.Equal(0, _world.Engine.Count("lobby").Viewers);
    }

    [Fact]
    public async Task RestoreAsync_DownForTheTimeout_NobodyComesBackAndNothingIsKept()
    {
        _world.Beat("ada");
        await _world.StopAsync();

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await StartAgainAsync());

        Assert.Equal(0, _world.Engine.CountNetwork().Viewers);
        Assert.Empty(_world.StoredIds());
        Assert.True(_world.Engine.IsWarming); // whoever watches is on the way back
        _world.Sweep(_time, seconds: 30);
        Assert.False(_world.Engine.IsWarming);
    }

    [Fact]
    public void RestoreAsync_FirstStart_IsNotWarming() => Assert.False(_world.Engine.IsWarming);

    [Fact]
    public async Task RestoreAsync_TimeoutRaisedBefore_CountsWithTheOneNowInForce()
    {
        _world.Engine.Apply(EngineWorld.Seconds(30, 600));
        _world.Beat("ada");
        await _world.StopAsync();

        _time.Advance(TimeSpan.FromSeconds(500));

        Assert.Equal(1, await StartAgainAsync(EngineWorld.Seconds(30, 600)));
    }

    [Fact]
    public async Task RestoreAsync_PresenceIsDisabled_NobodyComesBack()
    {
        _world.Beat("ada");
        await _world.StopAsync();

        Assert.Equal(0, await StartAgainAsync(PresenceSettings.Default with { Enabled = false }));

        Assert.Empty(_world.StoredIds());
    }

    [Theory]
    [InlineData(-1, 1)] // clocks kept in step move by that much
    [InlineData(-3600, 0)]
    public async Task RestoreAsync_WallClockSetBack_TrustsItOnlyWithinReason(double seconds, int restored)
    {
        _world.Beat("ada");
        await _world.StopAsync();

        _time.SetUtcNow(_time.GetUtcNow().AddSeconds(seconds));
        Assert.Equal(restored, await StartAgainAsync());

        Assert.All(_world.Engine.Viewers("lobby", new ViewerQuery()).Viewers, viewer => Assert.True(viewer.JoinedAt <= _time.GetUtcNow()));
    }

    [Fact]
    public async Task RestoreAsync_StaysAfterwards_NeverShareAnIdWithOlderOnes()
    {
        _world.Beat("ada");
        _world.Beat("bob");
        await _world.StopAsync();
        var before = _world.StoredIds();
        await StartAgainAsync();

        _world.Beat("cleo");
        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(before.Append(before.Max() + 1), _world.StoredIds());
        await _world.StopAsync();
        Assert.Equal(3, await StartAgainAsync());
    }

    [Fact]
    public async Task RestoreAsync_SessionsOverACap_AreNotKeptForTheNextStart()
    {
        _world.Beat("ada", session: "1");
        _world.Beat("ada", session: "2");
        await _world.StopAsync();

        await StartAgainAsync(limits: new PresenceLimits { SessionsPerUserAndRoom = 1 });
        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(1, _world.Engine.Count("lobby").Sessions);
        Assert.Single(_world.StoredIds());
    }

    [Fact]
    public async Task RestoreAsync_RowsCannotBeRead_StartsWithoutThem()
    {
        _world.Beat("ada");
        _world.Beat("bob");
        await _world.StopAsync();
        await using var database = await _folder.OpenAsync(_time);
        using (var connection = database.Connect())
        using (var command = connection.CreateCommand())
        {
            command.CommandText =
                """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, '"RoomId" TEXT NOT NULL', '"RoomId" TEXT NULL') WHERE name = 'Memberships';
                PRAGMA writable_schema = RESET;
                UPDATE "Memberships" SET "RoomId" = NULL WHERE "UserId" = 'bob';
                """;
            command.ExecuteNonQuery();
        }
        var engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        using var memberships = new MembershipStore(database, engine);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => memberships.RestoreAsync(Cancel));

        engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = "cleo", SessionId = "" });
        await memberships.FlushAsync(Cancel);
        await memberships.StampAliveAsync(Cancel);
        Assert.Equal(1, engine.CountNetwork().Viewers);
        await database.DisposeAsync();
        await StartAgainAsync();
        Assert.Equal(["cleo"], _world.Engine.Viewers("lobby", new ViewerQuery()).Viewers.Select(viewer => viewer.UserId));
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
    public async Task FlushAsync_CameAndWentInBetween_WritesNothing()
    {
        await _world.Memberships.FlushAsync(Cancel); // the first one only compares
        await _world.Memberships.FlushAsync(Cancel);
        var writes = _world.Trace.Writes;
        _world.Beat("ada");
        _world.Engine.Leave("lobby", "ada", "");

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(writes, _world.Trace.Writes);
        Assert.Empty(_world.StoredIds());
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
        await _world.Memberships.FlushAsync(Cancel);
        await _world.Memberships.FlushAsync(Cancel);
        _world.Engine.Leave("lobby", "leaves", "");
        for (var i = 0; i <= Presence.Engine.Changes.MembershipJournal.Capacity / 2; i++)
        {
            _world.Beat("busy");
            _world.Engine.Leave("lobby", "busy", "");
        }
        _world.Beat("comes");

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(2, _world.StoredIds().Count);
        await _world.StopAsync();
        await StartAgainAsync();
        Assert.Equal(["comes", "stays"], _world.Engine.Viewers("lobby", new ViewerQuery()).Viewers.Select(viewer => viewer.UserId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FlushAsync_LeaveRightAfterAComparison_IsNotTakenForFleeting()
    {
        // The first flush compares, and is held up at the gate with its first batch.
        for (var i = 0; i < 6_000; i++)
            _world.Beat($"user {i}");
        Task flush;
        using (await _world.Database.Gate.EnterAsync(this, Cancel))
        {
            flush = _world.Memberships.FlushAsync(Cancel);
            _world.Beat("meanwhile");
        }
        await flush;
        Assert.Equal(6_001, _world.StoredIds().Count); // stored by the walk, and its join is in the journal
        _world.Engine.Leave("lobby", "meanwhile", "");

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Equal(6_000, _world.StoredIds().Count);
    }

    [Fact]
    public async Task FlushAsync_AWriteFailed_TheNextOneStoresEverything()
    {
        await _world.Memberships.FlushAsync(Cancel);
        _world.Beat("ada");
        using (var cancelled = new CancellationTokenSource())
        {
            using var lease = await _world.Database.Gate.EnterAsync(this, Cancel);
            var flush = _world.Memberships.FlushAsync(cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        }
        Assert.Empty(_world.StoredIds());

        await _world.Memberships.FlushAsync(Cancel);

        Assert.Single(_world.StoredIds());
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

    private async Task<int> StartAgainAsync(PresenceSettings? settings = null, PresenceLimits? limits = null)
    {
        await _world.DisposeAsync();
        _world = await StorageWorld.StartAsync(_folder, _time, settings, limits);
        return _world.Restored;
    }
}
