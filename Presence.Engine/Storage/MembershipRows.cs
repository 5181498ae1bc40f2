using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;

namespace Presence.Engine.Storage;

/// <summary>The membership and last-alive tables.</summary>
internal sealed class MembershipRows : PreparedRows
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _stamp;
    private readonly SqliteCommand _deleteAll;

    public MembershipRows(PresenceDatabase database)
        : base(database)
    {
        // A join may be told twice, by the journal and by the walk over everybody present: the same row then.
        _insert = Prepare(
            """INSERT OR REPLACE INTO "Memberships" ("Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt") VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _delete = Prepare("""DELETE FROM "Memberships" WHERE "Id" = $1""", SqliteType.Integer);
        _deleteAll = Prepare("""DELETE FROM "Memberships" """);
        _stamp = Prepare(
            """
            INSERT OR REPLACE INTO "LastAlive" ("Id", "At", "BootId", "UptimeMilliseconds", "Beat", "RanMilliseconds", "Believed", "Candidate", "CandidateSinceMilliseconds")
            VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)
            """,
            SqliteType.Integer, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
    }

    public void Write(MembershipChange change)
    {
        if (change.IsJoin)
            Run(_insert, change.Id, change.RoomId, change.UserId, change.SessionId, change.IsGuest ? 1L : 0L, (long)change.State, change.JoinedAt.ToUnixTimeMilliseconds());
        else
            Run(_delete, change.Id);
    }

    public void Stamp(AliveStamp alive, long beat) =>
        Run(
            _stamp,
            alive.At.ToUnixTimeMilliseconds(), alive.BootId, (long?)alive.Uptime?.TotalMilliseconds, beat,
            (long?)alive.Steady?.Ran.TotalMilliseconds, alive.Steady?.Believed?.ToUnixTimeMilliseconds(), alive.Steady?.Candidate.ToUnixTimeMilliseconds(), (long?)alive.Steady?.CandidateSince.TotalMilliseconds);

    public void DeleteAll() => Run(_deleteAll);

    /// <summary>The last stamp and its number; null when there is none, on the first start.</summary>
    public (AliveStamp Alive, long Beat)? ReadLastAlive()
    {
        using var command = Query("""SELECT "At", "BootId", "UptimeMilliseconds", "Beat", "RanMilliseconds", "Believed", "Candidate", "CandidateSinceMilliseconds" FROM "LastAlive" WHERE "Id" = 1""");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var alive = new AliveStamp(
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)),
            reader.IsDBNull(1) ? null : reader.GetString(1),
            reader.IsDBNull(2) ? null : TimeSpan.FromMilliseconds(reader.GetInt64(2)))
        {
            Steady = reader.IsDBNull(4) ? null : new SteadyStamp(
                TimeSpan.FromMilliseconds(reader.GetInt64(4)),
                reader.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
                TimeSpan.FromMilliseconds(reader.GetInt64(7))),
        };
        return (alive, reader.GetInt64(3));
    }

    /// <summary>The ids stored.</summary>
    public HashSet<long> ReadIds()
    {
        using var command = Query("""SELECT "Id" FROM "Memberships" """);
        using var reader = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (reader.Read())
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
