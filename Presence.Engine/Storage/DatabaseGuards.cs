using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>What is checked before a database file is used.</summary>
internal static class DatabaseGuards
{
    /// <summary>Reads the whole file once and compares its structure with itself.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? DamageOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        var answer = (string?)command.ExecuteScalar();
        return answer == "ok" ? null : answer ?? "no answer";
    }

    /// <summary>Whether the file is new: nothing was ever stored in it.</summary>
    public static bool IsEmpty(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master";
        return (long)command.ExecuteScalar()! == 0;
    }

    /// <summary>
    /// Removes the row by which EF Core guards a migration. A process killed while migrating leaves it, and the next start would
    /// wait for it for ever. Whoever holds the lock on the folder knows that no other process can own it.
    /// </summary>
    /// <returns>True when there was one.</returns>
    public static bool ClearStaleMigrationLock(SqliteConnection connection)
    {
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'";
        if ((long)find.ExecuteScalar()! == 0)
            return false;

        using var clear = connection.CreateCommand();
        clear.CommandText = "DELETE FROM \"__EFMigrationsLock\"";
        return clear.ExecuteNonQuery() > 0;
    }

    /// <summary>The refusal for a damaged file: what, where, the newest backup and the command that puts it back.</summary>
    public static StartRefusedException Refuse(string file, string damage, string? backup, Exception? cause = null)
    {
        var remedy = backup is null
            ? $"There is no backup of it yet. To start over with an empty database, move it away: {Move(file)}"
            : $"The newest backup is {backup}. To restore it: {Restore(backup, file)}";
        return new StartRefusedException($"The database {file} is damaged ({damage}). Nothing was changed. {remedy}", cause!);
    }

    // The write-ahead log belongs to the damaged file; left beside the backup it would damage that too.
    private static string Restore(string backup, string file) => OperatingSystem.IsWindows()
        ? $"del \"{file}-wal\" \"{file}-shm\" & copy /Y \"{backup}\" \"{file}\""
        : $"rm -f '{file}-wal' '{file}-shm' && cp '{backup}' '{file}'";

    private static string Move(string file) => OperatingSystem.IsWindows()
        ? $"del \"{file}-wal\" \"{file}-shm\" & move \"{file}\" \"{file}.damaged\""
        : $"rm -f '{file}-wal' '{file}-shm' && mv '{file}' '{file}.damaged'";
}
