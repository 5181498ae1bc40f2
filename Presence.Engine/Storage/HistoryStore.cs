using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>Keeps the network's history over a restart: written behind, a minute or less is lost by a crash.</summary>
/// <remarks><b>Threads.</b> Any; calls follow one another.</remarks>
public sealed class HistoryStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private static readonly HistoryRange[] Ranges = Enum.GetValues<HistoryRange>();

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>For each range the step that was under way when it was last stored: stored again, with what was added.</summary>
    private readonly DateTimeOffset[] _storedUntil = new DateTimeOffset[Ranges.Length];

    /// <summary>Puts back what was stored; the time the server was down stays a gap.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = database.Now();
            await using var context = database.CreateDbContext();
            foreach (var range in Ranges)
            {
                // Rows written while the clock was ahead are left out.
                var records = await context.History.AsNoTracking().Where(h => h.Range == range && h.At <= now).OrderBy(h => h.At).ToListAsync(cancellationToken);
                engine.RestoreHistory(range, records.ConvertAll(ToSample));
                if (records.Count > 0)
                    _storedUntil[(int)range] = records[^1].At;
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores what was recorded since the last call and forgets what no range reaches back to.</summary>
    /// <remarks><b>Cost.</b> One transaction of a few rows, called once a minute.</remarks>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = database.Now();
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var stored = new DateTimeOffset[Ranges.Length];
            foreach (var range in Ranges)
                stored[(int)range] = await SaveAsync(context, range, now, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            stored.CopyTo(_storedUntil, 0);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<DateTimeOffset> SaveAsync(PresenceContext context, HistoryRange range, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // After the clock was set back, those steps repeat and replace their rows.
        var from = _storedUntil[(int)range] <= now ? _storedUntil[(int)range] : DateTimeOffset.MinValue;
        var samples = engine.History(range, from);
        if (samples.Count == 0)
            return _storedUntil[(int)range];

        var (first, oldest) = (samples[0].At, engine.History(range, DateTimeOffset.MinValue)[0].At);
        await context.DeleteAsync(context.History.Where(h => h.Range == range && (h.At >= first || h.At < oldest)), cancellationToken);
        context.AddRange(samples.Select(sample => ToRecord(range, sample)));
        return samples[^1].At;
    }

    private static HistoryRecord ToRecord(HistoryRange range, HistorySample sample) => new()
    {
        Range = range,
        At = sample.At,
        Viewers = sample.Viewers,
        Joins = sample.Joins,
        Leaves = sample.Leaves,
        Heartbeats = sample.Heartbeats,
    };

    private static HistorySample ToSample(HistoryRecord record) => new(record.At, record.Viewers, record.Joins, record.Leaves, record.Heartbeats);
}

/// <summary>One step of the network's history. Bounded: 242 of the last hour, 1,502 of the last day.</summary>
internal sealed class HistoryRecord
{
    public HistoryRange Range { get; init; }
    public DateTimeOffset At { get; init; }
    public int Viewers { get; init; }
    public int Joins { get; init; }
    public int Leaves { get; init; }
    public int Heartbeats { get; init; }
}

/// <summary>Rows of small numbers as bytes: of each row its length and its numbers, seven bits a byte, the lowest first.</summary>
internal static class SampleSerializer
{
    /// <summary>No row is longer: what is longer was not written by <see cref="Write"/>.</summary>
    private const int LongestRow = 240;

    public static byte[] Write(params ReadOnlySpan<IReadOnlyList<int>> rows)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var row in rows)
        {
            writer.Write7BitEncodedInt(row.Count);
            foreach (var number in row)
                writer.Write7BitEncodedInt(number);
        }
        return bytes.ToArray();
    }

    /// <summary>The rows; null when the bytes are not as many whole rows.</summary>
    public static int[][]? Read(byte[] bytes, int count)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            var rows = new int[count][];
            for (var number = 0; number < count; number++)
            {
                var length = reader.Read7BitEncodedInt();
                if (length is < 0 or > LongestRow)
                    return null;
                rows[number] = new int[length];
                for (var place = 0; place < length; place++)
                    rows[number][place] = reader.Read7BitEncodedInt();
            }
            return rows;
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException)
        {
            return null;
        }
    }
}

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
