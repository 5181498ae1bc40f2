using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Presence.Engine.Storage;

/// <summary>Backs the database up and looks after it, while it is in use.</summary>
/// <remarks>
/// <para><b>Threads.</b> Any; a call blocks its thread for as long as the file takes to be read.</para>
/// <para><b>Cost.</b> Copying and checking read one state of the file beside its writers and hold no gate: no one waits for
/// them. What writes enters the <see cref="WriteGate"/> for as long as it writes.</para>
/// </remarks>
public sealed class DatabaseMaintenance(PresenceDatabase database, Checkpointer checkpointer, TimeProvider time)
{
    /// <summary>What stays free of the disk beside the copy: a full one stops every write.</summary>
    private const long FreeBesideCopy = 64L * 1024 * 1024;

    // The limit on rows read per index is enough to choose between indexes and avoids reading a large table.
    private const string RenewStatistics = "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002;";

    /// <summary>The folder copies go to unless another is named.</summary>
    public string DefaultFolder => Path.Combine(database.Folder, DatabaseBackups.FolderName);

    /// <summary>Tests answer here for a disk that is full.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>The database and its write-ahead log, in bytes.</summary>
    public (long Database, long Log) Size() => (new FileInfo(database.FilePath) is { Exists: true } file ? file.Length : 0, checkpointer.LogSize());

    /// <summary>What is left of the disk the data folder is on, in bytes.</summary>
    public long FreeSpace() => FreeBytes(database.Folder);

    /// <summary>The copies in a folder, the newest first.</summary>
    public IReadOnlyList<BackupFile> Backups(string folder) =>
    [
        .. from path in new DatabaseBackups(folder, time).All()
           let takenAt = DatabaseBackups.TakenAt(path)
           let file = new FileInfo(path)
           where takenAt is not null && file.Exists
           select new BackupFile(path, file.Length, takenAt.Value),
    ];

    /// <summary>How much of the copy that is being taken is there, by its size; 0 before it is begun, 100 while it is checked.</summary>
    public int CopiedPercent(string folder)
    {
        try
        {
            var copied = Directory.EnumerateFiles(folder, "*" + DatabaseBackups.Unfinished).Sum(path => new FileInfo(path).Length);
            return (int)Math.Min(100, 100 * copied / Math.Max(1, Size().Database));
        }
        catch (IOException)
        {
            return 0; // it doesn't exist anymore, or not yet
        }
    }

    /// <summary>Takes a copy, checks that it can be read, and lets go of older ones of its kind.</summary>
    /// <param name="folder">Where to; made when missing, for its owner alone.</param>
    /// <param name="kept">How many nightly copies stay, 1 or more.</param>
    /// <param name="cancellationToken">Stops it; an unfinished copy goes with the next.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="IOException">There is no room for it, or the folder cannot be written. Nothing older was let go.</exception>
    /// <exception cref="InvalidDataException">The copy is damaged. It was not kept, and nothing older was let go.</exception>
    public BackupFile TakeBackup(string folder, int kept, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        OwnerFiles.CreateFolder(folder);
        var (size, log) = Size();
        var (free, needed) = (FreeBytes(folder), size + log + FreeBesideCopy);
        if (free < needed)
            throw new IOException($"{folder} has {free / 1_000_000} MB free, and a copy needs {needed / 1_000_000} MB. Free some space, keep fewer copies, or choose a folder on another disk.");

        using var connection = database.Connect();
        using var interruption = InterruptOn(connection, cancellationToken);
        try
        {
            var path = new DatabaseBackups(folder, time).Take(connection, DatabaseBackups.Nightly, kept);
            return new BackupFile(path, new FileInfo(path).Length, DatabaseBackups.TakenAt(path)!.Value);
        }
        catch (SqliteException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The copy was interrupted.", exception, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw new IOException($"The database could not be copied to {folder}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the whole file to see that it is sound, renews what the query planner knows of it, gives unused space back, and empties the write-ahead log.</summary>
    /// <param name="cancellationToken">Stops it between or inside the steps; each can be repeated.</param>
    public async Task<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        var (_, log) = Size();
        using var connection = database.Connect();
        using var interruption = InterruptOn(connection, cancellationToken);
        try
        {
            if (DatabaseGuards.DamageOf(connection) is { } damage)
                return new MaintenanceReport(damage, log, IsLogEmptied: false, GivenBack: 0); // a damaged file is not written to

            using (await database.Gate.EnterAsync(cancellationToken))
            {
                using var command = connection.CreateCommand();
                command.CommandText = RenewStatistics;
                command.ExecuteNonQuery();
            }
            var givenBack = await database.ShrinkInPiecesAsync(cancellationToken);
            return new MaintenanceReport(Damage: null, log, await checkpointer.CheckpointAsync(cancellationToken), givenBack);
        }
        catch (SqliteException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("Maintenance was interrupted.", exception, cancellationToken);
        }
    }

    private static CancellationTokenRegistration InterruptOn(SqliteConnection connection, CancellationToken cancellationToken) =>
        cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
}

/// <summary>What one round of maintenance found and did.</summary>
/// <param name="Damage">What is wrong with the file; null for nothing.</param>
/// <param name="LogBytes">How large the write-ahead log was before.</param>
/// <param name="IsLogEmptied">Whether it is empty now; a reader of an older state keeps it until the next round.</param>
/// <param name="GivenBack">By how many bytes the file became shorter.</param>
public sealed record MaintenanceReport(string? Damage, long LogBytes, bool IsLogEmptied, long GivenBack);

/// <summary>Rewrites a database of an older version once, so that it can give the space of deleted rows back to the disk.</summary>
/// <remarks>
/// SQLite notes where each page belongs (<c>auto_vacuum</c>) only in files that were made for it. VACUUM in place would need the size of the
/// file twice, some of it in the system's folder for temporary files. So a copy is written next to the file, checked, and renamed.
/// <para><b>Guarantee.</b> Until the copy is renamed, the file is as it was: whatever fails, the server starts with it and tries again at its next start.</para>
/// </remarks>
internal sealed class DatabaseRewrite(string file, TimeProvider time, ILogger logger)
{
    /// <summary>Set before the first table of a new file, and by a rewrite.</summary>
    public const string Incremental = "PRAGMA auto_vacuum = INCREMENTAL";

