using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>The only code that moves the write-ahead log into the database file (see <see cref="WriteGate"/>).</summary>
public sealed class Checkpointer(PresenceDatabase database)
{
    /// <summary>The log's size from which it is worth emptying; a reader has at most this much to look through.</summary>
    public const long WorthEmptying = 4 * 1024 * 1024;

    /// <summary>A reader of an older state, a backup say, may take minutes, and writers wait at the gate for as long as a checkpoint waits for it.</summary>
    private const string PatienceWithReaders = "PRAGMA busy_timeout = 50";

    /// <summary>Empties the log when it has grown.</summary>
    /// <returns>False if it is still too large because a reader uses an older state. Try again later.</returns>
    public async Task<bool> CheckpointIfGrownAsync(CancellationToken cancellationToken) =>
        LogSize() < WorthEmptying || await CheckpointAsync(cancellationToken);

    /// <summary>Empties the log.</summary>
    /// <returns>False if a reader uses an older state. Everything else was moved.</returns>
    public async Task<bool> CheckpointAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = PatienceWithReaders;
        command.ExecuteNonQuery();
        using var lease = await database.Gate.EnterAsync(cancellationToken);
        return Empty(connection);
    }

    /// <summary>Empties the log through a connection that holds the gate. False if a reader uses an older state.</summary>
    internal static bool Empty(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        using var reader = command.ExecuteReader();
        return reader.Read() && reader.GetInt32(0) == 0;
    }

    internal long LogSize()
    {
        var log = new FileInfo(database.FilePath + "-wal");
        return log.Exists ? log.Length : 0;
    }
}
