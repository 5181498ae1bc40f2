using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Presence.Engine.Tests.Storage;

/// <summary>
/// Watches, from inside SQLite, which connections write or checkpoint, and notes when two do at once. It knows nothing of the
/// gate: SQLite tells it of every statement as it begins and as it ends.
/// </summary>
internal sealed class WriterTrace
{
    private const uint StatementBegins = 1;
    private const uint StatementEnds = 2;

    private readonly Lock _lock = new();
    private readonly TraceCallback _callback; // SQLite holds on to it
    private readonly HashSet<nint> _writing = [];
    private readonly HashSet<nint> _writers = [];

    public WriterTrace() => _callback = OnTrace;

    private delegate int TraceCallback(uint what, nint context, nint statement, nint detail);

    /// <summary>The statement that began while another connection was writing, the first of them.</summary>
    public string? Overlap { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Called as each statement that writes begins, on the thread that runs it.</summary>
    public Action? OnWrite { get; set; }

    public int Checkpoints { get; private set; }

    /// <summary>How many connections wrote.</summary>
    public int Writers => _writers.Count;

    public void Watch(SqliteConnection connection) =>
        Assert.Equal(0, sqlite3_trace_v2(connection.Handle!.DangerousGetHandle(), StatementBegins | StatementEnds, _callback, 0));

    private int OnTrace(uint what, nint context, nint statement, nint detail)
    {
        var connection = sqlite3_db_handle(statement);
        lock (_lock)
        {
            if (what == StatementBegins)
                Begin(connection, statement);
            else if (sqlite3_get_autocommit(connection) != 0)
                _writing.Remove(connection);
        }
        return 0;
    }

    private void Begin(nint connection, nint statement)
    {
        var text = Marshal.PtrToStringUTF8(sqlite3_sql(statement))!;
        var isCheckpoint = text.Contains("wal_checkpoint", StringComparison.Ordinal);
        if (sqlite3_stmt_readonly(statement) != 0 && !isCheckpoint)
            return;

        Writes++;
        OnWrite?.Invoke();
        if (isCheckpoint)
            Checkpoints++;
        _writers.Add(connection);
        _writing.Add(connection);
        if (_writing.Count > 1)
            Overlap ??= text;
    }

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_trace_v2(nint db, uint mask, TraceCallback callback, nint context);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_stmt_readonly(nint statement);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern nint sqlite3_sql(nint statement);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern nint sqlite3_db_handle(nint statement);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_get_autocommit(nint db);
}
