using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;

namespace Presence.Engine.Storage;

/// <summary>Stores share links: hashes of their tokens, what they show of which room, when they were last used.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> links, <see cref="MostOfRoom"/> of one room. All are in memory: strangers ask with
/// made-up tokens, which must not reach the database.</para>
/// <para><b>Threads.</b> Any; changes follow one another, look-ups take no lock.</para>
/// </remarks>
public sealed class ShareLinkStore(PresenceDatabase database) : IDisposable
{
    public const int Most = 1_000;
    public const int MostOfRoom = 10;

    /// <summary>32 digits of 62 kinds: 190 bits.</summary>
    public const int TokenLength = 32;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, ShareLink> _byHash = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    /// <summary>Reads what is stored, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = await context.ShareLinks.AsNoTracking().ToDictionaryAsync(record => record.Id, StringComparer.Ordinal, cancellationToken);
            foreach (var (id, hash) in _hashes.Where(link => !stored.ContainsKey(link.Key)))
            {
                _hashes.TryRemove(id, out _);
                _used.TryRemove(id, out _);
                _byHash.TryRemove(hash, out _);
            }
            foreach (var record in stored.Values)
            {
                if (FindById(record.Id) != ToLink(record)) // one that is the same keeps what was read for it
                    Keep(Convert.ToHexString(record.Hash), ToLink(record));
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The link of a token. Null if unknown or revoked.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory. By the hash of what was presented, so that its time tells nothing of any token.</remarks>
    public ShareLink? Find(ReadOnlySpan<char> token)
    {
        if (token.Length != TokenLength || !Ascii.IsValid(token))
            return null;
        return _byHash.GetValueOrDefault(HashOf(token));
    }

    /// <summary>One link; null when there is none.</summary>
    /// <remarks><b>Cost.</b> Two look-ups in memory.</remarks>
    public ShareLink? FindById(string id) => _hashes.TryGetValue(id, out var hash) ? _byHash.GetValueOrDefault(hash) : null;

    /// <summary>Whether a link was not revoked.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory.</remarks>
    public bool IsInForce(string id) => _hashes.ContainsKey(id);

    /// <summary>All links, the newest first.</summary>
    public IReadOnlyList<ShareLink> List() =>
        [.. _byHash.Values.Select(link => _used.TryGetValue(link.Id, out var usedAt) ? link with { LastUsedAt = usedAt } : link).OrderByDescending(link => link.CreatedAt).ThenBy(link => link.Id, StringComparer.Ordinal)];

    /// <summary>Makes a link. Stored, and in force, when it returns.</summary>
    /// <param name="roomId">The room, already validated; it need not exist yet.</param>
    /// <param name="kind">What it leads to.</param>
    /// <param name="showsNames">Whether it also shows names, or faces, of viewers.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <param name="broadcastId">Of <see cref="ShareLinkKind.Broadcast"/>: which.</param>
    /// <returns>The link, and its token, which is kept nowhere.</returns>
    /// <exception cref="StoreFullException">A cap is reached. Nothing was changed.</exception>
    public async Task<IssuedShareLink> MakeAsync(string roomId, ShareLinkKind kind, bool showsNames, Actor by, CancellationToken cancellationToken, long? broadcastId = null)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_byHash.Values.Count(link => PresenceComparers.RoomId.Equals(link.RoomId, roomId)) >= MostOfRoom)
                throw new StoreFullException(MostOfRoom, $"The limit of {MostOfRoom} share links for one room is reached. Revoke one first.");
            if (_byHash.Count >= Most)
                throw new StoreFullException(Most, $"The limit of {Most} share links is reached. Revoke one first.");

