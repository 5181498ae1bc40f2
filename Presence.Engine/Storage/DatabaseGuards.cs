using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>What is checked before a database file is used.</summary>
internal static class DatabaseGuards
{
    /// <summary>What a start reads in a second.</summary>
    private const long LargestReadWhole = 256L * 1024 * 1024;

    /// <summary>Marks a SQLite file as this product's: "Pres".</summary>
    public const long ApplicationId = 0x50726573;

    /// <summary>Reads the whole file once and compares its structure with itself.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? DamageOf(SqliteConnection connection)
    {
        var answer = Read(connection, "PRAGMA quick_check(1)") as string;
        return answer == "ok" ? null : answer ?? "no answer";
    }

    /// <summary>The same for a start, which must not take longer with each month of history: a large file is checked without its visits and minutes.</summary>
    /// <param name="connection">To the file.</param>
    /// <param name="largest">Up to this many bytes the file is read whole.</param>
    /// <remarks>Nightly maintenance reads it whole, whatever its size. Damaged history is no reason not to count viewers.</remarks>
    public static string? DamageAtStart(SqliteConnection connection, long largest = LargestReadWhole)
    {
        if ((long)Read(connection, "PRAGMA page_count")! * (long)Read(connection, "PRAGMA page_size")! <= largest)
            return DamageOf(connection);
        const string Tables = """SELECT json_group_array(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('Visits', 'Minutes')""";
        return JsonSerializer.Deserialize<string[]>((string)Read(connection, Tables)!)!
            .Select(table => Read(connection, $"""PRAGMA quick_check("{table}")""") as string)
            .FirstOrDefault(answer => answer != "ok");
    }

    /// <summary>Whether the file is new: nothing was ever stored in it.</summary>
    public static bool IsEmpty(SqliteConnection connection) => (long)Read(connection, "SELECT count(*) FROM sqlite_master")! == 0;

    /// <summary>Whether another program made the file. A file of this product's older versions has no id, but its migrations.</summary>
    /// <param name="connection">To the file, which is not empty.</param>
    /// <param name="migrations">Those this build knows.</param>
    public static bool IsForeign(SqliteConnection connection, IEnumerable<string> migrations)
    {
        var id = (long)Read(connection, "PRAGMA application_id")!;
        if (id != 0)
            return id != ApplicationId;
        // A file whose first migration was interrupted has only the migration tables.
        if ((long)Read(connection, $"SELECT count(*) FROM sqlite_master WHERE name NOT LIKE '%__EFMigrations%' AND name NOT LIKE 'sqlite_%'")! == 0)
            return false;
        return !HasTable(connection, PresenceContext.MigrationsHistoryTable)
            || !migrations.Any(migration => (long)Read(connection, $"""SELECT count(*) FROM "{PresenceContext.MigrationsHistoryTable}" WHERE "MigrationId" = $1""", migration)! > 0);
    }

    /// <summary>The newest settings version and the last-alive stamp the file holds; zeros where it has none.</summary>
    public static DatabaseProgress ProgressOf(SqliteConnection connection)
    {
        var settings = HasTable(connection, "Settings") ? Read(connection, """SELECT max("Version") FROM "Settings" """) as long? : null;
        var hasBeat = (long)Read(connection, "SELECT count(*) FROM pragma_table_info('LastAlive') WHERE name = 'Beat'")! > 0;
        var beat = hasBeat ? Read(connection, """SELECT max("Beat") FROM "LastAlive" """) as long? : null;
        return new DatabaseProgress { Settings = settings ?? 0, Beat = beat ?? 0 };
    }

    /// <summary>
    /// Removes the row by which EF Core guards a migration. A process killed while migrating leaves it, and the next start would
    /// wait for it for ever. The holder of the folder's lock knows that no other process can own it.
    /// </summary>
    /// <returns>True when there was one. Without one nothing is written: a start on a full disk serves.</returns>
    public static bool ClearStaleMigrationLock(SqliteConnection connection)
    {
        const string Table = "__EFMigrationsLock";
        if (!HasTable(connection, Table) || (long)Read(connection, $"""SELECT count(*) FROM "{Table}" """)! == 0)
            return false;

        using var clear = connection.CreateCommand();
        clear.CommandText = $"""DELETE FROM "{Table}" """;
        return clear.ExecuteNonQuery() > 0;
    }

