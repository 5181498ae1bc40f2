using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>Copies of the database taken before it is migrated, in the folder <c>backups</c> beside it.</summary>
/// <remarks>Bounded: the newest <see cref="Kept"/> stay.</remarks>
internal sealed class DatabaseBackups(string folder, TimeProvider time)
{
    public const string FolderName = "backups";
    public const int Kept = 5;

    private const string Pattern = "presence-*.db";

    private readonly string _folder = Path.Combine(folder, FolderName);

    /// <summary>The newest backup's path, or null.</summary>
    public string? Newest() => All().FirstOrDefault();

    /// <summary>Copies the open database into a new file; the name says when and from which migration.</summary>
    public string Take(SqliteConnection connection, string migration)
    {
        FolderLock.CreateFolder(_folder);
        var takenAt = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(_folder, $"presence-{takenAt}-{migration}.db");
        var unfinished = path + ".part";
        foreach (var left in Directory.EnumerateFiles(_folder, "*.part")) // by a start that was cut off
            File.Delete(left);

        using (var command = connection.CreateCommand())
        {
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", unfinished);
            command.ExecuteNonQuery();
        }

        // A copy that is not on the disk yet is no backup.
        using (var file = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            file.Flush(flushToDisk: true);
        File.Move(unfinished, path, overwrite: true);

        foreach (var old in All().Skip(Kept))
            File.Delete(old);
        return path;
    }

    private IEnumerable<string> All() => Directory.Exists(_folder)
        ? Directory.EnumerateFiles(_folder, Pattern).OrderDescending(StringComparer.Ordinal)
        : [];
}
