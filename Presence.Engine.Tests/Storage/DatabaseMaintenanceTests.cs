using Microsoft.Data.Sqlite;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class DatabaseMaintenanceTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Backups => Path.Combine(_folder.Path, DatabaseBackups.FolderName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TakeBackup_OfADatabaseInUse_HoldsWhatWasAcknowledged()
    {
        await using var database = await _folder.OpenAsync(_time);
        await new UserStore(database).SignInAsync("ada", "Ada Lovelace", isGuest: false, vouched: false, Cancel);

        var backup = Of(database).TakeBackup(Backups, 7, Cancel);
        await new UserStore(database).SignInAsync("grace", null, isGuest: false, vouched: false, Cancel);

        Assert.Equal(["ada"], UsersIn(backup.Path));
        Assert.Equal(new FileInfo(backup.Path).Length, backup.Bytes);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), backup.TakenAt.ToUnixTimeMilliseconds());
        Assert.Equal([backup], Of(database).Backups(Backups));
    }

    [Fact]
    public async Task TakeBackup_PutInThePlaceOfTheDatabase_IsTheDatabase()
    {
        string path;
        await using (var database = await _folder.OpenAsync(_time))
        {
            await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
            path = Of(database).TakeBackup(Backups, 7, Cancel).Path;
            await new UserStore(database).SignInAsync("later", null, isGuest: false, vouched: false, Cancel);
        }

        // What docs/operations.md says.
        File.Delete(_folder.File + "-wal");
        File.Delete(_folder.File + "-shm");
        File.Copy(path, _folder.File, overwrite: true);

        await using var restored = await _folder.OpenAsync(_time);
        using var connection = restored.Connect();
        Assert.Equal(["ada"], UsersOf(connection));
    }

    [Fact]
    public async Task TakeBackup_NightAfterNight_KeepsTheNewestAndThoseOfMigrations()
    {
        await using var database = await _folder.OpenAsync(_time);
        using var connection = database.Connect();
        var ofMigration = new DatabaseBackups(Backups, _time).Take(connection, "some");
        var taken = new List<string>();

        for (var night = 0; night < 5; night++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            taken.Add(Of(database).TakeBackup(Backups, kept: 3, Cancel).Path);
        }

        Assert.Equal([ofMigration, .. taken.TakeLast(3)], Directory.GetFiles(Backups).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TakeBackup_WithoutRoomForIt_SaysSoAndLetsGoOfNothing()
    {
        await using var database = await _folder.OpenAsync(_time);
        var before = Of(database).TakeBackup(Backups, kept: 1, Cancel);
        var full = new DatabaseMaintenance(database, new Checkpointer(database), _time) { FreeBytes = _ => 1_000_000 };

        var refusal = Assert.Throws<IOException>(() => full.TakeBackup(Backups, kept: 1, Cancel));

        Assert.Contains("has 1 MB free", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([before.Path], Directory.GetFiles(Backups));
    }

    [Fact]
    public async Task TakeBackup_WhileSomebodyWrites_WaitsForNobody()
    {
        await using var database = await _folder.OpenAsync(_time);
        using var writer = database.Connect();
        using var lease = await database.Gate.EnterAsync(Cancel);

        Assert.True(File.Exists(Of(database).TakeBackup(Backups, 7, Cancel).Path));
    }

    [Fact]
    public async Task TakeBackup_OfAnyKind_IsForItsOwnerAlone()
    {
        await using var database = await _folder.OpenAsync(_time);

        var backup = Of(database).TakeBackup(Path.Combine(_folder.Path, "elsewhere"), 7, Cancel);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup.Path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(backup.Path)!));
        }
    }

    [Fact]
    public async Task TakeBackup_AfterOneThatWasCutOff_RemovesWhatIsLeftOfIt()
    {
        await using var database = await _folder.OpenAsync(_time);
        Directory.CreateDirectory(Backups);
        await File.WriteAllTextAsync(Path.Combine(Backups, "presence-20260101T030000000Z-nightly.db.part"), "half a database", Cancel);

        var backup = Of(database).TakeBackup(Backups, 7, Cancel);

        Assert.Equal([backup.Path], Directory.GetFiles(Backups));
    }

    [Fact]
    public async Task RunAsync_OfASoundDatabase_EmptiesTheLog()
    {
        await using var database = await _folder.OpenAsync(_time);
        await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);

        var report = await Of(database).RunAsync(Cancel);

        Assert.Null(report.Damage);
        Assert.True(report.LogBytes > 0);
        Assert.True(report.IsLogEmptied);
        Assert.Equal(0, Of(database).Size().Log);
    }

    [Fact]
    public async Task RunAsync_AfterManyRowsWereDeleted_GivesTheirSpaceBackToTheDisk()
    {
        await using var database = await _folder.OpenAsync(_time);
        await using (var context = database.CreateDbContext())
        {
            await context.ExecuteAsync(
                $"""WITH RECURSIVE "n"("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM "n" WHERE "i" < 2000) INSERT INTO "RevokedTokens" SELECT "i" || hex(zeroblob(1000)), "i" FROM "n" """, Cancel);
            await context.DeleteAsync(context.RevokedTokens, Cancel);
        }
        await new Checkpointer(database).CheckpointAsync(Cancel);
        var before = new FileInfo(_folder.File).Length;

        var report = await Of(database).RunAsync(Cancel);

        Assert.True(report.GivenBack > 4_000_000, $"{report.GivenBack} of {before} bytes");
        Assert.Equal(before - report.GivenBack, new FileInfo(_folder.File).Length);
        Assert.Equal(0, (await Of(database).RunAsync(Cancel)).GivenBack);
    }

    private DatabaseMaintenance Of(PresenceDatabase database) => new(database, new Checkpointer(database), _time);

    private static List<string> UsersIn(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return UsersOf(connection);
    }

    private static List<string> UsersOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT UserId FROM Users ORDER BY UserId";
        using var reader = command.ExecuteReader();
        var users = new List<string>();
        while (reader.Read())
            users.Add(reader.GetString(0));
        return users;
    }
}
