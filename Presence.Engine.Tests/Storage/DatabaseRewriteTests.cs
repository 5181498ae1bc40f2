using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using SQLitePCL;

namespace Presence.Engine.Tests.Storage;

public sealed class DatabaseRewriteTests : IDisposable
{
    private const int Rows = 20_000;

    private readonly ManualTimeProvider _time = new();
    private readonly DatabaseFolder _folder = new();
    private readonly LogLines<PresenceDatabase> _log = new();
    private readonly WriterTrace _trace = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Draft => _folder.File + ".rewriting";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_NewFile_CanGiveSpaceBackAndSoCanItsCopies()
    {
        await using var database = Database();
        await database.OpenAsync(Cancel);
        var copy = new DatabaseMaintenance(database, new Checkpointer(database), _time).TakeBackup(Path.Combine(_folder.Path, "copies"), kept: 1, Cancel);

        Assert.Equal("2", Read(_folder.File, "PRAGMA auto_vacuum"));
        Assert.Equal("2", Read(copy.Path, "PRAGMA auto_vacuum"));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("ewriting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_FileOfAnOlderVersion_IsRewrittenOnceAndKeepsEveryRow()
    {
        await MakeOldFileAsync();
        var before = Contents(_folder.File);

        await using (var database = Database())
        {
            await database.OpenAsync(Cancel);

            Assert.Equal("2", Read(_folder.File, "PRAGMA auto_vacuum"));
            Assert.Equal("wal", Read(_folder.File, "PRAGMA journal_mode"));
            Assert.Equal($"{DatabaseGuards.ApplicationId}", Read(_folder.File, "PRAGMA application_id"));
            Assert.Equal("ok", Read(_folder.File, "PRAGMA integrity_check"));
            Assert.Equal(before, Contents(_folder.File));
            var backup = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "backups")));
            Assert.Equal(before, Contents(backup));
            Assert.NotNull(await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel)); // it can be written to
        }
        Assert.False(File.Exists(Draft));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File));
        Assert.Single(_log.Lines, line => line.StartsWith("Rewrote the database in", StringComparison.Ordinal));

        await using (var again = Database())
            await again.OpenAsync(Cancel);
        Assert.Single(_log.Lines, line => line.StartsWith("Rewrote the database in", StringComparison.Ordinal));
        Assert.Equal("ada", Read(_folder.File, """SELECT "UserId" FROM "Users" """));
    }

    [Fact]
    public async Task OpenAsync_FileThatTakesLong_SaysEveryTwoSecondsHowFarItIs()
    {
        await MakeOldFileAsync();
        await using var database = Database();
        // What 20,000 of SQLite's steps take.
        database.ConnectionPrepared = connection => raw.sqlite3_progress_handler(connection.Handle, 20_000, _ => Advance(TimeSpan.FromSeconds(1)), null);

        await database.OpenAsync(Cancel);

        var reports = _log.Lines.Where(line => line.StartsWith("Rewriting the database: ", StringComparison.Ordinal)).ToList();
        Assert.True(reports.Count > 2, string.Join('\n', _log.Lines));
        var percents = reports.ConvertAll(line => int.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture));
        Assert.Equal(percents.Order(), percents);
        Assert.InRange(percents[^1], 50, 100);
    }

    [Fact]
    public async Task OpenAsync_OldFileAndNoRoomForTheCopy_StartsWithoutAndTriesAgain()
    {
        await MakeOldFileAsync();
        var before = Contents(_folder.File);

        await using (var full = new PresenceDatabase(_folder.Path, _time, _log) { FreeBytes = _ => 40_000_000 })
        {
            await full.OpenAsync(Cancel);

            Assert.Equal("0", Read(_folder.File, "PRAGMA auto_vacuum"));
            Assert.Equal("wal", Read(_folder.File, "PRAGMA journal_mode"));
            Assert.Equal(before, Contents(_folder.File));
            Assert.Equal(0, await full.ShrinkInPiecesAsync(Cancel));
            Assert.Contains(_log.Lines, line => line.Contains("that needs 7", StringComparison.Ordinal) && line.Contains("has 40 MB", StringComparison.Ordinal));
        }

        await using var database = Database();
        await database.OpenAsync(Cancel);
        Assert.Equal("2", Read(_folder.File, "PRAGMA auto_vacuum"));
        Assert.Equal(before, Contents(_folder.File));
    }

    [Fact]
    public async Task OpenAsync_OldFileThatAnotherProgramHasOpen_StartsWithout()
    {
        await MakeOldFileAsync();
        using var stranger = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        stranger.Open();
        using var reads = stranger.CreateCommand();
        reads.CommandText = "SELECT count(*) FROM sqlite_master";
        reads.ExecuteScalar();
        await using var database = Database();

        await database.OpenAsync(Cancel);

        Assert.Equal("0", Read(_folder.File, "PRAGMA auto_vacuum"));
        Assert.Contains(_log.Lines, line => line.Contains("couldn't be rewritten: another program has locked the database.", StringComparison.Ordinal));
        Assert.NotNull(await new UserStore(database).SignInAsync("ada", null, isGuest: false, vouched: false, Cancel));
        Assert.Equal("wal", Read(_folder.File, "PRAGMA journal_mode"));
    }

    [Fact]
    public async Task OpenAsync_StoppedWhileItRewrites_LeavesTheFileAsItWas()
    {
        await MakeOldFileAsync();
        var before = Contents(_folder.File);
        using var cancel = new CancellationTokenSource();
        await using var database = Database();
        _trace.OnWrite = () =>
        {
            if (File.Exists(Draft))
                cancel.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.OpenAsync(cancel.Token));

        Assert.False(File.Exists(Draft));
        Assert.Equal(before, Contents(_folder.File));
    }

    [Fact]
    public async Task OpenAsync_AfterAKillWhileItRewrote_StartsOver()
    {
        await MakeOldFileAsync();
        var before = Contents(_folder.File);
        await File.WriteAllTextAsync(Draft, "half a database", Cancel);
        await File.WriteAllTextAsync(Draft + "-journal", "and its journal", Cancel);
        var refusal = Assert.Throws<IOException>(() => new DatabaseFile(_folder.Path, (NotesContext.HistoryTable, []), _time).RequireCurrent());
        await using var database = Database();

        await database.OpenAsync(Cancel);

        Assert.Contains("rewriting", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("2", Read(_folder.File, "PRAGMA auto_vacuum"));
        Assert.Equal(before, Contents(_folder.File));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.rewriting*"));
    }

    private int Advance(TimeSpan by)
    {
        _time.Advance(by);
        return 0;
    }

    private PresenceDatabase Database() => new(_folder.Path, _time, _log) { ConnectionPrepared = _trace.Watch };

    /// <summary>A file as the version before share links left it: without their table, and not made for giving space back.</summary>
    private async Task MakeOldFileAsync()
    {
        var options = new DbContextOptionsBuilder<PresenceContext>().UseSqlite($"Data Source={_folder.File};Pooling=False").Options;
        await using var never = new PresenceDatabase(_folder.Path, _time);
        await using var context = new PresenceContext(options, never);
        await context.Database.MigrateAsync("20261130044543_SteadyClock", Cancel);
        await context.ExecuteAsync($"PRAGMA application_id = 1349674355", Cancel);
        await context.ExecuteAsync(
            $"""WITH RECURSIVE "n"("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM "n" WHERE "i" < {Rows}) INSERT INTO "RevokedTokens" SELECT 'token ' || "i" || hex(zeroblob(100)), "i" FROM "n" """, Cancel);
    }

    private static string Contents(string file) =>
        Read(file, """SELECT count(*) || ' ' || sum("ExpiresAt") || ' ' || sum(length("TokenId")) || ' ' || max("TokenId") FROM "RevokedTokens" """);

    private static string Read(string file, string query)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }
}
