using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>Copies of the database in one folder, readable by their owner only; the name of each says when it was taken and why.</summary>
/// <remarks>Bounded: of each kind the newest stay. Those taken before a migration are never pushed out by the nightly ones.</remarks>
internal sealed class DatabaseBackups(string folder, TimeProvider time)
{
    public const string FolderName = "backups";

    /// <summary>How many of those taken before a migration stay.</summary>
    public const int Kept = 5;

    /// <summary>What the name of one ends with that a migration was not the reason for.</summary>
    public const string Nightly = "nightly";

    /// <summary>What the name of one ends with that is not finished.</summary>
    public const string Unfinished = ".part";

    /// <summary>Where they are.</summary>
    public string Folder => folder;

    private const string Pattern = "presence-*.db";
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>The newest backup's path, or null.</summary>
    public string? Newest() => All().FirstOrDefault();

    /// <summary>All of them, the newest first.</summary>
    public IEnumerable<string> All() => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, Pattern).OrderDescending(StringComparer.Ordinal)
        : [];

    /// <summary>When the backup of this path was taken, by its name; null for a file with another name.</summary>
    public static DateTimeOffset? TakenAt(string path) =>
        Path.GetFileName(path).Split('-') is [_, var instant, ..]
        && DateTimeOffset.TryParseExact(instant, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>Copies the open database into a new file before a migration.</summary>
    public string Take(SqliteConnection connection, string migration) => Take(connection, migration, Kept);

    /// <summary>Copies the open database into a new file, one consistent state of it, and lets go of older ones of its kind.</summary>
    /// <param name="connection">Reads; writers go on meanwhile.</param>
    /// <param name="reason">The migration, or <see cref="Nightly"/>.</param>
    /// <param name="kept">How many of this kind stay.</param>
    /// <exception cref="InvalidDataException">The copy is damaged; it was not kept, and nothing older was let go.</exception>
    public string Take(SqliteConnection connection, string reason, int kept)
    {
        OwnerFiles.CreateFolder(folder);
        var takenAt = time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"presence-{takenAt}-{reason}.db");
        foreach (var left in Directory.EnumerateFiles(folder, Pattern + Unfinished + "*")) // left by an interrupted backup, with its journal
            File.Delete(left);

        Copy(connection, path + Unfinished);
        File.Move(path + Unfinished, path, overwrite: true);

        foreach (var old in All().Where(other => IsNightly(other) == IsNightly(path)).Skip(kept))
            File.Delete(old);
        return path;
    }

    /// <summary>Copies the open database into a new file and reads it as a whole.</summary>
    /// <exception cref="InvalidDataException">The copy is damaged.</exception>
    public static void Copy(SqliteConnection connection, string path)
    {
        // Created empty with the owner's rights, so no other user can read it at any time. SQLite fills an empty file.
        OwnerFiles.Open(path, FileMode.CreateNew).Dispose();

        using (var command = connection.CreateCommand())
        {
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", path);
            command.ExecuteNonQuery();
        }

        // A copy counts as a backup only when it is flushed to disk and can be read.
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
            file.Flush(flushToDisk: true);
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        copy.Open();
        if (DatabaseGuards.DamageOf(copy) is { } damage)
            throw new InvalidDataException($"The copy {path} is damaged ({damage}) and was deleted. Check the disk.");
    }

    private static bool IsNightly(string path) => path.EndsWith($"-{Nightly}.db", StringComparison.Ordinal);
}

/// <summary>One copy of the database.</summary>
/// <param name="Path">Where it is, as a full path.</param>
/// <param name="Bytes">How large.</param>
/// <param name="TakenAt">When it was taken, by its name.</param>
public sealed record BackupFile(string Path, long Bytes, DateTimeOffset TakenAt);
