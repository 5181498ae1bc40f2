using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;

namespace Presence.Engine.Storage;

/// <summary>What a moderator leaves for the next one of a room. In memory too: a room's page asks several times a second.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Text">What the next one is to know.</param>
/// <param name="By">Who left it.</param>
/// <param name="At">When.</param>
public sealed record Handover(string RoomId, string Text, string By, DateTimeOffset At);

/// <summary>Keeps the hand-over note of each room.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> On the disk before it is shown, and shown when the call returns.</para>
/// <para><b>Bound.</b> One note a room, <see cref="Most"/> rooms; a note goes after <see cref="Kept"/>.</para>
/// <para><b>Threads.</b> Any; changes follow one another, readers take no lock.</para>
/// </remarks>
public sealed class HandoverStore(PresenceDatabase database) : IDisposable
{
    /// <summary>Rooms with a note.</summary>
    public const int Most = 1_000;

    /// <summary>The longest text, in characters.</summary>
    public const int LongestText = 500;

    /// <summary>What was left a week ago is no news.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, Handover> _byRoom = new(PresenceComparers.RoomId);

    /// <summary>Reads what is stored, at a start and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = await context.Handovers.AsNoTracking().ToDictionaryAsync(record => record.RoomId, PresenceComparers.RoomId, cancellationToken);
            foreach (var roomId in _byRoom.Keys.Where(roomId => !stored.ContainsKey(roomId)))
                _byRoom.TryRemove(roomId, out _);
            foreach (var record in stored.Values)
                _byRoom[record.RoomId] = new Handover(record.RoomId, record.Text, record.By, record.At);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>A room's note; null when there is none.</summary>
    /// <remarks><b>Cost.</b> One look-up.</remarks>
    public Handover? Of(string roomId) => _byRoom.TryGetValue(roomId, out var note) && database.Now() - note.At < Kept ? note : null;

    /// <summary>Leaves a note instead of the one before, or with null clears it.</summary>
    /// <param name="roomId">The room; it need not be known.</param>
    /// <param name="text">1 to <see cref="LongestText"/> characters; null for nothing.</param>
    /// <param name="by">Who leaves it.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Too short or too long. Nothing was changed.</exception>
    public async Task<Handover?> SetAsync(string roomId, string? text, Actor by, CancellationToken cancellationToken)
    {
        if (text is not null && (string.IsNullOrWhiteSpace(text) || text.Length > LongestText))
            throw new ArgumentException($"A hand-over note has 1 to {LongestText} characters.", nameof(text));
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (text is not null && !_byRoom.ContainsKey(roomId) && _byRoom.Count >= Most)
            {
                await PruneNeedsTurnAsync(database.Steady.Now(), cancellationToken);
                if (_byRoom.Count >= Most)
                    throw new StoreFullException(Most, $"The limit of {Most} rooms with a hand-over note is reached. Clear one first.");
            }
            var now = database.Now();
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var deleted = await context.DeleteAsync(context.Handovers.Where(record => record.RoomId == roomId), cancellationToken);
            if (text is null && deleted == 0)
                return null;
            if (text is not null)
                context.Add(new HandoverRecord { RoomId = roomId, Text = text, By = by.Name, At = now });
            await context.SaveChangesAsync(cancellationToken);
            // Not the text: it can be about viewers, and the row of the log would outlive their erasure.
            await context.RecordAsync(new AuditEntry(text is null ? AuditActs.HandoverCleared : AuditActs.HandoverLeft, by) { RoomId = roomId, New = text is null ? null : AuditEntry.Values(("characters", text.Length)) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (text is null)
            {
                _byRoom.TryRemove(roomId, out _);
                return null;
            }
            return _byRoom[roomId] = new Handover(roomId, text, by.Name, now);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets notes that are old, by a clock that is believed.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await PruneNeedsTurnAsync(database.LongAgo(), cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task PruneNeedsTurnAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var over in _byRoom.Values.Where(note => now - note.At >= Kept).ToList())
        {
            await using var context = database.CreateDbContext();
            await context.DeleteAsync(context.Handovers.Where(record => record.RoomId == over.RoomId), cancellationToken);
            _byRoom.TryRemove(over.RoomId, out _);
        }
    }
}

/// <summary>The hand-over note of one room.</summary>
internal sealed class HandoverRecord
{
    public required string RoomId { get; init; }
    public required string Text { get; init; }
    public required string By { get; init; }
    public DateTimeOffset At { get; init; }
}
