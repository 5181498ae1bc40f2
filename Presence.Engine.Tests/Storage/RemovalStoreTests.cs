using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class RemovalStoreTests : AdministrationTest
{
    [Fact]
    public async Task RemoveAsync_PresentViewer_EndsItsSessionsAndSurvivesACrash()
    {
        using var removals = new RemovalStore(Database, Engine);
        Beat("ann");
        var removal = Removal("ann", "lobby");

        var (entry, replaced) = await removals.RemoveAsync(removal, "ada", Cancel);

        Assert.Null(replaced);
        Assert.Equal(new RemovalEntry(entry.Id, removal, "ada", Time.GetUtcNow()), entry);
        Assert.Equal(0, Engine.Count("lobby").Viewers);
        Assert.Equal(HeartbeatOutcome.Removed, Beat("ann"));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RemovalStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(removal, engine.RemovalOf("ann", "lobby"));
            Assert.Equal(entry, await again.FindAsync("ann", "lobby", Cancel));
        });
    }

    [Fact]
    public async Task RemoveAsync_FromTheNetwork_IsApartFromRooms()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", null), "ada", Cancel);

        Assert.Equal(HeartbeatOutcome.Banned, Beat("ann"));
        Assert.Null(await removals.FindAsync("ann", "lobby", Cancel));
        Assert.Empty(await removals.ListAsync("lobby", null, 10, Cancel));
        Assert.Single(await removals.ListAsync(null, null, 10, Cancel));
        Assert.False(await removals.LiftAsync("ann", "lobby", "ada", Cancel));
        Assert.True(await removals.LiftAsync("ann", null, "ada", Cancel));
        Assert.Equal(HeartbeatOutcome.Accepted, Beat("ann"));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RemovalStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Empty(engine.Removals());
        });
    }

    [Fact]
    public async Task RemoveAsync_Again_TakesThePlaceOfTheOneBefore()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby"), "ada", Cancel);

        var (entry, replaced) = await removals.RemoveAsync(Removal("ann", "lobby", hours: 5), "ben", Cancel);

        Assert.Equal("ada", replaced?.By);
        Assert.Equal(entry, Assert.Single(await removals.ListAsync("lobby", null, 10, Cancel)));
        Assert.Equal(entry.Removal, Engine.RemovalOf("ann", "lobby"));
    }

    [Fact]
    public async Task RemoveAsync_OverTheCap_IsRefusedUntilOneHasEnded()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        await removals.RemoveAsync(Removal("ben", "lobby", hours: 2), "ada", Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => removals.RemoveAsync(Removal("cat", "lobby"), "ada", Cancel));
        Assert.Null(Engine.RemovalOf("cat", "lobby"));
        Assert.Null(await removals.FindAsync("cat", "lobby", Cancel));
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);

        Time.Advance(TimeSpan.FromHours(1));
        await removals.RemoveAsync(Removal("cat", "lobby", hours: 1), "ada", Cancel);

        Assert.NotNull(Engine.RemovalOf("cat", "lobby"));
        Assert.Equal(["cat", "ben"], (await removals.ListAsync("lobby", null, 10, Cancel)).Select(entry => entry.Removal.UserId));
    }

    [Fact]
    public async Task ListAsync_FollowedByIds_IsTheLatestFirstWithoutThoseThatEnded()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        await removals.RemoveAsync(Removal("ben", "lobby", hours: 2), "ada", Cancel);

        var first = Assert.Single(await removals.ListAsync("lobby", null, 1, Cancel));
        var second = Assert.Single(await removals.ListAsync("lobby", first.Id, 1, Cancel));

        Assert.Equal(("ben", "ann"), (first.Removal.UserId, second.Removal.UserId));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(first, Assert.Single(await removals.ListAsync("lobby", null, 10, Cancel)));
        Assert.Null(await removals.FindAsync("ann", "lobby", Cancel));
    }

    [Fact]
    public async Task PruneAsync_EndedADayAgo_IsPastAndFreesItsPlace()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        await removals.RemoveAsync(Removal("ben", "lobby", hours: 2), "ada", Cancel);
        Time.Advance(TimeSpan.FromHours(25));

        await removals.PruneAsync(Cancel);

        Assert.Equal(["ben"], StoredUsers());
        var ann = Assert.Single(await removals.OfUserAsync("ann", Cancel));
        Assert.Equal((ann.Removal.Until, null, false), (ann.EndedAt, ann.LiftedBy, ann.IsReplaced));
    }

    [Fact]
    public async Task ListAsync_OfAllPlaces_KnowsHowEachEnded()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 5), "ben", Cancel);
        await removals.RemoveAsync(Removal("Bea", null, hours: 2), "ada", Cancel);
        await removals.LiftAsync("Bea", null, "cat", Cancel);
        await removals.RemoveAsync(Removal("dan", null, hours: 3), "ada", Cancel);

        Assert.Equal(["dan by ada", "Bea lifted by cat", "ann by ben", "ann replaced by ben"], await TellAsync(new BanQuery()));
        Assert.Equal(["dan by ada", "ann by ben"], await TellAsync(new BanQuery { State = BanState.InForce }));
        Assert.Equal(["Bea lifted by cat", "ann replaced by ben"], await TellAsync(new BanQuery { State = BanState.Past }));
        Assert.Equal(["dan by ada", "Bea lifted by cat"], await TellAsync(new BanQuery { IsNetworkAlone = true }));
        Assert.Equal(["ann by ben", "ann replaced by ben"], await TellAsync(new BanQuery { IsRoomsAlone = true }));
        Assert.Equal(["ann by ben", "ann replaced by ben"], await TellAsync(new BanQuery { RoomId = "lobby" }));
        Assert.Equal(["ann by ben"], await TellAsync(new BanQuery { By = "ben" }));
        Assert.Equal(["Bea lifted by cat"], await TellAsync(new BanQuery { Text = "bEA" }));
        Assert.Empty(await TellAsync(new BanQuery { Text = "%" }));
        Assert.Equal((2, 1), await removals.CountAsync(Cancel));
        Time.Advance(TimeSpan.FromHours(4));
        Assert.Equal(["ann by ben"], await TellAsync(new BanQuery { State = BanState.InForce }));
        Assert.Contains("dan by ada", await TellAsync(new BanQuery { State = BanState.Past }));

        async Task<IEnumerable<string>> TellAsync(BanQuery query) => (await removals.ListAsync(query, 10, Cancel))
            .Select(entry => entry.Removal.UserId + (entry.IsReplaced ? $" replaced by {entry.LiftedBy}" : entry.LiftedBy is { } lifter ? $" lifted by {lifter}" : $" by {entry.By}"));
    }

    [Fact]
    public async Task RemoveAsync_DecidedOnABanThatWasReplaced_IsRefusedWithTheOneInForce()
    {
        using var removals = new RemovalStore(Database, Engine);
        var (first, _) = await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        var (second, _) = await removals.RemoveAsync(Removal("ann", "lobby", hours: 2), "ben", first.Id, Cancel);

        var refused = await Assert.ThrowsAsync<RemovalConflictException>(() => removals.RemoveAsync(Removal("ann", "lobby", hours: 3), "cat", first.Id, Cancel));

        Assert.Equal(second, refused.Current);
        Assert.Equal(second, await removals.FindAsync("ann", "lobby", Cancel));
        Assert.Equal(second.Removal, Engine.RemovalOf("ann", "lobby"));
    }

    [Fact]
    public async Task ReloadAsync_BanLiftedElsewhere_LetsTheViewerInHere()
    {
        using var here = new RemovalStore(Database, Engine);
        await here.RemoveAsync(Removal("ann", "lobby"), "ada", Cancel);
        using var engine = NewEngine();
        using (var elsewhere = new RemovalStore(Database, engine))
            await elsewhere.LiftAsync("ann", "lobby", "ben", Cancel);
        Assert.Equal(HeartbeatOutcome.Removed, Beat("ann"));

        await here.ReloadAsync(Cancel);

        Assert.Equal(HeartbeatOutcome.Accepted, Beat("ann"));
    }

    [Fact]
    public async Task RemoveAsync_ForeverWithDevices_HoldsAfterACrashUntilItIsLifted()
    {
        using var removals = new RemovalStore(Database, Engine);
        var ban = new Removal("ann", null, RemovalRules.Forever, null) { Devices = DeviceBans.Join(["phone", "laptop", "phone"]) };
        Assert.Equal(0, Engine.DeviceBanVersion);
        await removals.RemoveAsync(ban, "ada", Cancel);

        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RemovalStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.True(engine.RemovalOf("ann", "lobby")!.IsForever);
            Assert.Equal(ban, engine.RemovalOfDevice("laptop"));
            Assert.Equal(1, engine.DeviceBanVersion);

            await again.LiftAsync("ann", null, "ada", Cancel);

            Assert.Null(engine.RemovalOfDevice("laptop"));
        });
        Assert.Equal(ban, Engine.RemovalOfDevice("phone"));
        Assert.Null(Engine.RemovalOfDevice("tablet"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the server starts while the clock is wrong
    public async Task PruneAsync_ClockJumpsForwardAndBack_ForgetsNothing(bool restarts)
    {
        var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        var now = Time.GetUtcNow();

        Time.SetUtcNow(now.AddYears(1));
        if (restarts)
        {
            removals.Dispose();
            await RestartAsync();
            removals = new RemovalStore(Database, Engine);
            await removals.ReloadAsync(Cancel);
        }
        for (var hour = 0; hour < 12; hour++)
        {
            Time.Advance(TimeSpan.FromHours(1));
            Engine.Sweep();
            await removals.PruneAsync(Cancel);
        }
        Assert.Null(Engine.RemovalOf("ann", "lobby"));
        Time.SetUtcNow(now.AddMinutes(1));
        Engine.Sweep();

        Assert.NotNull(Engine.RemovalOf("ann", "lobby"));
        Assert.Equal(["ann"], StoredUsers());
        removals.Dispose();
    }

    [Fact]
    public async Task Sweep_WhoCameInWhileTheClockWasAhead_IsKeptOutOnceItIsRight()
    {
        using var removals = new RemovalStore(Database, Engine);
        await removals.RemoveAsync(Removal("ann", "lobby", hours: 1), "ada", Cancel);
        var now = Time.GetUtcNow();
        Time.SetUtcNow(now.AddDays(2));
        Engine.Sweep();
        Assert.Equal(HeartbeatOutcome.Accepted, Beat("ann"));

        Time.SetUtcNow(now);
        Engine.Sweep();

        Assert.Equal(0, Engine.Count("lobby").Viewers);
        Assert.Equal(HeartbeatOutcome.Removed, Beat("ann"));
    }

    private List<string> StoredUsers()
    {
        using var context = Database.CreateDbContext();
        return [.. context.Removals.Where(removal => removal.EndedAt == null).Select(removal => removal.UserId)];
    }

    private Removal Removal(string userId, string? roomId, double hours = 1) => new(userId, roomId, Time.GetUtcNow() + TimeSpan.FromHours(hours), "spam");

    private HeartbeatOutcome Beat(string user) => Engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "" }).Outcome;
}
