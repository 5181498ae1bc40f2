using Microsoft.Data.Sqlite;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>The database as its owner copies it, puts it back and has it checked.</summary>
public sealed class DatabaseFileTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();
    private readonly DatabaseFolder _elsewhere = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DatabaseFile File => new(_folder.Path, ("__AccountsMigrationsHistory", []), new ManualTimeProvider());

    private string Copy => Path.Combine(_elsewhere.Path, "copy.db");

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task CopyTo_WhileTheServerWrites_HoldsWhatWasAcknowledgedAndLeavesTheLogAlone()
    {
        await using var database = await _folder.OpenAsync();
        await new UserStore(database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        var log = new FileInfo(_folder.File + "-wal").Length;

        File.CopyTo(Copy);

        Assert.Equal(log, new FileInfo(_folder.File + "-wal").Length);
        Assert.Equal(1L, Read(Copy, """SELECT count(*) FROM "Users" """));
        await new UserStore(database).SignInAsync("bob", "Bob", isGuest: false, vouched: false, Cancel);
        Assert.Equal(["copy.db"], Directory.GetFiles(_elsewhere.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task CopyTo_AFolderThatIsNotThere_LeavesNothing()
    {
        await (await _folder.OpenAsync()).DisposeAsync();

        var refusal = Assert.Throws<IOException>(() => File.CopyTo(Path.Combine(_elsewhere.Path, "no", "copy.db")));

        Assert.Contains("Create it first", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_elsewhere.Path));
    }

    [Fact]
    public async Task Restore_OfACopy_PutsItBackAndKeepsWhatWasThereWithItsLog()
    {
        await using (var database = await _folder.OpenAsync())
        {
            await new UserStore(database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
            File.CopyTo(Copy);
            await new UserStore(database).SignInAsync("bob", "Bob", isGuest: false, vouched: false, Cancel); // in the log alone
        }

        var aside = File.Restore(Copy);

        Assert.Equal(1L, Read(_folder.File, """SELECT count(*) FROM "Users" """));
        Assert.Equal(["presence.db", "presence.db-wal"], Directory.GetFiles(aside!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(2L, Read(Path.Combine(aside!, "presence.db"), """SELECT count(*) FROM "Users" """));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(_folder.File));
        await using var restored = await _folder.OpenAsync();
        Assert.NotNull(await new UserStore(restored).FindAsync("ada", Cancel));
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), path => path.Contains("restoring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_OfAFileWithItsLogBesideIt_TakesBoth()
    {
        await using (var database = await _elsewhere.OpenAsync())
            await new UserStore(database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        Assert.True(new FileInfo(_elsewhere.File + "-wal").Length > 0);

        Assert.Null(File.Restore(_elsewhere.File));

        Assert.Equal(1L, Read(_folder.File, """SELECT count(*) FROM "Users" """));
    }

    [Fact]
    public async Task Restore_WhileAServerRuns_IsRefused()
    {
        await using var database = await _folder.OpenAsync();
        File.CopyTo(Copy);

        var refusal = Assert.Throws<StartupException>(() => File.Restore(Copy));

        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.IsInUse());
    }

    [Theory]
    [InlineData("missing", "There is no file")]
    [InlineData("text", "isn't a readable database")]
    [InlineData("damaged", "is damaged")]
    [InlineData("foreign", "contains no data of this product")]
    [InlineData("newer", "29990101000000_Future")]
    public async Task Restore_OfWhatIsNoGoodCopy_ChangesNothing(string what, string expected)
    {
        await using (var database = await _folder.OpenAsync())
        {
            await new UserStore(database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
            if (what != "missing")
                File.CopyTo(Copy);
        }
        switch (what)
        {
            case "text":
                await System.IO.File.WriteAllTextAsync(Copy, "this has never been a database", Cancel);
                break;
            case "damaged":
                var bytes = await System.IO.File.ReadAllBytesAsync(Copy, Cancel);
                new Random(1).NextBytes(bytes.AsSpan(4_096, 12_288));
                await System.IO.File.WriteAllBytesAsync(Copy, bytes, Cancel);
                break;
            case "foreign":
                System.IO.File.Delete(Copy);
                Write(Copy, "CREATE TABLE notes (text TEXT)");
                break;
            case "newer":
                Write(Copy, """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Future', '99.0')""");
                break;
        }
        var before = Content();

        var refusal = Assert.ThrowsAny<Exception>(() => File.Restore(Copy));

        Assert.True(refusal is IOException or InvalidDataException, refusal.ToString());
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Content());
    }

    [Fact]
    public async Task Problems_OfASoundFile_AreNoneAndOfADamagedOneNameTheBackup()
    {
        Assert.Empty(File.Problems());
        await using (var database = await _folder.OpenAsync())
            await new UserStore(database).SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        Assert.Empty(File.Problems());
        Assert.Empty(File.FolderProblems());
        Assert.False(File.IsInUse());

        File.CopyTo(Copy); // with what stands in the log
        var bytes = await System.IO.File.ReadAllBytesAsync(Copy, Cancel);
        new Random(1).NextBytes(bytes.AsSpan(4_096, 12_288));
        await System.IO.File.WriteAllBytesAsync(_folder.File, bytes, Cancel);
        System.IO.File.Delete(_folder.File + "-wal");

        Assert.Contains($"{_folder.File} is damaged", Assert.Single(File.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void FolderProblems_OfAFolderThatCannotBeMade_SayWhatToDo()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder.Path, "file"), "");
        var file = new DatabaseFile(Path.Combine(_folder.Path, "file", "data"), ("__AccountsMigrationsHistory", []), new ManualTimeProvider());

        // Of a folder below a file nothing can be made, whoever asks.
        Assert.Empty(File.FolderProblems());
        Assert.Contains("cannot be created", Assert.Single(file.FolderProblems()), StringComparison.Ordinal);
    }

    private (string Name, long Length)[] Content() =>
        [.. Directory.GetFiles(_folder.Path).Where(path => !path.EndsWith("-shm", StringComparison.Ordinal) && !path.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => (path, new FileInfo(path).Length))];

    private static object? Read(string path, string sql) => Run(path, sql);

    private static void Write(string path, string sql) => Run(path, sql);

    private static object? Run(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