    private static bool HasTable(SqliteConnection connection, string name) =>
        (long)Read(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1", name)! > 0;

    private static object? Read(SqliteConnection connection, string query, string? parameter = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        if (parameter is not null)
            command.Parameters.AddWithValue("$1", parameter);
        return command.ExecuteScalar();
    }
}

/// <summary>Why a start is refused, in full: what, where, and the command that mends it. Nothing was changed in any of these cases.</summary>
internal sealed class DatabaseRefusals(string file, DatabaseBackups backups, DatabaseMarker marker)
{
    /// <summary>The file cannot be read as what it is.</summary>
    public StartupException Damaged(string damage, Exception? cause = null) =>
        Refuse($"The database {file} is damaged ({damage}).", backups.Newest() is null ? $"To start over with an empty database, move it away: {Move(file)}" : null, cause);

    /// <summary>The log holds what was acknowledged and cannot be read in full.</summary>
    public StartupException DamagedLog(string damage) =>
        Refuse($"The write-ahead log {file}-wal is damaged ({damage}): starting would lose the latest changes.", $"To continue without its contents: {Move(file + "-wal")}{AcceptOlder}");

    /// <summary>The end of the log was stored and cannot be read.</summary>
    public StartupException ShortLog(long pages) =>
        Refuse($"The write-ahead log {file}-wal is damaged: its last {pages} pages were stored and can't be read. Starting would lose the latest changes.", $"To continue without them: {Remove(marker.FilePath)}");

    /// <summary>The file is missing or holds nothing, beside signs of use.</summary>
    public StartupException Emptied(string state, string evidence) =>
        Refuse($"The database {file} {state}, but {evidence}.", $"To start over with an empty database, move {Path.GetDirectoryName(marker.FilePath)} and {backups.Folder} away as well.");

    /// <summary>The file is whole, and not the newest there was.</summary>
    public StartupException Older(string difference) =>
        Refuse($"The database {file} is older than the one last in use: {difference}. Its write-ahead log {file}-wal may have been deleted or damaged, or an old copy was put in its place.", $"To continue with the file as it is: {Remove(marker.FilePath)}");

    /// <summary>The file is another program's.</summary>
    public StartupException Foreign() =>
        Refuse($"{file} is the SQLite database of another program.", $"To start with an empty database, move that file away: {Move(file)}");

    private string AcceptOlder => marker.Exists ? (OperatingSystem.IsWindows() ? " & " : " && ") + Remove(marker.FilePath) : "";

    private StartupException Refuse(string what, string? otherwise, Exception? cause = null)
    {
        var restore = backups.Newest() is { } backup
            ? $" The newest backup is {backup}. To restore it: {RestoreCommand(backup)}"
            : $" There is no backup in {backups.Folder} yet. To restore one from elsewhere: {RestoreCommand("FILE")}";
        return new StartupException($"{what} Nothing was changed.{restore}{(otherwise is null ? "" : $" {otherwise}")}", cause!);
    }

    private static string RestoreCommand(string backup) => $"dotnet Dashboard.dll restore {Quoted(backup)}";

    private static string Move(string path) => OperatingSystem.IsWindows() ? $"move {Quoted(path)} {Quoted(path + ".damaged")}" : $"mv {Quoted(path)} {Quoted(path + ".damaged")}";

    private static string Remove(string path) => OperatingSystem.IsWindows() ? $"del {Quoted(path)}" : $"rm {Quoted(path)}";

