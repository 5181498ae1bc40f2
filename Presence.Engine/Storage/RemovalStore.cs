using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>Keeps bans, puts those in force that have not ended, and knows those that have.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Removals"/> in force. Past ones are kept as long as events (<see cref="History.HistorySettings.EventDays"/>).</remarks>
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
            await foreach (var record in Open(context).AsAsyncEnumerable().WithCancellation(cancellationToken))
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
    public Task<(RemovalEntry Entry, RemovalEntry? Replaced)> RemoveAsync(Removal removal, Actor by, CancellationToken cancellationToken) =>
        RemoveAsync(removal, by, null, cancellationToken);

    /// <summary>Keeps a viewer out from now on, instead of what was decided for the same place before, and ends its sessions there.</summary>
    /// <param name="removal">Already validated; ends in the future.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="known">The <see cref="RemovalEntry.Id"/> of the one in force that the decision was made on, 0 for none; null replaces any.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The removal as kept, and the one it took the place of, if there was one.</returns>
    /// <exception cref="RemovalConflictException">Another than the known one is in force. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    /// <remarks>
    /// <para><b>Threads.</b> Any; changes follow one another.</para>
    /// <para><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</para>
    /// </remarks>
    public async Task<(RemovalEntry Entry, RemovalEntry? Replaced)> RemoveAsync(Removal removal, Actor by, long? known, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var roomId = RoomOf(removal.RoomId);
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            if (known is not null && await InForceAsync(context, removal.UserId, roomId, cancellationToken) is { } current && current.Id != known)
                throw new RemovalConflictException(ToEntry(current));
            var now = database.Now();
            var before = await Open(context).FirstOrDefaultAsync(r => r.RoomId == roomId && r.UserId == removal.UserId, cancellationToken);
            if (before is not null)
                await EndAsync(context, before, now, by, isReplaced: true, cancellationToken);
            var record = new RemovalRecord { RoomId = roomId, UserId = removal.UserId, Until = removal.Until, Reason = removal.Reason, Devices = removal.Devices, By = by.Name, At = now };
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            if (before is null)
                await ThrowIfFullAsync(context, cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.BanCreated, by) { RoomId = removal.RoomId, UserId = removal.UserId, Old = before is null ? null : ValuesOf(before), New = ValuesOf(record), Reason = removal.Reason },
                record.At,
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            var entry = ToEntry(record);
            engine.Remove(entry.Removal);
            return (entry, before is null ? null : ToEntry(before));
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
            if (await Open(context).FirstOrDefaultAsync(r => r.RoomId == room && r.UserId == userId, cancellationToken) is { } record)
            {
                var now = database.Now();
                await EndAsync(context, record, now, by, isReplaced: false, cancellationToken);
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
        var removals = Open(context).Where(r => r.RoomId == room && r.Until > now);
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

    /// <summary>Bans of every place, in force and past; the latest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<RemovalEntry>> ListAsync(BanQuery query, int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await Select(context, query).OrderByDescending(r => r.Id).Take(take).ToListAsync(cancellationToken);
        return records.ConvertAll(ToEntry);
    }

    /// <summary>How many bans are in force now: of all places, and from the network.</summary>
    public async Task<(int All, int Network)> CountAsync(CancellationToken cancellationToken, RoomSet? within = null)
    {
        await using var context = database.CreateDbContext();
        var inForce = Select(context, new BanQuery { State = BanState.InForce, Within = within });
        return (await inForce.CountAsync(cancellationToken), await inForce.CountAsync(r => r.RoomId == RemovalRecord.Network, cancellationToken));
    }

    /// <summary>Bans of any number in constant memory, the oldest first.</summary>
    public async IAsyncEnumerable<RemovalEntry> ReadAsync(BanQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await foreach (var record in Select(context, query).OrderBy(r => r.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
            yield return ToEntry(record);
    }

    /// <summary>Puts removals that ended a day ago or earlier, by a clock that is believed, to the past for good.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var until = _steady.LongAgo();
        await using var context = database.CreateDbContext();
        if (await Open(context).AnyAsync(r => r.Until <= until, cancellationToken))
            await CloseAsync(context, until, cancellationToken);
        engine.ForgetRemovals(until);
    }

    /// <summary>Erases who was banned: past bans go, and one in force is deleted when it ends.</summary>
    internal static async Task EraseAsync(PresenceContext context, string userId, CancellationToken cancellationToken)
    {
        await context.DeleteAsync(context.Removals.Where(r => r.UserId == userId && r.EndedAt != null), cancellationToken);
        await context.UpdateAsync(context.Removals.Where(r => r.UserId == userId), set => set.SetProperty(r => r.IsErasedAtEnd, true), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Those that have ended make way first; in the engine they do as well, so that what fits here fits there.</summary>
    private async Task ThrowIfFullAsync(PresenceContext context, CancellationToken cancellationToken)
    {
        var most = engine.Limits.Removals;
        if (await Open(context).CountAsync(cancellationToken) <= most)
            return;
        await CloseAsync(context, _steady.Now(), cancellationToken);
        if (await Open(context).CountAsync(cancellationToken) > most)
            throw new StoreFullException(most, $"The limit of {most} bans is reached. Lift one first.");
    }

    private Task<RemovalRecord?> InForceAsync(PresenceContext context, string userId, string room, CancellationToken cancellationToken)
    {
        var now = database.Now();
        return Open(context).FirstOrDefaultAsync(r => r.RoomId == room && r.UserId == userId && r.Until > now, cancellationToken);
    }

    /// <summary>Those that were neither lifted nor replaced. What ended by its instant stays among them for a day: the wall clock may be wrong.</summary>
    private static IQueryable<RemovalRecord> Open(PresenceContext context) => context.Removals.AsNoTracking().Where(r => r.EndedAt == null);

    private IQueryable<RemovalRecord> Select(PresenceContext context, BanQuery query)
    {
        var now = database.Now();
        var rows = context.Removals.AsNoTracking();
        rows = query.State switch
        {
            BanState.InForce => rows.Where(r => r.EndedAt == null && r.Until > now),
            BanState.Past => rows.Where(r => r.EndedAt != null || r.Until <= now),
            _ => rows,
        };
        if (query.Before is { } before)
            rows = rows.Where(r => r.Id < before);
        if (query.IsNetworkAlone)
            rows = rows.Where(r => r.RoomId == RemovalRecord.Network);
        if (query.IsRoomsAlone)
            rows = rows.Where(r => r.RoomId != RemovalRecord.Network);
        if (query.RoomId is { } roomId)
            rows = rows.Where(r => r.RoomId == roomId);
        if (query.Within is { } rooms)
        {
            var (ids, prefixes) = (rooms.Ids, rooms.Prefixes);
#pragma warning disable CA1310 // SQL, which compares bytes
#pragma warning disable CA1310 // runs in the database, by code point
            rows = rows.Where(r => r.RoomId != RemovalRecord.Network && (ids.Contains(r.RoomId) || prefixes.Any(prefix => r.RoomId.StartsWith(prefix))));
#pragma warning restore CA1310
#pragma warning restore CA1310
        }
        if (query.UserId is { } userId)
            rows = rows.Where(r => r.UserId == userId);
        if (query.By is { } by)
            rows = rows.Where(r => r.By == by);
        if (query.Text is { } text)
        {
            var pattern = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            rows = rows.Where(r => EF.Functions.Like(r.UserId, pattern, "\\") || EF.Functions.Like(r.Reason!, pattern, "\\") || EF.Functions.Like(r.By, pattern, "\\") || EF.Functions.Like(r.RoomId, pattern, "\\")
                || context.Users.Any(user => user.UserId == r.UserId && EF.Functions.Like(user.DisplayName!, pattern, "\\")));
        }
        return rows;
    }

    /// <summary>Ends one before its time; nothing of it stays when its person was erased.</summary>
    private static Task<int> EndAsync(PresenceContext context, RemovalRecord record, DateTimeOffset now, Actor by, bool isReplaced, CancellationToken cancellationToken)
    {
        var row = context.Removals.Where(r => r.Id == record.Id);
        if (record.IsErasedAtEnd)
            return context.DeleteAsync(row, cancellationToken);
        var isOver = record.Until <= now;
        var (endedAt, lifter) = isOver ? (record.Until, null) : (now, by.Name);
        return context.UpdateAsync(
            row, set => set.SetProperty(r => r.EndedAt, endedAt).SetProperty(r => r.LiftedBy, lifter).SetProperty(r => r.IsReplaced, isReplaced && !isOver), cancellationToken);
    }

    /// <summary>Closes those whose instant has passed.</summary>
    private static async Task CloseAsync(PresenceContext context, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await context.DeleteAsync(context.Removals.Where(r => r.EndedAt == null && r.Until <= until && r.IsErasedAtEnd), cancellationToken);
        await context.UpdateAsync(context.Removals.Where(r => r.EndedAt == null && r.Until <= until), set => set.SetProperty(r => r.EndedAt, r => (DateTimeOffset?)r.Until), cancellationToken);
    }

    private static string ValuesOf(RemovalRecord record) =>
        AuditEntry.Values(("until", record.Until), ("reason", record.Reason), ("by", record.By), ("devices", record.Devices?.Split(' ').Length));

    /// <summary>Until when a ban holds that the audit log keeps.</summary>
    internal static DateTimeOffset UntilOf(string values)
    {
        using var document = JsonDocument.Parse(values);
        return document.RootElement.GetProperty("until").GetDateTimeOffset();
    }

    private static string RoomOf(string? roomId) => roomId ?? RemovalRecord.Network;

    private static RemovalEntry ToEntry(RemovalRecord record) => new(
        record.Id,
        new Removal(record.UserId, record.RoomId.Length == 0 ? null : record.RoomId, record.Until, record.Reason) { Devices = record.Devices },
        record.By,
        record.At)
    { EndedAt = record.EndedAt, LiftedBy = record.LiftedBy, IsReplaced = record.IsReplaced };
}

/// <summary>A viewer's ban from a room, or from the network if the room id is empty. The id increases with every ban. A new ban ends the earlier one.</summary>
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

    /// <summary>Keyed hashes of devices, see <see cref="Removal.Devices"/>.</summary>
    public string? Devices { get; init; }

    /// <summary>When it was lifted or replaced, or its end once that is believed; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who lifted or replaced it; null when it ended by its instant.</summary>
    public string? LiftedBy { get; init; }

    public bool IsReplaced { get; init; }

    /// <summary>The person was erased, and the ban was to stay in force.</summary>
    public bool IsErasedAtEnd { get; init; }
}

/// <summary>A removal as it is kept.</summary>
/// <param name="Id">Rises with every removal.</param>
/// <param name="Removal">Who, where, until when, why.</param>
/// <param name="By">Who decided it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record RemovalEntry(long Id, Removal Removal, string By, DateTimeOffset At)
{
    /// <summary>When it ended; null while it is in force, and for up to a day after <see cref="Removal.Until"/>.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who lifted it, or set the one that replaced it; null when it was neither.</summary>
    public string? LiftedBy { get; init; }

    /// <summary>Whether a later ban took its place.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether it keeps the viewer out.</summary>
    public bool IsInForce(DateTimeOffset now) => EndedAt is null && Removal.Until > now;
}

/// <summary>Which bans.</summary>
public sealed record BanQuery
{
    public BanState State { get; init; }

    /// <summary>From this room.</summary>
    public string? RoomId { get; init; }

    /// <summary>From a room of this set; null for every room and the network.</summary>
    public RoomSet? Within { get; init; }

    /// <summary>From the network, not from a room.</summary>
    public bool IsNetworkAlone { get; init; }

    /// <summary>From a room, not from the network.</summary>
    public bool IsRoomsAlone { get; init; }

    public string? UserId { get; init; }

    /// <summary>By the name of who decided it.</summary>
    public string? By { get; init; }

    /// <summary>With this text in the user's id or name, the room, the reason, or who decided it. Case of ASCII letters does not count.</summary>
    public string? Text { get; init; }

    /// <summary>Those with a lower number; null starts at the latest.</summary>
    public long? Before { get; init; }
}

/// <summary>Whether a ban keeps its viewer out.</summary>
public enum BanState
{
    All,
    InForce,
    Past,
}

/// <summary>The viewer has been banned from the same place since this decision was made. Nothing was changed.</summary>
public sealed class RemovalConflictException : Exception
{
    public RemovalConflictException(RemovalEntry current)
        : base($"{current.By} banned the viewer in the meantime.") => Current = current;

    /// <summary>What is in force.</summary>
    public RemovalEntry Current { get; }
}