            var token = RandomNumberGenerator.GetString(Digits, TokenLength);
            var hash = HashOf(token);
            var record = new ShareLinkRecord
            {
                Id = "link_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                Hash = Convert.FromHexString(hash),
                RoomId = roomId,
                Kind = kind,
                ShowsNames = showsNames,
                BroadcastId = broadcastId,
                CreatedAt = database.Now(),
                CreatedBy = by.Name,
            };
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.ShareLinkCreated, by) { RoomId = roomId, Object = record.Id, New = AuditEntry.Values(("kind", kind), ("showsNames", showsNames), ("broadcastId", broadcastId)) }, record.CreatedAt, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new IssuedShareLink(Keep(hash, ToLink(record)), token);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Revokes a link: it leads nowhere from now on. Null when there is no such link.</summary>
    public async Task<ShareLink?> RevokeAsync(string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (!_hashes.TryGetValue(id, out var hash))
                return null;
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.DeleteAsync(context.ShareLinks.Where(l => l.Id == id), cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.ShareLinkRevoked, by) { RoomId = _byHash.GetValueOrDefault(hash)?.RoomId, Object = id }, database.Now(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            _hashes.TryRemove(id, out _);
            _used.TryRemove(id, out _);
            return _byHash.TryRemove(hash, out var link) ? link : null;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Notes that a link is being used; stored by the next <see cref="FlushAsync"/>.</summary>
    public void Touch(string id)
    {
        if (IsInForce(id))
            _used[id] = database.Now();
    }

    /// <summary>Stores when links were last used, all in one transaction.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var used = _used.ToArray();
            if (used.Length == 0)
                return;
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            foreach (var (id, at) in used)
                await context.UpdateAsync(context.ShareLinks.Where(l => l.Id == id), l => l.SetProperty(r => r.LastUsedAt, at), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            foreach (var pair in used)
            {
                if (_hashes.TryGetValue(pair.Key, out var hash) && _byHash.TryGetValue(hash, out var link))
                    _byHash[hash] = link with { LastUsedAt = pair.Value };
                _used.TryRemove(pair); // kept if the link was used again since
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private ShareLink Keep(string hash, ShareLink link)
    {
        _byHash[hash] = link;
        _hashes[link.Id] = hash;
        return link;
    }

    private static string HashOf(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[TokenLength];
        return Convert.ToHexString(SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(token, bytes)]));
    }

    private static ShareLink ToLink(ShareLinkRecord record) =>
        new(record.Id, record.RoomId, record.Kind, record.ShowsNames, record.CreatedAt, record.CreatedBy, record.LastUsedAt) { BroadcastId = record.BroadcastId };
}

/// <summary>What a share link leads to. Stored by its number.</summary>
public enum ShareLinkKind
{
    /// <summary>A number on a transparent page, for a stream's picture.</summary>
    Overlay = 0,

    /// <summary>A room's live page, to read alone.</summary>
    Page = 1,

    /// <summary>One broadcast's page, to read alone and without names.</summary>
    Broadcast = 2,
}

/// <summary>A share link: everything about it but the token. No row: revoked, or never made.</summary>
internal sealed class ShareLinkRecord
{
    public required string Id { get; init; }

    /// <summary>SHA-256 of the token, which is random enough to need nothing slower.</summary>
    public required byte[] Hash { get; init; }

    public required string RoomId { get; init; }
    public ShareLinkKind Kind { get; init; }
    public bool ShowsNames { get; init; }

    /// <summary>Of <see cref="ShareLinkKind.Broadcast"/>; a link stays when its broadcast is deleted, and leads nowhere then.</summary>
    public long? BroadcastId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>Shows one room to anyone who has its token, without an account, until it is revoked.</summary>
/// <param name="Id">Names the link; not a secret.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Kind">What it leads to.</param>
/// <param name="ShowsNames">Whether it also shows names, or faces, of viewers.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: a moderator's email.</param>
/// <param name="LastUsedAt">When it was last open, to the minute; null for never.</param>
public sealed record ShareLink(string Id, string RoomId, ShareLinkKind Kind, bool ShowsNames, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? LastUsedAt)
{
    /// <summary>Which broadcast, of <see cref="ShareLinkKind.Broadcast"/>.</summary>
    public long? BroadcastId { get; init; }
}

/// <summary>A link that was just made.</summary>
/// <param name="Link">The link.</param>
/// <param name="Token">What its address holds; not stored, so it can't be shown again.</param>
public sealed record IssuedShareLink(ShareLink Link, string Token);
