using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace Presence.Engine.Storage;

/// <summary>The database of a data folder as its owner handles it: copied and checked beside a running server, put back without one.</summary>
/// <remarks>
/// <para><b>Threads.</b> One at a time; a call blocks for as long as the file takes to be read.</para>
/// <para><b>Guarantee.</b> Apart from <see cref="Restore"/> nothing here changes a file that is there.</para>
/// </remarks>
public sealed class DatabaseFile
{
    /// <summary>How long to wait for a server that is just writing, in milliseconds.</summary>
    private const int BusyTimeout = 5_000;

    private const int MostFindings = 10;
    private const string InstantFormat = "yyyyMMdd'T'HHmmss'Z'";

    private readonly (string HistoryTable, IReadOnlyList<string> Known)[] _migrations;
    private readonly DatabaseBackups _backups;
    private readonly DatabaseMarker _marker;
    private readonly DatabaseRefusals _refusals;
    private readonly TimeProvider _time;

    /// <summary>Names the file; nothing is touched.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="accounts">The migrations of the other context in the file, and the table that keeps which were applied.</param>
    /// <param name="time">Dates what is kept aside.</param>
    public DatabaseFile(string folder, (string HistoryTable, IReadOnlyList<string> Known) accounts, TimeProvider time)
    {
        Folder = Path.GetFullPath(folder);
        FilePath = Path.Combine(Folder, PresenceDatabase.FileName);
        _backups = new DatabaseBackups(Path.Combine(Folder, DatabaseBackups.FolderName), time);
        _marker = new DatabaseMarker(Folder);
        _refusals = new DatabaseRefusals(FilePath, _backups, _marker);
        _time = time;
        using var context = new PresenceContextDesignFactory().CreateDbContext([]);
        _migrations = [(PresenceContext.MigrationsHistoryTable, [.. context.Database.GetMigrations()]), accounts];
    }

    /// <summary>The data folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>The database file, as a full path.</summary>
    public string FilePath { get; }

