using Microsoft.EntityFrameworkCore;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class MembershipRestoreTests : IAsyncLifetime
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
    public async Task RestoreAsync_WhoAskedNotToBeListed_IsStillCountedWithoutAName()
    {
        _world.Beat("ada");
        _world.Beat("ben", state: ViewerState.Hidden);
        _world.Beat("cem");
        await _world.Memberships.FlushAsync(TestContext.Current.CancellationToken);
        Unlisted("ben"); // while present, and hidden
        Unlisted("dan"); // from the start
        await _world.StopAsync();
        await StartAgainAsync();

        Assert.Equal(["ada", "cem"], _world.Engine.Viewers("lobby", new ViewerQuery { Sort = ViewerSort.Name }).Viewers.Select(viewer => viewer.UserId));
        Assert.Equal((4, 2), (_world.Engine.Count("lobby").Viewers, _world.Engine.Count("lobby").Unlisted));
        Assert.Empty(_world.Engine.Audit());
        Assert.Equal(["ben", "dan"], _world.Engine.VisitsUnderWay("lobby").Where(visit => visit.IsUnlisted).Select(visit => visit.UserId).Order(StringComparer.Ordinal));

        void Unlisted(string user) => _world.Engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "", State = ViewerState.Hidden, IsUnlisted = true });
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
    [InlineData("this run", 5, 0, 1, "")]
    [InlineData("this run", 5, 1, 1, "")] // clocks kept in step move by that much
    [InlineData("this run", 5, -3_600, 1, "the wall clock was set")]
    [InlineData("this run", 5, 31_536_000, 1, "the wall clock was set")]
    [InlineData("this run", 60, -3_600, 0, "down for 60 s")]
    [InlineData("this run", 75, 0, 0, "down for 75 s")]
    [InlineData("another run", 5, 0, 1, "")]
    [InlineData("another run", 5, -3_600, 1, "behind the last stop")]
    [InlineData("another run", 5, -31_536_000, 1, "behind the last stop")] // stamped by a clock that was a year ahead
    [InlineData("another run", 75, 0, 0, "down for 75 s")]
    [InlineData(null, 5, 0, 1, "")] // not Linux
    [InlineData(null, 5, -3_600, 1, "behind the last stop")]
    [InlineData(null, 75, 0, 0, "down for 75 s")]
    public async Task RestoreAsync_WhateverTheClocksSay_LeavesNobodyOutWithoutProof(string? bootId, int downSeconds, int clockSetBy, int restored, string reason)
    {
        _world.Beat("ada");
        await _world.StopAsync();

        _time.Advance(TimeSpan.FromSeconds(downSeconds));
        _time.SetUtcNow(_time.GetUtcNow().AddSeconds(clockSetBy));
        Assert.Equal(restored, await StartAgainAsync(bootId: bootId));

        Assert.True(_world.Engine.IsWarming);
        Assert.All(_world.Engine.Viewers("lobby", new ViewerQuery()).Viewers, viewer => Assert.True(viewer.JoinedAt <= _time.GetUtcNow()));
        Assert.Equal(reason.Length > 0 ? 1 : 0, _world.Log.Lines.Count);
        Assert.Contains(reason, string.Concat(_world.Log.Lines), StringComparison.Ordinal);
        _world.Sweep(_time, seconds: 60);
        Assert.Equal(0, _world.Engine.CountNetwork().Viewers); // who does not come back had one full timeout
    }

    [Fact]
    public void Decide_WallClockFarAheadRightAfterAStartOfTheMachine_IsInDoubt()
    {
        var last = new AliveStamp(_time.GetUtcNow(), "first run", TimeSpan.FromHours(5));

        Assert.True(RestorePolicy.Decide(last, new AliveStamp(last.At.AddYears(3), "second run", TimeSpan.FromSeconds(40)), PresenceSettings.Default).ComesBack);
        Assert.False(RestorePolicy.Decide(last, new AliveStamp(last.At.AddYears(3), "second run", TimeSpan.FromSeconds(60)), PresenceSettings.Default).ComesBack);
        Assert.True(RestorePolicy.Decide(last, new AliveStamp(last.At.AddSeconds(5), "first run", TimeSpan.FromHours(4)), PresenceSettings.Default).ComesBack); // an uptime that went back says nothing
    }

    [Fact]
    public async Task RestoreAsync_StampOfAnOlderVersion_CountsByTheWallClock()
    {
        _world.Beat("ada");
        await _world.StopAsync();
        await using (var database = await _folder.OpenAsync(_time))
        await using (var context = database.CreateDbContext())
            await context.ExecuteAsync($"""UPDATE "LastAlive" SET "BootId" = NULL, "UptimeMilliseconds" = NULL""", Cancel);

        _time.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(1, await StartAgainAsync());
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

    private async Task<int> StartAgainAsync(PresenceSettings? settings = null, PresenceLimits? limits = null, string? bootId = "this run")
    {
        await _world.DisposeAsync();
        _world = await StorageWorld.StartAsync(_folder, _time, settings, limits, bootId);
        return _world.Restored;
    }
}
