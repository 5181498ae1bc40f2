using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class PresenceDatabaseTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_NewFolder_IsMadeForTheOwnerAlone()
    {
        var path = Path.Combine(_folder.Path, "a", "data");
        await using var database = new PresenceDatabase(path, new ManualTimeProvider());

        await database.OpenAsync(Cancel);

        Assert.True(File.Exists(Path.Combine(path, "presence.db")));
        Assert.Equal(["keys"], Directory.GetDirectories(path).Select(Path.GetFileName)); // no backup of nothing
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task OpenAsync_Model_HasNoChangeWithoutAMigration()
    {
        await using var database = await _folder.OpenAsync();
        await using var context = database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task CreateDbContext_BeforeOpen_CannotBeUsed()
    {
        var database = _folder.Database();
        await using var context = database.CreateDbContext();

        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Settings.CountAsync(Cancel));

        Assert.False(File.Exists(_folder.File));
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("wal_autocheckpoint", "0")]
    [InlineData("busy_timeout", "2000")]
    [InlineData("foreign_keys", "1")]
    public async Task Configure_EveryConnection_HasTheSamePragmas(string pragma, string expected)
    {
        await using var database = await _folder.OpenAsync();
        await using var context = database.CreateDbContext();
        await context.Database.OpenConnectionAsync(Cancel);
        using var raw = database.Connect();

        Assert.Equal(expected, Read((SqliteConnection)context.Database.GetDbConnection(), $"PRAGMA {pragma}"));
        Assert.Equal(expected, Read(raw, $"PRAGMA {pragma}"));
        Assert.Equal(2, context.Database.GetCommandTimeout());
        Assert.Equal(2, raw.DefaultTimeout);
    }

    [Fact]
    public async Task OpenAsync_SQLite_IsPastTheFaultThatLosesCommittedPages()
    {
        await using var database = await _folder.OpenAsync();
        using var raw = database.Connect();

        Assert.True(Version.Parse(Read(raw, "SELECT sqlite_version()")!) >= new Version(3, 51, 3)); // decision 004
    }

    [Fact]
    public async Task OpenAsync_SecondOnTheSameFolder_IsRefusedAndTheFirstGoesOn()
    {
        await using var first = await _folder.OpenAsync();

        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync());

        Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(refusal.Message, refusal.ToString());
        Assert.Null(await new UserStore(first).FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task OpenAsync_AfterTheFirstIsGone_IsAllowed()
    {
        await (await _folder.OpenAsync()).DisposeAsync();

        await using var second = await _folder.OpenAsync();

        Assert.Null(await new UserStore(second).FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task OpenAsync_FolderThatCannotBeMade_IsRefused()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        await using var database = new PresenceDatabase(Path.Combine(file, "data"), new ManualTimeProvider());

        var refusal = await Assert.ThrowsAsync<StartupException>(() => database.OpenAsync(Cancel));

        Assert.Contains("cannot be created", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 2_000)] // not a database any more
    [InlineData(4_096, 12_288)] // pages in the middle
    public async Task OpenAsync_DamagedFile_IsRefusedNamingTheBackupAndTheRemedy(int from, int length)
    {
        var backup = await MakeDatabaseWithBackupAsync();
        var healthy = await File.ReadAllBytesAsync(backup, Cancel);
        var bytes = await File.ReadAllBytesAsync(_folder.File, Cancel);
        new Random(1).NextBytes(bytes.AsSpan(from, length));
        await File.WriteAllBytesAsync(_folder.File, bytes, Cancel);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync());

        Assert.Contains($"{_folder.File} is damaged", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"newest backup is {backup}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder.File, Cancel)); // nothing was made worse

        Assert.Contains($"dotnet Dashboard.dll restore '{backup}'", refusal.Message, StringComparison.Ordinal);
        File.Delete(_folder.File + "-wal");
        await File.WriteAllBytesAsync(_folder.File, healthy, Cancel);
        new DatabaseMarker(_folder.Path).Delete(); // as that command does
        await using var database = await _folder.OpenAsync();
        Assert.NotNull(await new UserStore(database).FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task OpenAsync_DamagedFileWithoutBackup_SaysHowToStartOver()
    {
        await File.WriteAllTextAsync(_folder.File, "this has never been a database, and it is long enough to be sure of it. " + new string('x', 4096), Cancel);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync());

        Assert.Contains("There is no backup in", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_MigratedByANewerBuild_IsRefused()
    {
        await using (var database = await _folder.OpenAsync())
            Execute(database, """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Future', '99.0')""");

        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync());

        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("29990101000000_Future", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateAsync_LockLeftByAKilledStart_IsCleared()
    {
        await using var database = await _folder.OpenAsync();
        Execute(database, """CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL)""");
        Execute(database, """INSERT INTO "__EFMigrationsLock" VALUES (1, '2020-01-01')""");
        await using var notes = NotesContext.Of(database);

        await database.MigrateAsync(notes, Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.Equal(0, await notes.Notes.CountAsync(Cancel));
        Assert.False(database.Gate.IsHeld);
    }

    [Fact]
    public async Task MigrateAsync_FileWithContent_IsBackedUpFirst()
    {
        var backup = await MakeDatabaseWithBackupAsync();

        Assert.Equal("presence-20260301T120000000Z-none.db", Path.GetFileName(backup));
        using var connection = new SqliteConnection($"Data Source={backup};Pooling=False;Mode=ReadOnly");
        connection.Open();
        Assert.Equal("ok", Read(connection, "PRAGMA integrity_check"));
        Assert.Equal("ada", Read(connection, """SELECT "UserId" FROM "Users" """));
        Assert.Equal("0", Read(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'Notes'"));
    }

    [Fact]
    public async Task MigrateAsync_BackupCannotBeTaken_IsRefusedAndNothingIsMigrated()
    {
        await (await _folder.OpenAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "backups"), "a file where the folder should be", Cancel);
        await using var database = await _folder.OpenAsync();
        await using var notes = NotesContext.Of(database);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => database.MigrateAsync(notes, Cancel));

        Assert.Contains(_folder.File, refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SqliteException>(() => notes.Notes.CountAsync(Cancel));
        Assert.False(database.Gate.IsHeld);
    }

    [Fact]
    public async Task OpenAsync_LockedByAnotherProgram_IsRefused()
    {
        await (await _folder.OpenAsync()).DisposeAsync();
        using var stranger = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        stranger.Open();
        Read(stranger, "PRAGMA locking_mode = EXCLUSIVE");
        using var held = stranger.BeginTransaction();
        Read(stranger, """SELECT count(*) FROM "Users" """);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync());

        Assert.Contains("no other program has it open", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateAsync_NothingPending_TakesNoBackup()
    {
        var backup = await MakeDatabaseWithBackupAsync();

        await using var database = await _folder.OpenAsync();
        await using var notes = NotesContext.Of(database);
        await database.MigrateAsync(notes, Cancel);

        Assert.Equal([backup], Directory.GetFiles(Path.GetDirectoryName(backup)!));
    }

    [Fact]
    public async Task Take_MoreThanAreKept_RemovesTheOldest()
    {
        var time = new ManualTimeProvider();
        await using var database = await _folder.OpenAsync(time);
        using var connection = database.Connect();
        var backups = new DatabaseBackups(Path.Combine(_folder.Path, DatabaseBackups.FolderName), time);
        var taken = new List<string>();

        for (var i = 0; i < DatabaseBackups.Kept + 2; i++)
        {
            taken.Add(backups.Take(connection, "some"));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(taken.TakeLast(DatabaseBackups.Kept), Directory.GetFiles(Path.Combine(_folder.Path, "backups")).Order(StringComparer.Ordinal));
        Assert.Equal(taken[^1], backups.Newest());
    }

    [Fact]
    public async Task DisposeAsync_AfterWrites_LeavesEverythingReadable()
    {
        await using (var database = await _folder.OpenAsync())
            await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        using var crash = _folder.CrashCopy();

        await using var again = await crash.OpenAsync();

        Assert.NotNull(await new UserStore(again).FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task CheckpointAsync_AfterWrites_EmptiesTheLog()
    {
        await using var database = await _folder.OpenAsync();
        var checkpointer = new Checkpointer(database);
        Assert.Equal(0, checkpointer.LogSize()); // what the migrations made is in the file itself
        await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        Assert.True(checkpointer.LogSize() > 0);

        Assert.True(await checkpointer.CheckpointIfGrownAsync(Cancel)); // small: left alone
        Assert.True(checkpointer.LogSize() > 0);

        Assert.True(await checkpointer.CheckpointAsync(Cancel));
        Assert.Equal(0, checkpointer.LogSize());
    }

    [Fact]
    public async Task CheckpointAsync_WhileSomebodyReads_TriesAgainLater()
    {
        await using var database = await _folder.OpenAsync();
        using var connection = database.Connect();
        using var reading = connection.BeginTransaction(deferred: true);
        Read(connection, """SELECT count(*) FROM "Users" """);
        await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);

        var turn = await database.Gate.EnterAsync(Cancel);
        var checkpoint = new Checkpointer(database).CheckpointAsync(Cancel);
        var next = database.Gate.EnterAsync(Cancel).AsTask(); // gives up after 1.5 s
        turn.Dispose();

        (await next).Dispose();
        Assert.False(await checkpoint);
        Assert.False(database.Gate.IsHeld);
    }

    /// <summary>A closed database with a user in it and one backup, taken before its second context was migrated.</summary>
    private async Task<string> MakeDatabaseWithBackupAsync()
    {
        await using (var database = await _folder.OpenAsync())
            await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        await using (var database = await _folder.OpenAsync())
        {
            await using var notes = NotesContext.Of(database);
            await database.MigrateAsync(notes, Cancel);
            await new Checkpointer(database).CheckpointAsync(Cancel);
        }
        return Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "backups")));
    }

    private static void Execute(PresenceDatabase database, string sql)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string? Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