    /// <summary>Whether a server runs on the folder.</summary>
    public bool IsInUse()
    {
        var path = Path.Combine(Folder, FolderLock.FileName);
        if (!File.Exists(path))
            return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>What keeps this user from using the folder; nothing when it can be used, or made.</summary>
    public IReadOnlyList<string> FolderProblems()
    {
        // The first start creates a missing folder, so the nearest existing parent is checked.
        var folder = Folder;
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        try
        {
            new FileStream(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(FilePath))
                new FileStream(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1).Dispose();
            return [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [$"The data folder {Folder} cannot be {(folder == Folder ? "written" : "created")}: {problem.Message} Grant this user access to it, or choose another with Presence__Data."];
        }
    }

    /// <summary>What a start would refuse about the file, every page of which is read; nothing when it is sound, or not there yet.</summary>
    public IReadOnlyList<string> Problems()
    {
        if (!File.Exists(FilePath))
            return [];
        try
        {
            using var connection = Open(FilePath);
            return DamageOf(connection) is { } damage
                ? [_refusals.Damaged(damage).Message]
                : ForeignnessOf(connection) is { } foreignness ? [$"The database {FilePath} {foreignness}"] : [];
        }
        catch (SqliteException problem) when (problem.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            return [_refusals.Damaged(problem.Message).Message];
        }
        catch (SqliteException problem)
        {
            return [$"The database {FilePath} cannot be opened: {problem.Message} Check the owner of the file and its folder."];
        }
    }

    /// <summary>Makes sure that the file is there and of this very version, so that it may be written to.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void RequireCurrent()
    {
        RequireThere();
        if (File.Exists(DatabaseRewrite.DraftOf(FilePath)))
            throw new IOException($"The server is just rewriting the database {FilePath}. Try again when it has started.");
        try
        {
            using var connection = Open(FilePath);
            if (ForeignnessOf(connection) is { } foreignness)
                throw new IOException($"The database {FilePath} {foreignness}");
            if (_migrations.Any(one => Applied(connection, one.HistoryTable).Count < one.Known.Count))
                throw new IOException($"The database {FilePath} is from an earlier version. Start the server once to upgrade it.");
        }
        catch (SqliteException problem)
        {
            throw new IOException($"The database {FilePath} cannot be opened: {problem.Message} Run check to see what is wrong with it.", problem);
        }
    }

    /// <summary>Copies the database into a new file, one consistent state of it, for its owner's eyes only; writers go on meanwhile.</summary>
    /// <param name="target">Where to, as a full path.</param>
    /// <returns>The copy, which was read as a whole.</returns>
    /// <exception cref="IOException">There is no database, the target is taken or cannot be written, or there is no room. Nothing was left behind.</exception>
    /// <exception cref="InvalidDataException">The copy is damaged, as the database must be; it was not kept.</exception>
    public BackupFile CopyTo(string target)
    {
        RequireThere();
        if (Path.Exists(target))
            throw new IOException($"{target} already exists and was not overwritten. Choose another file.");
        if (Path.GetDirectoryName(target) is { } into && !Directory.Exists(into))
            throw new IOException($"The folder {into} doesn't exist. Create it first.");

        var draft = target + DatabaseBackups.Unfinished;
        try
        {
            File.Delete(draft);
            using (var connection = Open(FilePath))
                DatabaseBackups.Copy(connection, draft);
            File.Move(draft, target);
            return new BackupFile(target, new FileInfo(target).Length, _time.GetUtcNow());
        }
        catch (SqliteException problem)
        {
            File.Delete(draft);
            throw new IOException($"The database {FilePath} could not be copied to {target}: {problem.Message}", problem);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>Puts a copy in the place of the database. What was there before is kept, with its write-ahead log, in a folder of its own.</summary>
    /// <param name="source">The copy; read as a whole first, and not changed.</param>
    /// <returns>The folder that keeps what was there; null when nothing was.</returns>
    /// <exception cref="StartupException">A server runs on the folder, or it cannot be written. Nothing was changed.</exception>
    /// <exception cref="IOException">The copy cannot be read, or there is no room for it. Nothing was changed.</exception>
    /// <exception cref="InvalidDataException">The copy is damaged, of a newer version, or of another program. Nothing was changed.</exception>
    public string? Restore(string source)
    {
        if (!File.Exists(source))
            throw new IOException($"There is no file {source}.{(_backups.Newest() is { } newest ? $" The newest backup is {newest}." : "")}");
        using var folderLock = FolderLock.Take(Folder);

        var draft = FilePath + ".restoring";
        try
        {
            Delete(draft);
            CopyWithLog(source, draft);
            Validate(draft, source);
            _marker.Delete(); // the restored file can be older on purpose
            var aside = SetAside();
            File.Move(draft, FilePath);
            return aside;
        }
        finally
        {
            Delete(draft);
        }
    }

    private void RequireThere()
    {
        if (!File.Exists(FilePath))
            throw new IOException($"There is no database in {Folder} yet. Start the server once, or name its data folder with Presence__Data.");
    }

    /// <summary>Byte for byte: what is checked is what is put in place, and a copy on a disk that cannot be written can be read like any other.</summary>
    private static void CopyWithLog(string source, string draft)
    {
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[(source, draft), (source + "-wal", draft + "-wal")])
        {
            if (!File.Exists(from))
                continue;
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var input = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var output = new FileStream(to, create);
            input.CopyTo(output);
            output.Flush(flushToDisk: true);
        }
    }

    private void Validate(string draft, string source)
    {
        try
        {
            using var connection = Open(draft);
            if (DamageOf(connection) is { } damage)
                throw new InvalidDataException($"{source} is damaged ({damage}). Nothing was changed. Choose another copy.");
            if (ForeignnessOf(connection) is { } foreignness)
                throw new InvalidDataException($"{source} {foreignness} Nothing was changed.");
            // Merges the log into the file.
            Execute(connection, "PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException problem) when (problem.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            throw new InvalidDataException($"{source} is damaged ({problem.Message}). Nothing was changed. Choose another copy.", problem);
        }
        catch (SqliteException problem)
        {
            throw new InvalidDataException($"{source} isn't a readable database: {problem.Message} Nothing was changed. Choose another copy.", problem);
        }
        using var file = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Together: without its write-ahead log the file is an older one, and with another's it would be damaged.</summary>
    private string? SetAside()
    {
        string[] suffixes = ["", "-wal"];
        if (!suffixes.Any(suffix => File.Exists(FilePath + suffix)))
            return null;
        var aside = Path.Combine(Folder, "replaced-" + _time.GetUtcNow().UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture));
        OwnerFiles.CreateFolder(aside);
        foreach (var suffix in suffixes) // the database first: after an interruption here, no start opens it without its log
        {
            if (File.Exists(FilePath + suffix))
                File.Move(FilePath + suffix, Path.Combine(aside, PresenceDatabase.FileName + suffix), overwrite: true);
        }
        File.Delete(FilePath + "-shm");
        return aside;
    }

    private string? ForeignnessOf(SqliteConnection connection)
    {
        if (_migrations.All(one => Applied(connection, one.HistoryTable).Count == 0))
            return "contains no data of this product.";
        return _migrations.SelectMany(one => Applied(connection, one.HistoryTable).Except(one.Known, StringComparer.Ordinal)).LastOrDefault() is { } newer
            ? $"was written by a newer version of this product (migration {newer}). Use that version or a later one."
            : null;
    }

    private static List<string> Applied(SqliteConnection connection, string historyTable)
    {
        var applied = new List<string>();
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $name";
        find.Parameters.AddWithValue("$name", historyTable);
        if ((long)find.ExecuteScalar()! == 0)
            return applied;
        using var read = connection.CreateCommand();
        read.CommandText = $"SELECT MigrationId FROM \"{historyTable}\" ORDER BY MigrationId";
        using var reader = read.ExecuteReader();
        while (reader.Read())
            applied.Add(reader.GetString(0));
        return applied;
    }

    private static string? DamageOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA integrity_check({MostFindings})";
        var findings = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            findings.Add(reader.GetString(0));
        return findings is ["ok"] ? null : string.Join("; ", findings);
    }

    /// <summary>Leaves the write-ahead log to the server: what closes last would empty it otherwise.</summary>
    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            Execute(connection, $"PRAGMA busy_timeout = {BusyTimeout}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Delete(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
            File.Delete(path + suffix);
    }
}
