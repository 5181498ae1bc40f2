using System.Globalization;
using Microsoft.Data.Sqlite;
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
