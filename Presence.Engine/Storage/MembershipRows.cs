using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;

namespace Presence.Engine.Storage;

/// <summary>The membership and last-alive tables through prepared commands on one connection of their own.</summary>
/// <remarks>
/// EF Core's change tracking would cost a hundred times the row. <b>Threads.</b> One at a time.
/// </remarks>
internal sealed class MembershipRows : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _stamp;

    public MembershipRows(PresenceDatabase database)
    {
        _connection = database.Connect();

        // A join may be told twice, by the journal and by the walk over everybody present: the same row then.
        _insert = Prepare(
            """INSERT OR REPLACE INTO "Memberships" ("Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt") VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _delete = Prepare("""DELETE FROM "Memberships" WHERE "Id" = $1""", SqliteType.Integer);
        _stamp = Prepare("""INSERT OR REPLACE INTO "LastAlive" ("Id", "At") VALUES (1, $1)""", SqliteType.Integer);
    }

    /// <summary>Who enters the write gate for these rows.</summary>
    public object Holder => _connection;

    /// <summary>Begins a transaction; the caller is inside the gate.</summary>
    public SqliteTransaction Begin()
    {
        var transaction = _connection.BeginTransaction();
        _insert.Transaction = _delete.Transaction = _stamp.Transaction = transaction;
        return transaction;
    }

    public void Insert(in MembershipChange join) =>
        Run(_insert, join.Id, join.RoomId, join.UserId, join.SessionId, join.IsGuest ? 1L : 0L, (long)join.State, join.JoinedAt.ToUnixTimeMilliseconds());

    public void Delete(long id) => Run(_delete, id);

    public void Stamp(DateTimeOffset aliveAt) => Run(_stamp, aliveAt.ToUnixTimeMilliseconds());

    public void DeleteAll()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """DELETE FROM "Memberships" """;
        command.Transaction = _delete.Transaction;
        command.ExecuteNonQuery();
    }

    public DateTimeOffset? ReadLastAlive()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """SELECT "At" FROM "LastAlive" WHERE "Id" = 1""";
        return command.ExecuteScalar() is long milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    /// <summary>The ids stored.</summary>
    public HashSet<long> ReadIds()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """SELECT "Id" FROM "Memberships" """;
        using var reader = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (reader.Read())
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _delete.Dispose();
        _stamp.Dispose();
        _connection.Dispose();
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<SqliteType> types)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < types.Length; i++)
            command.Parameters.Add(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), types[i]);
        command.Prepare();
        return command;
    }
}
