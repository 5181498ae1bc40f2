using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>Many rows through prepared commands on one connection of their own: EF Core's change tracking would cost a hundred times the row.</summary>
/// <remarks><b>Threads.</b> One at a time.</remarks>
internal abstract class PreparedRows(PresenceDatabase database) : IDisposable
{
    /// <summary>How many rows are written between two looks at the time.</summary>
    private const int RowsPerLook = 32;

    private readonly SqliteConnection _connection = database.Connect();
    private readonly List<SqliteCommand> _commands = [];
    private SqliteTransaction? _transaction;

    /// <summary>Writes many rows in short transactions, so that other writers don't wait long at the gate.</summary>
    /// <param name="items">What to write, in order.</param>
    /// <param name="write">Writes one, with the prepared commands.</param>
    /// <param name="alongside">Written once with each transaction; null when there is nothing.</param>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <param name="committed">Told after each transaction how many items it wrote.</param>
    public async Task WriteAsync<T>(IReadOnlyList<T> items, Action<T> write, Action? alongside, CancellationToken cancellationToken, Action<int>? committed = null)
    {
        for (var next = 0; next < items.Count;)
        {
            using var lease = await database.Gate.EnterAsync(cancellationToken);
            using var transaction = Begin();
            var began = database.Time.GetTimestamp();
            var rows = 0;
            for (; next < items.Count && rows < WritePieces.MostRows && (rows % RowsPerLook != 0 || database.Time.GetElapsedTime(began) < WritePieces.Longest); rows++)
                write(items[next++]);
            alongside?.Invoke();
            transaction.Commit();
            committed?.Invoke(rows);
        }
    }

