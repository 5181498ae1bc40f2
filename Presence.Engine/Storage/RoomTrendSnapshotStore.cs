using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>Keeps each room's last hour over a restart: written behind, a minute or less is lost by a crash.</summary>
/// <remarks><b>Threads.</b> Any; calls follow one another.</remarks>
public sealed class RoomTrendSnapshotStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    /// <summary>Of more rooms than this, those with the most viewers are kept.</summary>
    public const int MostRooms = 10_000;

    /// <summary>A room in which nothing changes is stored again after this: its row is worth nothing once it is an hour old.</summary>
    private static readonly TimeSpan LongestUntouched = TimeSpan.FromMinutes(20);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, Stored> _stored = new(PresenceComparers.RoomId); // one per row
    private RoomTrendSnapshotRows? _rows;

    /// <summary>Puts back what was stored, after who was present was restored. A row that cannot be read is passed over.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var records = await context.RoomMemories.AsNoTracking().ToListAsync(cancellationToken);
            foreach (var record in records)
                _stored[record.RoomId] = default;
            engine.RestoreRoomMemories(records.Select(ToMemory).OfType<RoomTrendSnapshot>());
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores what rooms remember now, where that does not follow from what was stored before, and forgets rooms that are no more.</summary>
    /// <remarks><b>Cost.</b> A row for each room with joins or leaves. Called once a minute, in transactions of some 20 ms.</remarks>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var rows = _rows ??= new RoomTrendSnapshotRows(database);
            var memories = engine.RoomMemories(MostRooms);
            var present = memories.Select(memory => memory.RoomId).ToHashSet(PresenceComparers.RoomId);
            await rows.WriteAsync(_stored.Keys.Where(roomId => !present.Contains(roomId)).ToList(), rows.Delete, alongside: null, cancellationToken);
            foreach (var gone in _stored.Keys.Where(roomId => !present.Contains(roomId)).ToList())
                _stored.Remove(gone);

            var changed = memories.Where(memory => !_stored.TryGetValue(memory.RoomId, out var stored) || stored.Differs(memory)).ToList();
            foreach (var memory in changed)
                _stored[memory.RoomId] = default; // until everything is on disk
            await rows.WriteAsync(changed, rows.Write, alongside: null, cancellationToken);
            foreach (var memory in changed)
                _stored[memory.RoomId] = new Stored(memory.Version, memory.At, memory.Since, memory.Peak);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _oneAtATime.Dispose();
    }

    private static RoomTrendSnapshot? ToMemory(RoomTrendSnapshotRecord record)
    {
        if (SampleSerializer.Read(record.Samples, count: 3) is not [var recent, var hour, var joins] || hour.Length != joins.Length)
            return null;
        return new RoomTrendSnapshot
        {
            RoomId = record.RoomId,
            At = record.At,
            SampledAt = record.SampledAt,
            Since = record.Since,
            Peak = record.Peak,
            Before = record.Before,
            Recent = recent,
            Hour = hour,
            Joins = joins,
        };
    }

    /// <summary>What was stored of a room; the default says that nothing is certain.</summary>
    private readonly record struct Stored(long Version, DateTimeOffset At, DateTimeOffset? Since, int Peak)
    {
        public bool Differs(RoomTrendSnapshot memory) =>
            (Version, Since, Peak) != (memory.Version, memory.Since, memory.Peak) || (memory.At - At).Duration() >= LongestUntouched;
    }

    private sealed class RoomTrendSnapshotRows : PreparedRows
    {
        private readonly SqliteCommand _write;
        private readonly SqliteCommand _delete;

        public RoomTrendSnapshotRows(PresenceDatabase database)
            : base(database)
        {
            _write = Prepare(
                """INSERT OR REPLACE INTO "RoomMemories" ("RoomId", "At", "SampledAt", "Since", "Peak", "Before", "Samples") VALUES ($1, $2, $3, $4, $5, $6, $7)""",
                SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Blob);
            _delete = Prepare("""DELETE FROM "RoomMemories" WHERE "RoomId" = $1""", SqliteType.Text);
        }

        public void Write(RoomTrendSnapshot memory) => Run(
            _write,
            memory.RoomId,
            memory.At.ToUnixTimeMilliseconds(),
            memory.SampledAt?.ToUnixTimeMilliseconds(),
            memory.Since?.ToUnixTimeMilliseconds(),
            (long)memory.Peak,
            (long)memory.Before,
            SampleSerializer.Write(memory.Recent, memory.Hour, memory.Joins));

        public void Delete(string roomId) => Run(_delete, roomId);
    }
}

/// <summary>The last hour of one room, some 200 bytes. Bounded: <see cref="RoomTrendSnapshotStore.MostRooms"/> rows.</summary>
internal sealed class RoomTrendSnapshotRecord
{
    public required string RoomId { get; init; }
    public DateTimeOffset At { get; init; }
    public DateTimeOffset? SampledAt { get; init; }
    public DateTimeOffset? Since { get; init; }
    public int Peak { get; init; }
    public int Before { get; init; }

    /// <summary>See <see cref="SampleSerializer"/>.</summary>
    public required byte[] Samples { get; init; }
}

/// <summary>The latest changes of rooms, for the marks in their charts. In memory: the catalogue keeps what holds now, not what held before.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> of all rooms together; automation that saves more within an hour takes marks from others.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class RecentRoomSaves
{
    public const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Queue<(string RoomId, RoomSave Save)> _saves = new();
    private long _number;

    public void Add(string roomId, RoomSave save)
    {
        lock (_lock)
        {
            if (_saves.Count == Most)
                _saves.Dequeue();
            _saves.Enqueue((roomId, save with { Number = ++_number }));
        }
    }

    /// <summary>Those of one room, the latest first.</summary>
    public IReadOnlyList<RoomSave> Of(string roomId)
    {
        lock (_lock)
            return [.. _saves.Where(entry => PresenceComparers.RoomId.Equals(entry.RoomId, roomId)).Select(entry => entry.Save).Reverse()];
    }
}
