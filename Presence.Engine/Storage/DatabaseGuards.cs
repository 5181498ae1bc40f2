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
