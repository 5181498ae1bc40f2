using Microsoft.Data.Sqlite;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

public sealed partial class HistoryQueries
{
    /// <summary>Minutes and late heartbeats are written once a minute: before that, the next reading says nothing new.</summary>
    private static readonly TimeSpan RecordPace = TimeSpan.FromMinutes(1);

    private readonly Lock _recordLock = new();
    private (string? RoomId, TimeSpan Interval, DateTimeOffset At, Task<RehearsalRecord> Read)? _record;

    /// <inheritdoc/>
    public async Task<Rehearsal> RehearseAsync(RehearsalQuery query, CancellationToken cancellationToken = default)
    {
        var now = inForce(query.RoomId);
        var problems = PresenceSettingsRules.Problems(now with { HeartbeatInterval = query.Interval, PresenceTimeout = query.Timeout });
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(' ', problems.Select(problem => problem.Message)), nameof(query));
        var record = await RecordOf(query.RoomId, now.HeartbeatInterval).WaitAsync(cancellationToken);
        return SettingsRehearsal.Of(record, (now.HeartbeatInterval, now.PresenceTimeout), (query.Interval, query.Timeout));
    }

    /// <summary>One reading for all who try values in the same form, and at the same time. Bounded: the latest alone is kept.</summary>
    private Task<RehearsalRecord> RecordOf(string? roomId, TimeSpan interval)
    {
        lock (_recordLock)
        {
            var at = database.Now();
            if (_record is { } known && PresenceComparers.RoomId.Equals(known.RoomId, roomId) && known.Interval == interval && (at - known.At).Duration() < RecordPace && !known.Read.IsFaulted)
                return known.Read;
            var read = Task.Run(() => RehearsalReader.Read(database, roomId, interval));
            _record = (roomId, interval, at, read);
            return read;
        }
    }
}

/// <summary>Reads what a rehearsal of other settings counts with: the last day of a room or the network.</summary>
/// <remarks><b>Threads.</b> Any. <b>Cost.</b> The day's visits of the room; for the network those of the <see cref="MostRooms"/> rooms that were watched most.</remarks>
internal static class RehearsalReader
{
    /// <summary>Of a network with more rooms, those watched most stand for all: they hold most of its viewers.</summary>
    public const int MostRooms = 100;

    private const string Rooms =
        """
        SELECT "No", "Watched" FROM (
            SELECT "No", (SELECT sum("ViewersMilliseconds") FROM "Minutes" WHERE "Step" = 1 AND "RoomNo" = "No" AND "At" >= $from) AS "Watched"
            FROM "HistoryRooms" WHERE $room IS NULL OR "RoomId" = $room)
        WHERE "Watched" > 0 ORDER BY "Watched" DESC LIMIT $most
        """;

    private const string Late =
        """
        SELECT coalesce("Name", ''), coalesce("AppVersion", ''), "Seconds", sum("Count") FROM "LateHeartbeats" LEFT JOIN "HistoryDevices" ON "No" = "DeviceNo"
        WHERE "At" >= $from AND "RoomNo" = $no GROUP BY "DeviceNo", "Seconds"
        """;

    /// <summary>Visits that ended with a timeout, and how long after its last heartbeat the viewer was back.</summary>
    private const string Returns =
        """
        SELECT coalesce("Name", ''), coalesce("AppVersion", ''), ("Back" - "Seen" + 999) / 1000, count(*) FROM (
            SELECT "DeviceNo", "Reason", "JoinedAt" + "StayedMilliseconds" - "UnseenMilliseconds" AS "Seen", lead("JoinedAt") OVER (PARTITION BY "PersonNo" ORDER BY "JoinedAt") AS "Back"
            FROM "Visits" WHERE "RoomNo" = $no AND "JoinedAt" >= $from)
        LEFT JOIN "HistoryDevices" ON "No" = "DeviceNo"
        WHERE "Reason" = 2 AND "Back" - "Seen" <= $return GROUP BY 1, 2, 3
        """;

    private const string Minutes =
        """SELECT count(*), coalesce(sum("ViewersMilliseconds"), 0), coalesce(sum("TimedOut"), 0) FROM "Minutes" WHERE "Step" = 0 AND "RoomNo" = $no AND "At" >= $from""";

    /// <summary>Reads the last day.</summary>
    /// <param name="database">The open database.</param>
    /// <param name="roomId">The room; null for the network.</param>
    /// <param name="interval">The heartbeat interval in force: by how much later a viewer was back than asked.</param>
    public static RehearsalRecord Read(PresenceDatabase database, string? roomId, TimeSpan interval)
    {
        using var connection = database.Connect();
        var from = (database.Now() - RehearsalRecord.Reach).ToUnixTimeMilliseconds();
        var rooms = Read(connection, Rooms, reader => reader.GetInt64(0), ("$from", from), ("$room", roomId), ("$most", (long)MostRooms));
        var gaps = new List<LateGap>();
        var returns = 0;
        foreach (var no in rooms)
        {
            gaps.AddRange(Read(connection, Late, reader => new LateGap(DeviceOf(reader), TimeSpan.FromSeconds(reader.GetInt64(2)), reader.GetInt32(3)), ("$from", from), ("$no", no)));
            foreach (var back in Read(connection, Returns, reader => new LateGap(DeviceOf(reader), TimeSpan.FromSeconds(reader.GetInt64(2)) - interval, reader.GetInt32(3)), ("$from", from), ("$no", no), ("$return", (long)SettingsRehearsal.Return.TotalMilliseconds)))
            {
                gaps.Add(back);
                returns += back.Count;
            }
        }
        var number = roomId is null ? HistoryTables.Network : rooms is [var only] ? only : -1;
        var (minutes, viewers, timeouts) = Read(connection, Minutes, reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)), ("$from", from), ("$no", number))[0];
        return new RehearsalRecord(TimeSpan.FromMinutes(minutes), TimeSpan.FromMilliseconds(viewers), Math.Max(0, timeouts - returns), gaps);
    }

    private static SessionDevice DeviceOf(SqliteDataReader reader) => new(NullIfEmpty(reader.GetString(0)), NullIfEmpty(reader.GetString(1)));

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    private static List<T> Read<T>(SqliteConnection connection, string query, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }
}
