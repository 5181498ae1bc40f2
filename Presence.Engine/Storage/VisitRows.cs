using Microsoft.Data.Sqlite;
using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>Writes visits that ended, through the connection and inside the transactions of whoever owns it.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> The same visit twice is one row, the longer of the two, and counts once. One without a name is two.</para>
/// <para><b>Threads.</b> Its owner's.</para>
/// <para><b>Cost.</b> Five short statements; some 70 bytes on disk.</para>
/// </remarks>
internal sealed class VisitRows
{
    private readonly HistoryNumbers _numbers;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _lengthen;
    private readonly SqliteCommand _count;

    public VisitRows(PreparedRows owner)
    {
        _numbers = new HistoryNumbers(owner);
        _insert = owner.Prepare(
            """
            INSERT OR IGNORE INTO "Visits" ("RoomNo", "JoinedAt", "PersonNo", "StayedMilliseconds", "UnseenMilliseconds", "HiddenMilliseconds", "Reason", "DeviceNo")
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _find = owner.Prepare(
            """SELECT "StayedMilliseconds" - "UnseenMilliseconds" FROM "Visits" WHERE "RoomNo" = $1 AND "JoinedAt" = $2 AND "PersonNo" = $3 AND "StayedMilliseconds" < $4""",
            SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _lengthen = owner.Prepare(
            """
            UPDATE "Visits" SET "StayedMilliseconds" = $4, "UnseenMilliseconds" = $5, "HiddenMilliseconds" = $6, "Reason" = $7, "DeviceNo" = $8
            WHERE "RoomNo" = $1 AND "JoinedAt" = $2 AND "PersonNo" = $3
            """,
            SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        _count = owner.Prepare(
            """
            UPDATE "HistoryPeople" SET "FirstSeenAt" = min("FirstSeenAt", $2), "LastSeenAt" = max("LastSeenAt", $3),
                "Visits" = "Visits" + $4, "WatchedMilliseconds" = "WatchedMilliseconds" + $5
            WHERE "No" = $1
            """,
            SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
    }

    /// <summary>Writes one visit.</summary>
    public void Write(in Visit visit)
    {
        var joinedAt = visit.JoinedAt.ToUnixTimeMilliseconds();
        var stayed = Math.Max(0, visit.LeftAt.ToUnixTimeMilliseconds() - joinedAt);
        var watched = Math.Clamp(visit.SeenAt.ToUnixTimeMilliseconds() - joinedAt, 0, stayed);
        var hidden = Math.Clamp((long)visit.Hidden.TotalMilliseconds, 0, watched);
        var room = _numbers.OfRoom(visit.RoomId);
        var person = visit.IsUnlisted ? _numbers.OfNobody(visit.IsGuest, joinedAt) : _numbers.OfPerson(visit.UserId, visit.IsGuest, joinedAt);
        var device = _numbers.OfDevice(visit.Device);

        if (PreparedRows.Run(_insert, room, joinedAt, person, stayed, stayed - watched, hidden, (long)visit.Reason, device) > 0)
        {
            PreparedRows.Run(_count, person, joinedAt, joinedAt + stayed, 1L, watched);
        }
        else if (PreparedRows.ReadNumber(_find, room, joinedAt, person, stayed) is { } watchedBefore)
        {
            PreparedRows.Run(_lengthen, room, joinedAt, person, stayed, stayed - watched, hidden, (long)visit.Reason, device);
            PreparedRows.Run(_count, person, joinedAt, joinedAt + stayed, 0L, watched - watchedBefore);
        }
    }
}
