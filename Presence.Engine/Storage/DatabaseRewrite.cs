using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Presence.Engine.Storage;

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
