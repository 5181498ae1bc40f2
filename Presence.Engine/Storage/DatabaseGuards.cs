using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>What is checked before a database file is used.</summary>
internal static class DatabaseGuards
{
    /// <summary>Marks a SQLite file as this product's: "Pres".</summary>
    public const long ApplicationId = 0x50726573;

    /// <summary>Reads the whole file once and compares its structure with itself.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? DamageOf(SqliteConnection connection)
    {
        var answer = Read(connection, "PRAGMA quick_check(1)") as string;
        return answer == "ok" ? null : answer ?? "no answer";
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
        // Cut off within its first migration, a file has nothing but the tables of the migrating itself.
        if ((long)Read(connection, $"SELECT count(*) FROM sqlite_master WHERE name NOT LIKE '%__EFMigrations%' AND name NOT LIKE 'sqlite_%'")! == 0)
            return false;
        return !HasTable(connection, PresenceContext.MigrationsHistoryTable)
            || !migrations.Any(migration => (long)Read(connection, $"""SELECT count(*) FROM "{PresenceContext.MigrationsHistoryTable}" WHERE "MigrationId" = $1""", migration)! > 0);
    }

    /// <summary>The newest settings version and the last-alive stamp the file holds; zeros where it has none.</summary>
    public static (long Settings, long Beat) ProgressOf(SqliteConnection connection)
    {
        var settings = HasTable(connection, "Settings") ? Read(connection, """SELECT max("Version") FROM "Settings" """) as long? : null;
        var hasBeat = (long)Read(connection, "SELECT count(*) FROM pragma_table_info('LastAlive') WHERE name = 'Beat'")! > 0;
        var beat = hasBeat ? Read(connection, """SELECT max("Beat") FROM "LastAlive" """) as long? : null;
        return (settings ?? 0, beat ?? 0);
    }

    /// <summary>
    /// Removes the row by which EF Core guards a migration. A process killed while migrating leaves it, and the next start would
    /// wait for it for ever. Whoever holds the lock on the folder knows that no other process can own it.
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