    /// <summary>Writes something short in a transaction of its own.</summary>
    public async Task WriteAsync(Action write, CancellationToken cancellationToken)
    {
        using var lease = await database.Gate.EnterAsync(cancellationToken);
        using var transaction = Begin();
        write();
        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands)
            command.Dispose();
        _connection.Dispose();
    }

    /// <summary>Runs a prepared command, and returns how many rows it changed.</summary>
    internal static int Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Bind(command, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a prepared command that answers with one whole number; null when it answers with nothing.</summary>
    internal static long? ReadNumber(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Bind(command, values);
        return command.ExecuteScalar() is long number ? number : null;
    }

    /// <summary>Prepares a command with the parameters <c>$1</c>, <c>$2</c> and so on; it goes with these rows.</summary>
    internal SqliteCommand Prepare(string text, params ReadOnlySpan<SqliteType> types)
    {
        var command = Query(text);
        for (var i = 0; i < types.Length; i++)
            command.Parameters.Add(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), types[i]);
        command.Prepare();
        _commands.Add(command);
        return command;
    }

    /// <summary>A command that is used once; the caller disposes it.</summary>
    protected SqliteCommand Query(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private static void Bind(SqliteCommand command, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    /// <summary>Writes events for webhooks in the transaction under way.</summary>
    protected void WriteEvents(IReadOnlyList<WebhookEvent> events) => WebhookOutbox.Write(_transaction!, database.Gate, events, database.Now());

    private SqliteTransaction Begin()
    {
        var transaction = _transaction = _connection.BeginTransaction();
        foreach (var command in _commands)
            command.Transaction = transaction;
        return transaction;
    }
}

/// <summary>Long writes, cut into pieces between which others write.</summary>
/// <remarks>
/// <b>Guarantee.</b> A piece begins nothing new after <see cref="Longest"/>, so with its commit it takes at most 50 ms. The
/// write-ahead log is emptied between pieces; if readers prevent
/// that, work ends once the log has <see cref="PresenceDatabase.MostLog"/>, and the next run goes on.
/// </remarks>
public static class WritePieces
{
    /// <summary>How long a piece writes before others may: half of the 50 ms it may take with its commit.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    /// <summary>How many rows one piece has at most, for a clock that stands still.</summary>
    internal const int MostRows = 5_000;

    /// <summary>Unused space that is worth giving back, whatever the file's size.</summary>
    private const long WorthGivingBack = 16 * 1024 * 1024;

    /// <summary>Less than this is never worth it: the next rows use it.</summary>
    private const long NotWorthGivingBack = 1024 * 1024;

    /// <summary>How many pages one piece gives back at most, for a clock that stands still.</summary>
    private const int MostPages = 1_000;

    private const int RowsPerLook = 32;
    private const int PagesPerLook = 16;

    /// <summary>Deletes any number of rows of a table.</summary>
    /// <typeparam name="T">The entity of the table.</typeparam>
    /// <param name="database">The open database.</param>
    /// <param name="where">Which rows, in SQL with gaps as parameters, for example <c>$"\"At\" &lt; {milliseconds}"</c>. An index must answer it: it is asked once for each 32 rows.</param>
    /// <param name="cancellationToken">Stops between two pieces, or in one, whose rows then stay.</param>
    /// <returns>How many rows were deleted. All, unless the log became too large.</returns>
    /// <exception cref="StorageBusyException">Others held the gate for too long. What was deleted before is deleted.</exception>
    public static async Task<long> DeleteInPiecesAsync<T>(this PresenceDatabase database, FormattableString where, CancellationToken cancellationToken)
        where T : class
    {
        await using var context = database.CreateDbContext();
        var entity = context.Model.FindEntityType(typeof(T))!;
        var (table, key) = (entity.GetTableName(), string.Join(", ", entity.FindPrimaryKey()!.Properties.Select(property => $"\"{property.GetColumnName()}\"")));
        // Not LIMIT on DELETE itself, which SQLite is built without, nor Take() in LINQ, which compares composite keys row by row.
        var statement = FormattableStringFactory.Create($"""DELETE FROM "{table}" WHERE ({key}) IN (SELECT {key} FROM "{table}" WHERE {where.Format} LIMIT {RowsPerLook})""", where.GetArguments());
        long deleted = 0;
        bool isMore;
        do
        {
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var began = database.Time.GetTimestamp();
            int rows = 0, last;
            do
            {
                last = await context.ExecuteAsync(statement, cancellationToken);
                rows += last;
                isMore = last == RowsPerLook;
            }
            while (isMore && rows < MostRows && database.Time.GetElapsedTime(began) < Longest);
            await transaction.CommitAsync(cancellationToken);
            deleted += rows;
        }
        while (isMore && await IsLogBoundedAsync(database, cancellationToken));
        return deleted;
    }

    /// <summary>Gives the space of deleted rows back to the disk, if it is more than 16 MiB, or more than 1 MiB and a tenth of the file.</summary>
    /// <param name="database">The open database.</param>
    /// <param name="cancellationToken">Stops between two pieces, or in one, whose space then stays.</param>
    /// <returns>How many bytes shorter the file is once the log is emptied. 0 for a file that could not be rewritten yet (see <see cref="DatabaseRewrite"/>).</returns>
    /// <exception cref="StorageBusyException">Others held the gate for too long. What was given back before stays so.</exception>
    public static async Task<long> ShrinkInPiecesAsync(this PresenceDatabase database, CancellationToken cancellationToken)
    {
        using var connection = database.Connect();
        var (free, pageSize) = (Read(connection, "freelist_count"), Read(connection, "page_size"));
        var isWorthIt = free * pageSize > WorthGivingBack || (free * pageSize > NotWorthGivingBack && free * 10 > Read(connection, "page_count"));
        if (!isWorthIt || !DatabaseRewrite.IsDone(connection))
            return 0;
        long given = 0;
        long piece;
        do
        {
            using var lease = await database.Gate.EnterAsync(cancellationToken);
            using var transaction = connection.BeginTransaction();
            var began = database.Time.GetTimestamp();
            var before = Read(connection, "page_count");
            free = Read(connection, "freelist_count");
            for (var pages = 0; free > 0 && pages < MostPages && database.Time.GetElapsedTime(began) < Longest; pages += PagesPerLook)
            {
                Read(connection, $"incremental_vacuum({PagesPerLook})");
                free = Read(connection, "freelist_count");
            }
            piece = before - Read(connection, "page_count");
            transaction.Commit();
            given += piece;
        }
        while (free > 0 && piece > 0 && await IsLogBoundedAsync(database, cancellationToken));
        return given * pageSize;
    }

    private static async Task<bool> IsLogBoundedAsync(PresenceDatabase database, CancellationToken cancellationToken)
    {
        var checkpointer = new Checkpointer(database);
        return await checkpointer.CheckpointIfGrownAsync(cancellationToken) || checkpointer.LogSize() < database.MostLog;
    }

    /// <summary>The number in a pragma's first row. The other rows are read too: one of SQLite's steps for each page that moves.</summary>
    private static long Read(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        using var reader = command.ExecuteReader();
        var value = reader.Read() && reader.FieldCount > 0 ? reader.GetInt64(0) : 0;
        while (reader.Read())
        {
        }
        return value;
    }
}
