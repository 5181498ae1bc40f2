using Microsoft.EntityFrameworkCore;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>Keeps each room's last hour over a restart: written behind, a minute or less is lost by a crash.</summary>
/// <remarks><b>Threads.</b> Any; calls follow one another.</remarks>
public sealed class RoomMemoryStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    /// <summary>Of more rooms than this, those with the most viewers are kept.</summary>
    public const int MostRooms = 10_000;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Puts back what was stored, after who was present was restored. A row that cannot be read is passed over.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var records = await context.RoomMemories.AsNoTracking().ToListAsync(cancellationToken);
            engine.RestoreRoomMemories(records.Select(ToMemory).OfType<RoomMemory>());
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores what rooms remember now, in place of what was stored before.</summary>
    /// <remarks><b>Cost.</b> One transaction of a row a room, called once a minute.</remarks>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var records = engine.RoomMemories(MostRooms).Select(ToRecord).ToList();
            await using var context = database.CreateDbContext();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await context.RoomMemories.ExecuteDeleteAsync(cancellationToken);
            context.AddRange(records);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private static RoomMemoryRecord ToRecord(RoomMemory memory) => new()
    {
        RoomId = memory.RoomId,
        At = memory.At,
        SampledAt = memory.SampledAt,
        Since = memory.Since,
        Peak = memory.Peak,
        Before = memory.Before,
        Samples = SampleBytes.Write(memory.Recent, memory.Hour, memory.Joins),
    };

    private static RoomMemory? ToMemory(RoomMemoryRecord record)
    {
        if (SampleBytes.Read(record.Samples, count: 3) is not [var recent, var hour, var joins] || hour.Length != joins.Length)
            return null;
        return new RoomMemory
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
}
