using Microsoft.Data.Sqlite;
using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>Keeps the minutes of rooms and of the network, and the quarters of an hour they add up to.</summary>
/// <remarks>
/// A minute and its quarter are written in one transaction. So quarters are complete at any moment, and there is nothing to roll up
/// later or to catch up with after the server was down.
/// <para><b>Threads.</b> Any; calls follow one another.</para>
/// </remarks>
public sealed class MinuteStore(PresenceDatabase database) : IDisposable
{
    /// <summary>The most minutes held while the database cannot be written; the oldest go first.</summary>
    internal const int MostWaiting = 1_000_000;

    /// <summary>How far back a start looks for minutes that were not stored: they are stored once a minute, unless the disk was in trouble.</summary>
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly List<RoomMinute> _waiting = [];
    private DateTimeOffset _prunedAt;
    private MinuteRows? _rows;

    /// <summary>Adds minutes to what is stored. The same minute twice, as around a restart, is one: sums are added, the peak is the higher one.</summary>
    /// <param name="minutes">What the engine recorded since the last call.</param>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <remarks>
    /// <para><b>Guarantee.</b> What could not be written stays here, and is written once, by the next call.</para>
    /// <para><b>Cost.</b> Two rows a minute and room, in transactions of some 20 ms.</para>
    /// </remarks>
    public async Task SaveAsync(IReadOnlyList<RoomMinute> minutes, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(CancellationToken.None); // what is given here must not be lost by giving up
        try
        {
            _waiting.AddRange(minutes);
            if (_waiting.Count > MostWaiting)
                _waiting.RemoveRange(0, _waiting.Count - MostWaiting);
            if (_waiting.Count == 0)
                return;

            var rows = _rows ??= new MinuteRows(database);
            var stored = 0;
            try
            {
                await rows.WriteAsync(_waiting, rows.Write, alongside: null, cancellationToken, committed: count => stored += count);
            }
            finally
            {
                _waiting.RemoveRange(0, stored);
            }
            await PruneLateAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Puts the minutes together that a crash took, from visits, and adds who did not come back. Once, after viewers were restored and before the first heartbeat.</summary>
    /// <param name="engine">Who is there again.</param>
    /// <param name="forgotten">Who is not: <see cref="MembershipStore.Forgotten"/>.</param>
    /// <param name="lastAlive">When the product last ran.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many minutes.</returns>
    public async Task<int> RecoverAsync(PresenceEngine engine, IReadOnlyList<Visit> forgotten, DateTimeOffset lastAlive, CancellationToken cancellationToken)
    {
        var lost = ReadLost(engine, lastAlive) ?? LeavesOf(forgotten, lastAlive); // the server was stopped: all else is stored
        await SaveAsync(lost, cancellationToken);
        return lost.Count;
    }

    private List<RoomMinute>? ReadLost(PresenceEngine engine, DateTimeOffset lastAlive)
    {
        using var reader = new HistoryReader(database);
        var earliest = lastAlive - LongestRecovery;
        var from = reader.LastMinute(HistoryTables.Network)?.AddMinutes(1) is { } next && next > earliest ? next : earliest.AddTicks(-(earliest.Ticks % TimeSpan.TicksPerMinute));
        if (from > lastAlive)
            return null;

        var visits = new List<Visit>();
        for (var no = reader.RoomFrom(HistoryTables.Network + 1); no is { } room; no = reader.RoomFrom(room + 1))
            visits.AddRange(reader.Visits(room, from.AddMilliseconds(-1), lastAlive.AddMilliseconds(1), new VisitPlace(room, long.MinValue, 0), int.MaxValue).Select(visit => visit.Visit));
        foreach (var roomId in engine.LiveRooms())
            visits.AddRange(engine.VisitsUnderWay(roomId).Where(visit => visit.JoinedAt <= lastAlive).Select(visit => visit with { LeftAt = DateTimeOffset.MaxValue }));

        // A write that was cut off has stored some of them.
        return [.. MinuteReplay.Of(visits, from, lastAlive) // who does not come back left at that very moment
            .GroupBy(minute => minute.RoomId, PresenceComparers.RoomId)
            .SelectMany(room => reader.RoomNo(room.Key) is { } no && reader.LastMinute(no) is { } stored ? room.Where(minute => minute.At > stored) : room)];
    }

    /// <summary>The leaves of those who did not come back, in the minute in which they left.</summary>
    private static List<RoomMinute> LeavesOf(IReadOnlyList<Visit> visits, DateTimeOffset at)
    {
        var minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        return
        [
            .. visits.GroupBy(visit => visit.RoomId, PresenceComparers.RoomId).Append<IEnumerable<Visit>>(visits)
                .Select(left => new RoomMinute(left is IGrouping<string, Visit> room ? room.Key : null, minute) { Leaves = left.Aggregate(default(LeaveCounts), (sum, visit) => sum + LeaveCounts.Of(visit.Reason)) })
                .Where(left => left.Leaves.Total > 0),
        ];
    }

    /// <summary>Deletes late heartbeats that no rehearsal looks at any more; once an hour.</summary>
    private async Task PruneLateAsync(CancellationToken cancellationToken)
    {
        var now = database.Now();
        if ((now - _prunedAt).Duration() < TimeSpan.FromHours(1))
            return;
        var oldest = (now - RehearsalRecord.Reach - TimeSpan.FromHours(1)).ToUnixTimeMilliseconds();
        await database.DeleteInPiecesAsync<LateHeartbeatsRecord>($"\"At\" < {oldest}", cancellationToken);
        _prunedAt = now;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _oneAtATime.Dispose();
    }

    private sealed class MinuteRows : PreparedRows
    {
        private static readonly long QuarterMilliseconds = (long)HistoryCalendar.Quarter.TotalMilliseconds;

        private readonly HistoryNumbers _numbers;
        private readonly SqliteCommand _insert;
        private readonly SqliteCommand _add;
        private readonly SqliteCommand _late;

        public MinuteRows(PresenceDatabase database)
            : base(database)
        {
            _numbers = new HistoryNumbers(this);
            _insert = Prepare(
                """
                INSERT OR IGNORE INTO "Minutes" ("Step", "RoomNo", "At", "Recorded", "ViewersMilliseconds", "HiddenMilliseconds", "GuestsMilliseconds", "Peak", "Joins", "Left", "TimedOut", "Disabled", "Removed", "Ended")
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                """,
                Types);
            _add = Prepare(
                """
                UPDATE "Minutes" SET "Recorded" = "Recorded" + $4,
                    "ViewersMilliseconds" = "ViewersMilliseconds" + $5, "HiddenMilliseconds" = "HiddenMilliseconds" + $6, "GuestsMilliseconds" = "GuestsMilliseconds" + $7,
                    "Peak" = max("Peak", $8), "Joins" = "Joins" + $9, "Left" = "Left" + $10, "TimedOut" = "TimedOut" + $11,
                    "Disabled" = "Disabled" + $12, "Removed" = "Removed" + $13, "Ended" = "Ended" + $14
                WHERE "Step" = $1 AND "RoomNo" = $2 AND "At" = $3
                """,
                Types);
            _late = Prepare(
                """
                INSERT INTO "LateHeartbeats" ("At", "RoomNo", "DeviceNo", "Seconds", "Count") VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT DO UPDATE SET "Count" = "Count" + excluded."Count"
                """,
                SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
        }

        private static readonly long HourMilliseconds = (long)TimeSpan.FromHours(1).TotalMilliseconds;

        private static SqliteType[] Types => [.. Enumerable.Repeat(SqliteType.Integer, 14)];

        public void Write(RoomMinute minute)
        {
            var room = _numbers.OfRoom(minute.RoomId);
            var at = minute.At.ToUnixTimeMilliseconds();
            var isNew = Add(MinuteStep.Minute, room, at, 1, minute);
            Add(MinuteStep.Quarter, room, at - (at % QuarterMilliseconds), isNew ? 1 : 0, minute);
            foreach (var late in minute.Late ?? [])
                Run(_late, at - (at % HourMilliseconds), room, _numbers.OfDevice(late.Device), (long)late.Seconds, (long)late.Count);
        }

        /// <summary>Adds to a row; true when there was none.</summary>
        private bool Add(MinuteStep step, long room, long at, long recorded, in RoomMinute minute)
        {
            object?[] values =
            [
                (long)step, room, at, recorded,
                (long)minute.Viewers.TotalMilliseconds, (long)minute.Hidden.TotalMilliseconds, (long)minute.Guests.TotalMilliseconds,
                (long)minute.Peak, (long)minute.Joins,
                (long)minute.Leaves.Left, (long)minute.Leaves.Timeout, (long)minute.Leaves.Disabled, (long)minute.Leaves.Removed, (long)minute.Leaves.Ended,
            ];
            if (Run(_insert, values) > 0)
                return true;
            if (step == MinuteStep.Minute)
                values[3] = 0L; // it was recorded in part already
            Run(_add, values);
            return false;
        }
    }
}
