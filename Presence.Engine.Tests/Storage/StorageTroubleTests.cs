using Microsoft.Data.Sqlite;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class StorageTroubleTests : AdministrationTest
{
    [Fact]
    public async Task ChangeAsync_DiskIsFull_IsTroubleAndNoFault()
    {
        Database.ConnectionPrepared = connection => Execute(connection, "PRAGMA max_page_count = 1");
        var users = new UserStore(Database);

        var failure = await Record.ExceptionAsync(async () =>
        {
            for (var user = 0; ; user++)
                await users.SignInAsync($"user {user}", new string('x', 100), isGuest: false, vouched: false, Cancel);
        });

        Assert.Contains("full", StorageTrouble.Of(failure), StringComparison.Ordinal);
        Assert.False(Database.Gate.IsHeld);
    }

    [Fact]
    public async Task ChangeAsync_LockedByAnotherProgram_IsTroubleForEveryoneWhoWaits()
    {
        using var stranger = new SqliteConnection($"Data Source={Database.FilePath};Pooling=False");
        stranger.Open();
        Execute(stranger, "BEGIN IMMEDIATE");
        using var settings = new SettingsStore(Database, Engine);
        var users = new UserStore(Database);

        Task[] changes =
        [
            .. Enumerable.Range(0, 4).Select(number => settings.ChangeAsync(
                new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(20 + number), PresenceTimeout = TimeSpan.FromSeconds(90), ListLimit = 100 }, By = "test" }, Cancel)),
            .. Enumerable.Range(0, 4).Select(number => users.SignInAsync($"user {number}", null, isGuest: false, vouched: false, Cancel)),
        ];
        var failures = await Task.WhenAll(changes.Select(change => Record.ExceptionAsync(() => change).AsTask()));

        Assert.All(failures, failure => Assert.NotNull(StorageTrouble.Of(failure)));
        Execute(stranger, "ROLLBACK");
        Assert.NotNull(await users.SignInAsync("user 9", null, isGuest: false, vouched: false, Cancel));
    }

    [Fact]
    public void LongestWaits_OneAfterTheOther_StayUnderFiveSeconds()
    {
        using var connection = Database.Connect();

        Assert.True(StorageTrouble.LongestTurn + WriteGate.LongestWait + TimeSpan.FromSeconds(connection.DefaultTimeout) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task OpenAsync_DatabaseOfThisVersion_WritesNothing()
    {
        await new UserStore(Database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);

        await AfterCrashAsync(async (database, _) =>
        {
            var size = new Checkpointer(database).LogSize();
            await using var context = database.CreateDbContext();
            await database.MigrateAsync(context, Cancel);
            Assert.Equal(size, new Checkpointer(database).LogSize());
        });
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