    /// <summary>What stays free of the disk beside the copy.</summary>
    private const long FreeBesideCopy = 64L * 1024 * 1024;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(2);

    private readonly string _draft = DraftOf(file);

    /// <summary>The copy while it is written. Commands beside the server don't write to the file meanwhile.</summary>
    public static string DraftOf(string file) => file + ".rewriting";

    /// <summary>Whether the file was made to give space back.</summary>
    public static bool IsDone(SqliteConnection connection) => Read(connection, "PRAGMA auto_vacuum") is not 0L;

    /// <summary>Deletes what a killed process left.</summary>
    public void DeleteDraft()
    {
        foreach (var suffix in (ReadOnlySpan<string>)["-journal", ""])
            File.Delete(_draft + suffix);
    }

    /// <summary>Writes the copy, unless there is no room for it or others use the file.</summary>
    /// <param name="connection">The only one of this process. The file is in rollback mode and locked for writers afterwards, until the connection is closed.</param>
    /// <param name="freeBytes">What is free on the disk.</param>
    /// <param name="cancellationToken">Stops it; the copy is gone then.</param>
    /// <returns>Whether the copy is complete: close the connection and call <see cref="Apply"/>.</returns>
    public bool TryWrite(SqliteConnection connection, long freeBytes, CancellationToken cancellationToken)
    {
        var whole = new FileInfo(file).Length;
        if (freeBytes < whole + FreeBesideCopy)
        {
            Skip($"that needs {Megabytes(whole + FreeBesideCopy)} MB free in {Path.GetDirectoryName(file)}, which has {Megabytes(freeBytes)} MB");
            return false;
        }
        logger.LogInformation("Rewriting {File} ({Megabytes} MB) once, so that it can give the space of deleted rows back.", file, Megabytes(whole));
        var began = time.GetTimestamp();
        using var reports = time.CreateTimer(_ => Report(whole), null, BetweenReports, BetweenReports);
        using var interruption = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
        try
        {
            Read(connection, "PRAGMA journal_mode = DELETE"); // merges the log into the file, and fails while another process has it open
            Read(connection, "PRAGMA locking_mode = EXCLUSIVE");
            Read(connection, Incremental); // of the copy: of the file itself it changes nothing
            DatabaseBackups.Copy(connection, _draft);
            logger.LogInformation("Rewrote the database in {Seconds:0.#} s: {After} MB instead of {Before} MB.", time.GetElapsedTime(began).TotalSeconds, Megabytes(new FileInfo(_draft).Length), Megabytes(whole));
            return true;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            DeleteDraft();
            cancellationToken.ThrowIfCancellationRequested();
            Skip(StorageTrouble.Of(exception) ?? exception.Message);
            return false;
        }
    }

    /// <summary>Puts the copy in the file's place, which no connection of this process uses.</summary>
    public void Apply()
    {
        try
        {
            File.Move(_draft, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) // the file itself is a mount, say
        {
            DeleteDraft();
            Skip(exception.Message);
        }
    }

    private void Skip(string problem) =>
        logger.LogWarning("The database can't give the space of deleted rows back yet, because it couldn't be rewritten: {Problem}. The server starts without that, and tries again at its next start.", problem.TrimEnd('.'));

    private void Report(long whole)
    {
        var written = new FileInfo(_draft) is { Exists: true } draft ? draft.Length : 0;
        logger.LogInformation("Rewriting the database: {Written} of {Megabytes} MB, {Percent} %.", Megabytes(written), Megabytes(whole), Math.Min(100, 100 * written / Math.Max(1, whole)));
    }

    private static long Megabytes(long bytes) => bytes / 1_000_000;

    private static object? Read(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }
}