    private static string Quoted(string path) => path == "FILE" ? path : OperatingSystem.IsWindows() ? $"\"{path}\"" : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}

/// <summary>
/// Says beside the keys how far the database had come, so that a file that lost something is not taken for a whole one: a
/// write-ahead log that was deleted or damaged leaves an older database that is sound in itself.
/// </summary>
/// <remarks>
/// It is written after the database is: it may be behind and is never ahead of a database that lost nothing. A marker that
/// cannot be written or read says less, and stops nothing.
/// <para><b>What it tells.</b> While the machine runs on, what was written stays written: then not one stored page of the log and
/// not one stamp may be missing. After a power cut the marker itself may be newer than what a disk kept that lies about it, so
/// some stamps are forgiven, and a log whose last transaction is wrong is taken as torn: a page that was damaged later cannot be
/// told from one that was never written in full.</para>
/// <para><b>Cost.</b> One write of 160 bytes to the system's cache with each transaction.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class DatabaseMarker(string folder)
{
    public const string FolderName = "keys";
    public const string FileName = "database.marker";

    /// <summary>How many last-alive stamps may be missing: a disk that lies about what is safe loses some seconds with its power.</summary>
    public const long BeatsForgiven = 5;

    private const string NoBootId = "-";

    private readonly Lock _lock = new();
    private DatabaseProgress _progress;

    /// <summary>Where it is, as a full path.</summary>
    public string FilePath { get; } = Path.Combine(folder, FolderName, FileName);

    /// <summary>Whether there is one: the folder's database was in use.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>How far the database is known to have come; nothing where nothing can be read.</summary>
    public DatabaseProgress Read()
    {
        try
        {
            var words = File.ReadAllText(FilePath).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["settings", var settings, "beat", var beat, ..]
                || !long.TryParse(settings, CultureInfo.InvariantCulture, out var version) || !long.TryParse(beat, CultureInfo.InvariantCulture, out var stamp))
                return default;
            var progress = new DatabaseProgress { Settings = version, Beat = stamp };
            return words[4..] is ["boot", var boot, "log", var salts, var frames] // an older version's marker ends here
                && ulong.TryParse(salts, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var log) && long.TryParse(frames, CultureInfo.InvariantCulture, out var pages)
                ? progress with { BootId = boot == NoBootId ? null : boot, Salts = log, Frames = pages } : progress;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>Begins with what the database holds at a start.</summary>
    public void Begin(DatabaseProgress progress) => Write(_ => progress, flush: true);

    /// <summary>Notes a settings version that is on the disk.</summary>
    public void NoteSettings(long version) => Write(progress => progress with { Settings = version }, flush: true);

    /// <summary>Notes a last-alive stamp that is on the disk.</summary>
    public void NoteBeat(long beat) => Write(progress => progress with { Beat = beat }, flush: false);

    /// <summary>Notes how much of the log is on the disk.</summary>
    public void NoteLog(ulong salts, long frames) => Write(progress => progress with { Salts = salts, Frames = frames }, flush: false);

    /// <summary>Forgets what was: the database beside it was put back on purpose.</summary>
    public void Delete()
    {
        if (Exists)
            File.Delete(FilePath);
    }

    private void Write(Func<DatabaseProgress, DatabaseProgress> note, bool flush)
    {
        lock (_lock)
        {
            var before = _progress;
            _progress = note(before);
            if (_progress == before && !flush)
                return;
            try
            {
                OwnerFiles.CreateFolder(Path.GetDirectoryName(FilePath)!);
                using var file = OwnerFiles.Open(FilePath, FileMode.OpenOrCreate);
                // The length never changes, so the marker is overwritten in place and a full disk can't refuse it.
                file.Write(Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"settings {_progress.Settings:D19}\nbeat {_progress.Beat:D19}\nboot {_progress.BootId ?? NoBootId,-36}\nlog {_progress.Salts:x16} {_progress.Frames:D10}\n")));
                if (flush)
                    file.Flush(flushToDisk: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The marker then lags behind, which is safe.
            }
        }
    }
}

/// <summary>How far a database has come.</summary>
internal readonly record struct DatabaseProgress
{
    /// <summary>The newest version of the settings.</summary>
    public long Settings { get; init; }

    /// <summary>The newest last-alive stamp.</summary>
    public long Beat { get; init; }

    /// <summary>In which run of the operating system; null when it has no name.</summary>
    public string? BootId { get; init; }

    /// <summary>Names the write-ahead log; 0 for none.</summary>
    public ulong Salts { get; init; }

    /// <summary>How many pages of that log are stored.</summary>
    public long Frames { get; init; }
}

/// <summary>A moment at which the product ran, by every clock there is.</summary>
/// <param name="At">The wall clock's time.</param>
/// <param name="BootId">Names the run of the operating system; null where it has no such name, or for a stamp of an older version.</param>
/// <param name="Uptime">How long that run had lasted; null for a stamp of an older version.</param>
internal readonly record struct AliveStamp(DateTimeOffset At, string? BootId, TimeSpan? Uptime)
{
    /// <summary>What was known of the wall clock; null for a stamp of an older version.</summary>
    public SteadyStamp? Steady { get; init; }

    /// <summary>How long after the last stamp this one was taken, by a machine that ran all the time; null if it did not, or if unknown.</summary>
    public TimeSpan? ProvenSince(AliveStamp last) =>
        last.BootId is not null && last.BootId == BootId && Uptime - last.Uptime is { } down && down >= TimeSpan.Zero ? down : null;

    /// <summary>The name of the operating system's present run, by Linux; null elsewhere.</summary>
    public static string? ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The last-alive row: one.</summary>
internal sealed class LastAliveRecord
{
    public int Id { get; init; }
    public DateTimeOffset At { get; init; }
    public string? BootId { get; init; }
    public long? UptimeMilliseconds { get; init; }

    /// <summary>Rises with every stamp; what <see cref="DatabaseMarker"/> compares.</summary>
    public long Beat { get; init; }

    public long? RanMilliseconds { get; init; }
    public DateTimeOffset? Believed { get; init; }
    public DateTimeOffset? Candidate { get; init; }
    public long? CandidateSinceMilliseconds { get; init; }
}
