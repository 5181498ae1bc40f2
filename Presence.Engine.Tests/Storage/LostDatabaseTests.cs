#pragma warning disable CA1416 // rights of files are looked at behind a check for the system, which the analyzer does not see inside a lambda
using Microsoft.Data.Sqlite;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>A folder that was in use and whose database lost something: it never starts as if nothing had been.</summary>
public sealed class LostDatabaseTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Log => _folder.File + "-wal";

    private string Marker => Path.Combine(_folder.Path, "keys", "database.marker");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("missing", "is missing")]
    [InlineData("empty", "is empty")]
    [InlineData("without tables", "holds nothing")]
    public async Task OpenAsync_NoDatabaseBesideSignsOfUse_IsRefused(string state, string message)
    {
        await UseAsync();
        File.Delete(Log);
        File.Delete(_folder.File);
        if (state == "empty")
            await File.WriteAllBytesAsync(_folder.File, [], Cancel);
        if (state == "without tables")
            Execute("PRAGMA journal_mode = WAL");
        var before = Files();

        var refusal = await RefusedAsync();

        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.Contains("dotnet Dashboard.dll restore", refusal, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("keys/client.key")]
    [InlineData("keys/key-1.xml")]
    [InlineData("backups/presence-20260301T120000000Z-nightly.db")]
    [InlineData("presence.db-wal")]
    public async Task OpenAsync_NoDatabaseInAFolderOfAnOlderVersion_IsRefused(string sign)
    {
        var path = Path.Combine(_folder.Path, sign);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "something", Cancel);

        var refusal = await RefusedAsync();

        Assert.Contains(path, refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File));
        Assert.Equal("something", await File.ReadAllTextAsync(path, Cancel));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("emptied")]
    [InlineData("cut")] // the settings change is still in it, and what came after is not
    public async Task OpenAsync_LogWithASettingsChangeIsGone_IsRefused(string how)
    {
        await UseAsync();
        if (how == "missing")
            File.Delete(Log);
        else
            await using (var log = new FileStream(Log, FileMode.Open))
                log.SetLength(how == "cut" ? log.Length / 3 : 0);

        var refusal = await RefusedAsync();

        Assert.Contains(how == "cut" ? "were stored and can't be read" : "is older than the one last in use", refusal, StringComparison.Ordinal);
        Assert.Contains($"rm '{Marker}'", refusal, StringComparison.Ordinal);
        File.Delete(Marker); // as it says
        await using var database = await _folder.OpenAsync(_time);
    }

    [Fact]
    public async Task OpenAsync_LogWithoutAnySettingsChangeIsGone_IsRefused()
    {
        await UseAsync(changes: false);
        File.Delete(Log);

        var refusal = await RefusedAsync();

        Assert.Contains("uptime records are missing", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_AnOlderCopyIsPutInItsPlace_IsRefusedUnlessItWasRestored()
    {
        await UseAsync(changes: false);
        var copy = Path.Combine(_folder.Path, "copy.db");
        Execute($"VACUUM INTO '{copy}'");
        await UseAsync();
        File.Delete(Log);
        File.Move(copy, _folder.File, overwrite: true);

        await RefusedAsync();

        new DatabaseMarker(_folder.Path).Delete(); // as that command does
        await using var database = await _folder.OpenAsync(_time);
    }

    [Theory]
    [InlineData(0)] // the magic number
    [InlineData(9)] // the page size
    [InlineData(17)] // a salt
    [InlineData(27)] // the checksum
    [InlineData(32 + 3)] // the first frame: its page
    [InlineData(32 + 9)] // its salt
    [InlineData(32 + 24 + 700)] // its content
    [InlineData(32 + 4_120 + 5)] // the second frame
    public async Task OpenAsync_OneBitOfTheLogFlipped_IsRefusedAndChangesNothing(int at)
    {
        await UseAsync(changes: false);
        File.Delete(Marker); // the log tells by itself
        var bytes = await File.ReadAllBytesAsync(Log, Cancel);
        bytes[at] ^= 4;
        await File.WriteAllBytesAsync(Log, bytes, Cancel);

        var refusal = await RefusedAsync();

        Assert.Contains("write-ahead log", refusal, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Log, Cancel));
    }

    [Fact]
    public async Task OpenAsync_LogTornAnywhereInItsLastTransaction_Starts()
    {
        await UseAsync(changes: false);
        var bytes = await File.ReadAllBytesAsync(Log, Cancel);

        foreach (var length in new[] { 0, 1, 31, 32, 33, 32 + 4_119 })
        {
            using var torn = await CopyAsync(bytes[..length]);
            await using var database = await torn.OpenAsync(_time);
        }
        foreach (var cut in new[] { 1, 24, 4_119, 4_120 })
        {
            using var torn = await CopyAsync(bytes[..^cut]);
            await using var database = await torn.OpenAsync(_time);
            Assert.NotNull(await new UserStore(database).FindAsync("ada", Cancel));
        }
        var damagedEnd = bytes.ToArray();
        damagedEnd[^100] ^= 1;
        using var last = await CopyAsync(damagedEnd);
        await using var started = await last.OpenAsync(_time);
    }

    [Theory]
    [InlineData("a bit of its content")]
    [InlineData("a bit of its salts")]
    [InlineData("cut off")]
    public async Task OpenAsync_LastStoredChangeOfTheLogIsDamaged_IsRefusedWhileTheMachineRunsOn(string how)
    {
        await UseAsync(changes: false);
        await using (var database = await _folder.OpenAsync(_time))
            await new UserStore(database).SignInAsync("eve", null, isGuest: false, vouched: false, Cancel);
        var bytes = await File.ReadAllBytesAsync(Log, Cancel);
        if (how == "cut off")
            bytes = bytes[..^10];
        else
            bytes[how == "a bit of its content" ? ^100 : ^4_110] ^= 1;
        await File.WriteAllBytesAsync(Log, bytes, Cancel);

        var refusal = await RefusedAsync();

        Assert.Contains("its last", refusal, StringComparison.Ordinal);
        Assert.Contains($"rm '{Marker}'", refusal, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Log, Cancel));
        await using var afterAPowerCut = new PresenceDatabase(_folder.Path, _time) { BootId = "another run" }; // the same bytes, and nobody knows
        await afterAPowerCut.OpenAsync(Cancel);
        Assert.NotNull(await new UserStore(afterAPowerCut).FindAsync("ada", Cancel));
        Assert.Null(await new UserStore(afterAPowerCut).FindAsync("eve", Cancel));
    }

    [Fact]
    public async Task OpenAsync_ChangeThatWasNeverStoredIsTorn_StartsAndSaysSo()
    {
        await UseAsync(changes: false);
        string before;
        await using (var database = await _folder.OpenAsync(_time))
        {
            before = await File.ReadAllTextAsync(Marker, Cancel);
            await new UserStore(database).SignInAsync("eve", null, isGuest: false, vouched: false, Cancel);
        }
        var bytes = await File.ReadAllBytesAsync(Log, Cancel);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(Log, bytes, Cancel);
        await File.WriteAllTextAsync(Marker, before, Cancel); // killed in the middle of the write

        var log = new LogLines<PresenceDatabase>();
        await using var started = new PresenceDatabase(_folder.Path, _time, log);
        await started.OpenAsync(Cancel);

        Assert.NotNull(await new UserStore(started).FindAsync("ada", Cancel));
        Assert.Contains("is incomplete", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_LogWithOneStampIsGone_IsRefusedWhileTheMachineRunsOn()
    {
        await using (var world = await StorageWorld.StartAsync(_folder, _time))
        {
            await new Checkpointer(world.Database).CheckpointAsync(Cancel);
            await world.Memberships.StampAliveAsync(Cancel);
        }
        File.Delete(Log);

        Assert.Contains("its last 1 uptime records", await RefusedAsync(), StringComparison.Ordinal);
        await using var afterAPowerCut = new PresenceDatabase(_folder.Path, _time) { BootId = "another run" };
        await afterAPowerCut.OpenAsync(Cancel);
    }

    [Fact]
    public async Task OpenAsync_KilledAfterAnyChangeOrCheckpoint_Starts()
    {
        await using var database = await _folder.OpenAsync(_time);
        var users = new UserStore(database);
        for (var i = 0; i < 20; i++)
        {
            await users.SignInAsync($"user {i}", null, isGuest: false, vouched: false, Cancel);
            if (i % 5 == 4)
                await new Checkpointer(database).CheckpointAsync(Cancel);
            using var killed = await CopyAsync(await File.ReadAllBytesAsync(Log, Cancel));
            Directory.CreateDirectory(Path.Combine(killed.Path, "keys"));
            File.Copy(Marker, Path.Combine(killed.Path, "keys", "database.marker"));

            await using var started = await killed.OpenAsync(_time);

            Assert.NotNull(await new UserStore(started).FindAsync($"user {i}", Cancel));
        }
    }

    [Fact]
    public async Task OpenAsync_DatabaseOfAnotherProgram_IsRefused()
    {
        Execute("CREATE TABLE Guests (Name TEXT)");
        Assert.Contains("of another program", await RefusedAsync(), StringComparison.Ordinal);

        Execute("PRAGMA application_id = 7; CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" TEXT, \"ProductVersion\" TEXT)");
        Assert.Contains("of another program", await RefusedAsync(), StringComparison.Ordinal);

        Execute("PRAGMA application_id = 0; INSERT INTO \"__EFMigrationsHistory\" VALUES ('20200101000000_Theirs', '8.0')");
        var refusal = await RefusedAsync();
        Assert.Contains($"mv '{_folder.File}'", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FolderOfAnOlderVersion_IsTakenAndMarked()
    {
        await UseAsync();
        Execute("PRAGMA application_id = 0");
        File.Delete(Marker);

        await using (var database = await _folder.OpenAsync(_time))
            Assert.NotNull(await new UserStore(database).FindAsync("ada", Cancel));

        Assert.Contains("settings 0000000000000000002", await File.ReadAllTextAsync(Marker, Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("settings many\n")]
    public async Task OpenAsync_MarkerThatCannotBeRead_StopsNothing(string text)
    {
        await UseAsync();
        await File.WriteAllTextAsync(Marker, text, Cancel);

        await using var database = await _folder.OpenAsync(_time);

        Assert.Contains("settings 0000000000000000002", await File.ReadAllTextAsync(Marker, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FirstStartCutOffAtAnyPoint_StartsAgain()
    {
        await File.WriteAllBytesAsync(_folder.File, [], Cancel);
        await (await _folder.OpenAsync(_time)).DisposeAsync();
        using var early = new DatabaseFolder();
        using (var connection = new SqliteConnection($"Data Source={early.File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """PRAGMA journal_mode = WAL; CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT); INSERT INTO "__EFMigrationsLock" VALUES (1, '')""";
            command.ExecuteNonQuery();
        }

        await using var database = await early.OpenAsync(_time);
    }

    [Fact]
    public async Task OpenAsync_AnyFileInTheFolder_BecomesTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        await UseAsync();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "backups"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "backups", "mine.db"), "", Cancel);
        foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, Everybody);

        await using var database = await _folder.OpenAsync(_time);
        await new UserStore(database).SignInAsync("eve", null, isGuest: false, vouched: false, Cancel);

        var entries = Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(Log, entries);
        Assert.All(entries, entry => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(entry) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)));
    }

    [Fact]
    public async Task OpenAsync_NewFileInAFolderForEverybody_IsTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);

        await UseAsync();

        Assert.All(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    /// <summary>A run of the product for some time, ended as by a kill: a user, settings, stamps, all of it in the log.</summary>
    private async Task UseAsync(bool changes = true)
    {
        await using var world = await StorageWorld.StartAsync(_folder, _time);
        using var settings = new SettingsStore(world.Database, world.Engine);
        await settings.LoadAsync(PresenceSettings.Default, Cancel);
        await new Checkpointer(world.Database).CheckpointAsync(Cancel);
        await new UserStore(world.Database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        if (changes)
            await settings.ChangeAsync(new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(20), PresenceTimeout = TimeSpan.FromSeconds(60), ListLimit = 100 }, By = "test" }, Cancel);
        for (var beat = 0; beat < 10; beat++)
            await world.Memberships.StampAliveAsync(Cancel);
    }

    private async Task<string> RefusedAsync()
    {
        var refusal = await Assert.ThrowsAsync<StartupException>(() => _folder.OpenAsync(_time));
        Assert.Contains("Nothing was changed.", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    private async Task<DatabaseFolder> CopyAsync(byte[] log)
    {
        var copy = new DatabaseFolder();
        File.Copy(_folder.File, copy.File);
        await File.WriteAllBytesAsync(copy.File + "-wal", log, Cancel);
        return copy;
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(file => $"{file} {new FileInfo(file).Length}")];

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
