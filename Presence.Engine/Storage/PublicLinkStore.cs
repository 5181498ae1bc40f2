using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;

namespace Presence.Engine.Storage;

/// <summary>Stores the rooms' public links.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> rooms. All are in memory: a badge is asked for by strangers, who must not reach the database.</para>
/// <para><b>Threads.</b> Any; changes follow one another, look-ups take no lock.</para>
/// </remarks>
public sealed class PublicLinkStore(PresenceDatabase database) : IDisposable
{
    public const int Most = 10_000;

    /// <summary>24 digits of 62 kinds: 142 bits, as good as a secret, and still short enough to type.</summary>
    public const int CodeLength = 24;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, PublicLink> _byCode = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PublicLink> _byRoom = new(PresenceComparers.RoomId);

    /// <summary>Reads what is stored, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = await context.PublicLinks.AsNoTracking().ToDictionaryAsync(record => record.RoomId, PresenceComparers.RoomId, cancellationToken);
            foreach (var link in _byRoom.Values)
            {
                if (stored.GetValueOrDefault(link.RoomId)?.Code != link.Code)
                    _byCode.TryRemove(link.Code, out _);
                if (!stored.ContainsKey(link.RoomId))
                    _byRoom.TryRemove(link.RoomId, out _);
            }
            foreach (var record in stored.Values)
            {
                var link = new PublicLink(record.RoomId, record.Code, record.ShowsNames, record.CreatedAt, record.CreatedBy);
                if (FindOfRoom(link.RoomId) != link) // one that is the same keeps what was read for it
                    Keep(link);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The link with this code. Null if unknown or revoked.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory, whatever the code.</remarks>
    public PublicLink? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The link of a room; null when it has none.</summary>
    public PublicLink? FindOfRoom(string roomId) => _byRoom.GetValueOrDefault(roomId);

    /// <summary>Makes a new link for a room. The one before, if there was one, leads nowhere from then on.</summary>
    /// <param name="roomId">The room, already validated; it need not exist yet.</param>
    /// <param name="showsNames">Whether it also tells names.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    /// <remarks><b>Guarantee.</b> On the disk when it returns, and in force.</remarks>
    public async Task<PublicLink> MakeAsync(string roomId, bool showsNames, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            return await MakeInTurnAsync(roomId, showsNames, by, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Sets what a room's link shows, and creates it if needed. An existing link keeps its code.</summary>
    /// <inheritdoc cref="MakeAsync"/>
    public async Task<PublicLink> SetAsync(string roomId, bool showsNames, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (FindOfRoom(roomId) is not { } link)
                return await MakeInTurnAsync(roomId, showsNames, by, cancellationToken);
            if (link.ShowsNames == showsNames)
                return link;
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.UpdateAsync(context.PublicLinks.Where(l => l.RoomId == roomId), l => l.SetProperty(r => r.ShowsNames, showsNames), cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.PublicLinkChanged, by) { RoomId = roomId, Old = AuditEntry.Values(("showsNames", link.ShowsNames)), New = AuditEntry.Values(("showsNames", showsNames)) }, database.Now(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Keep(link with { ShowsNames = showsNames });
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Takes a room's link back; it leads nowhere from now on. False when there was none.</summary>
    public async Task<bool> RevokeAsync(string roomId, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (FindOfRoom(roomId) is not { } link)
                return false;
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.DeleteAsync(context.PublicLinks.Where(l => l.RoomId == roomId), cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.PublicLinkRevoked, by) { RoomId = roomId, Old = AuditEntry.Values(("showsNames", link.ShowsNames)) }, database.Now(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            _byCode.TryRemove(link.Code, out _);
            return _byRoom.TryRemove(roomId, out _);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<PublicLink> MakeInTurnAsync(string roomId, bool showsNames, Actor by, CancellationToken cancellationToken)
    {
        var before = FindOfRoom(roomId);
        if (before is null && _byRoom.Count >= Most)
            throw new StoreFullException(Most, $"The limit of {Most} public links is reached. Revoke one first.");

        var link = new PublicLink(roomId, RandomNumberGenerator.GetString(Digits, CodeLength), showsNames, database.Now(), by.Name);
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await context.DeleteAsync(context.PublicLinks.Where(l => l.RoomId == roomId), cancellationToken);
        context.Add(new PublicLinkRecord { RoomId = link.RoomId, Code = link.Code, ShowsNames = link.ShowsNames, CreatedAt = link.CreatedAt, CreatedBy = link.CreatedBy });
        await context.SaveChangesAsync(cancellationToken);
        await context.RecordAsync(
            new AuditEntry(AuditActs.PublicLinkCreated, by) { RoomId = roomId, Old = before is null ? null : AuditEntry.Values(("showsNames", before.ShowsNames)), New = AuditEntry.Values(("showsNames", showsNames)) }, link.CreatedAt, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        if (before is not null)
            _byCode.TryRemove(before.Code, out _);
        return Keep(link);
    }

    private PublicLink Keep(PublicLink link) => _byRoom[link.RoomId] = _byCode[link.Code] = link;
}

/// <summary>The public link of a room. At most one at a time. No row: the room has none.</summary>
internal sealed class PublicLinkRecord
{
    public required string RoomId { get; init; }
    public required string Code { get; init; }
    public bool ShowsNames { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

/// <summary>Shows anyone with the link the viewer count of one room, without signing in, until it is revoked.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Code">What the address holds; cannot be guessed and says nothing of the room.</param>
/// <param name="ShowsNames">Whether it also tells the names of some who watch.</param>
/// <param name="CreatedAt">Since when it is good.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or a server key's name.</param>
public sealed record PublicLink(string RoomId, string Code, bool ShowsNames, DateTimeOffset CreatedAt, string CreatedBy);
