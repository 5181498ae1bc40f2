using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;

namespace Presence.Engine.Storage;

/// <summary>Keeps removals until they end and puts them in force.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Removals"/>.</remarks>
public sealed class RemovalStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SteadyClock _steady = engine.Steady = database.Steady;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>
    /// Reads the bans and puts them in force, before viewers are restored, and whenever they were changed elsewhere: the one place where such news
    /// arrives. Ended ones too: the wall clock may be wrong at startup.
    /// </summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var known = engine.Removals().ToHashSet();
            var stored = new HashSet<Removal>();
            await foreach (var record in context.Removals.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
                stored.Add(ToEntry(record).Removal);
            var places = stored.Select(removal => (removal.UserId, removal.RoomId)).ToHashSet();
            foreach (var lifted in known.Where(removal => !places.Contains((removal.UserId, removal.RoomId))))
                engine.Lift(lifted.UserId, lifted.RoomId);
            foreach (var removal in stored.Where(removal => !known.Contains(removal)))
                engine.Remove(removal);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Keeps a viewer out from now on, whatever is in force for the same place, and ends its sessions there.</summary>
    /// <inheritdoc cref="RemoveAsync(Removal, Actor, long?, CancellationToken)"/>
    public Task<(RemovalEntry Entry, bool Replaced)> RemoveAsync(Removal removal, Actor by, CancellationToken cancellationToken) =>
        RemoveAsync(removal, by, null, cancellationToken);

    /// <summary>Keeps a viewer out from now on, instead of what was decided for the same place before, and ends its sessions there.</summary>
    /// <param name="removal">Already validated; ends in the future.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="known">The <see cref="RemovalEntry.Id"/> of the one in force that the decision was made on, 0 for none; null replaces any.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The removal as kept, and whether it took the place of another.</returns>
    /// <exception cref="RemovalConflictException">Another than the known one is in force. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    /// <remarks>
    /// <para><b>Threads.</b> Any; changes follow one another.</para>
    /// <para><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</para>
    /// </remarks>
    public async Task<(RemovalEntry Entry, bool Replaced)> RemoveAsync(Removal removal, Actor by, long? known, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var roomId = RoomOf(removal.RoomId);
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            if (known is not null && await InForceAsync(context, removal.UserId, roomId, cancellationToken) is { } current && current.Id != known)
                throw new RemovalConflictException(ToEntry(current));
            var before = await context.Removals.AsNoTracking().FirstOrDefaultAsync(r => r.RoomId == roomId && r.UserId == removal.UserId, cancellationToken);
            var replaced = before is not null && await context.DeleteAsync(context.Removals.Where(r => r.Id == before.Id), cancellationToken) > 0;
            var record = new RemovalRecord { RoomId = roomId, UserId = removal.UserId, Until = removal.Until, Reason = removal.Reason, By = by.Name, At = database.Now() };
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            if (!replaced)
                await ThrowIfFullAsync(context, cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.BanCreated, by) { RoomId = removal.RoomId, UserId = removal.UserId, Old = before is null ? null : ValuesOf(before), New = ValuesOf(record), Reason = removal.Reason },
                record.At,
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            var entry = ToEntry(record);
            engine.Remove(entry.Removal);
            return (entry, replaced);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Lifts a viewer's ban. False if there was none.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="roomId">The room; null for the network.</param>
    /// <param name="by">Who lifts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> LiftAsync(string userId, string? roomId, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var room = RoomOf(roomId);
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            if (await context.Removals.AsNoTracking().FirstOrDefaultAsync(r => r.RoomId == room && r.UserId == userId, cancellationToken) is { } record)
            {
                var now = database.Now();
                await context.DeleteAsync(context.Removals.Where(r => r.Id == record.Id), cancellationToken);
                await context.RecordAsync(new AuditEntry(AuditActs.BanLifted, by) { RoomId = roomId, UserId = userId, Old = ValuesOf(record) }, now, cancellationToken);
            }
            await transaction.CommitAsync(cancellationToken);
            return engine.Lift(userId, roomId);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The removal of one viewer from a room, or with null from the network; null when there is none in force.</summary>
    public async Task<RemovalEntry?> FindAsync(string userId, string? roomId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var record = await InForceAsync(context, userId, RoomOf(roomId), cancellationToken);
        return record is null ? null : ToEntry(record);
    }

    /// <summary>The removals in force from a room, or with null from the network; the latest first.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="before">Continue behind this id; null starts at the latest.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<RemovalEntry>> ListAsync(string? roomId, long? before, int take, CancellationToken cancellationToken)
    {
        var room = RoomOf(roomId);
        var now = database.Now();
        await using var context = database.CreateDbContext();
        var removals = context.Removals.AsNoTracking().Where(r => r.RoomId == room && r.Until > now);
        if (before is not null)
            removals = removals.Where(r => r.Id < before);
        var records = await removals.OrderByDescending(r => r.Id).Take(take).ToListAsync(cancellationToken);
        return records.ConvertAll(ToEntry);
    }

    /// <summary>All that is kept of the bans of one user, also those that have ended; the latest first.</summary>
    public async Task<IReadOnlyList<RemovalEntry>> OfUserAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Removals.AsNoTracking().Where(r => r.UserId == userId).OrderByDescending(r => r.Id).ToListAsync(cancellationToken);
        return records.ConvertAll(ToEntry);
    }

    /// <summary>Forgets removals that ended a day ago or earlier, by a clock that is believed.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var until = _steady.LongAgo();
        await using var context = database.CreateDbContext();
        if (await context.Removals.AnyAsync(r => r.Until <= until, cancellationToken))
            await context.DeleteAsync(context.Removals.Where(r => r.Until <= until), cancellationToken);
        engine.ForgetRemovals(until);
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Those that have ended make way first; in the engine they do as well, so that what fits here fits there.</summary>
    private async Task ThrowIfFullAsync(PresenceContext context, CancellationToken cancellationToken)
    {
        var most = engine.Limits.Removals;
        if (await context.Removals.CountAsync(cancellationToken) <= most)
            return;
        var now = _steady.Now();
        await context.DeleteAsync(context.Removals.Where(r => r.Until <= now), cancellationToken);
        if (await context.Removals.CountAsync(cancellationToken) > most)
            throw new StoreFullException(most, $"The limit of {most} bans is reached. Lift one first.");
    }

    private Task<RemovalRecord?> InForceAsync(PresenceContext context, string userId, string room, CancellationToken cancellationToken)
    {
        var now = database.Now();
        return context.Removals.AsNoTracking().FirstOrDefaultAsync(r => r.RoomId == room && r.UserId == userId && r.Until > now, cancellationToken);
    }

    private static string ValuesOf(RemovalRecord record) => AuditEntry.Values(("until", record.Until), ("reason", record.Reason), ("by", record.By));

    /// <summary>Until when a ban holds that the audit log keeps.</summary>
    internal static DateTimeOffset UntilOf(string values)
    {
        using var document = JsonDocument.Parse(values);
        return document.RootElement.GetProperty("until").GetDateTimeOffset();
    }

    private static string RoomOf(string? roomId) => roomId ?? RemovalRecord.Network;

    private static RemovalEntry ToEntry(RemovalRecord record) => new(
        record.Id,
        new Removal(record.UserId, record.RoomId.Length == 0 ? null : record.RoomId, record.Until, record.Reason),
        record.By,
        record.At);
}

/// <summary>A viewer's ban from a room, or from the network if the room id is empty. The id increases with every ban. A new ban replaces the earlier one.</summary>
internal sealed class RemovalRecord
{
    /// <summary>The network's value. No room has it, because ids have at least one character.</summary>
    public const string Network = "";

    public long Id { get; init; }
    public required string RoomId { get; init; }
    public required string UserId { get; init; }
    public DateTimeOffset Until { get; init; }
    public string? Reason { get; init; }
    public required string By { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>A removal as it is kept.</summary>
/// <param name="Id">Rises with every removal.</param>
/// <param name="Removal">Who, where, until when, why.</param>
/// <param name="By">Who decided it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record RemovalEntry(long Id, Removal Removal, string By, DateTimeOffset At);

/// <summary>The viewer has been banned from the same place since this decision was made. Nothing was changed.</summary>
public sealed class RemovalConflictException : Exception
{
    public RemovalConflictException(RemovalEntry current)
        : base($"{current.By} banned the viewer in the meantime.") => Current = current;

    /// <summary>What is in force.</summary>
    public RemovalEntry Current { get; }
}
