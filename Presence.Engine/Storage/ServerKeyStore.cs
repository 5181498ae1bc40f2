using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;

namespace Presence.Engine.Storage;

/// <summary>The server keys made here: hashes of their secrets, what they may do, when they were last used.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> keys that are not revoked, and as many revoked ones, the latest, to look back at. All are in memory.</para>
/// <para><b>Threads.</b> Any; changes follow one another, look-ups take no lock.</para>
/// </remarks>
public sealed class ServerKeyStore(PresenceDatabase database) : IDisposable
{
    public const int Most = 100;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, ServerKey> _byHash = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);
    private int _version;

    /// <summary>Increases with every created or revoked key. Caches of look-ups compare it.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Reads what is stored, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = await context.ServerKeys.AsNoTracking().ToDictionaryAsync(record => Convert.ToHexString(record.Hash), StringComparer.Ordinal, cancellationToken);
            foreach (var (hash, record) in stored)
                _byHash[hash] = ToKey(record);
            foreach (var hash in _byHash.Keys.Where(hash => !stored.ContainsKey(hash)))
                _byHash.TryRemove(hash, out _);
            Interlocked.Increment(ref _version);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The key with this hash, revoked and expired ones included; null when there is none.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory. By the hash of what was presented, so that its time tells nothing of any secret.</remarks>
    public ServerKey? Find(ReadOnlySpan<byte> hash) => _byHash.GetValueOrDefault(Convert.ToHexString(hash));

    /// <summary>One key; null when there is none.</summary>
    public ServerKey? FindById(string id) => _byHash.Values.FirstOrDefault(key => key.Id == id);

    /// <summary>All keys, the newest first.</summary>
    public IReadOnlyList<ServerKey> List() =>
        [.. _byHash.Values.Select(key => _used.TryGetValue(key.Id, out var usedAt) ? key with { LastUsedAt = usedAt } : key).OrderByDescending(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal)];

    /// <summary>Keeps a new key. Stored when it returns.</summary>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<ServerKey> CreateAsync(NewServerKey key, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_byHash.Values.Count(kept => kept.RevokedAt is null) >= Most)
                throw new StoreFullException(Most, $"The limit of {Most} server keys is reached. Revoke one first.");
            var record = new ServerKeyRecord
            {
                Id = "key_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                Name = key.Name,
                Hash = key.Hash,
                Prefix = key.Prefix,
                Scopes = string.Join(' ', key.Scopes),
                CreatedAt = database.Now(),
                CreatedBy = key.By.Name,
                ExpiresAt = key.ExpiresAt,
            };
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.ServerKeyCreated, key.By) { Object = $"{record.Id} {record.Name}", New = AuditEntry.Values(("scopes", record.Scopes), ("expiresAt", record.ExpiresAt)) }, record.CreatedAt, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            var made = ToKey(record);
            _byHash[Convert.ToHexString(key.Hash)] = made;
            Interlocked.Increment(ref _version);
            return made;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Makes a key useless from now on; again is harmless. Stored when it returns.</summary>
    /// <returns>The key as revoked; null when there is no such key.</returns>
    public async Task<ServerKey?> RevokeAsync(string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_byHash.FirstOrDefault(pair => pair.Value.Id == id) is not { Value: { } key } kept)
                return null;
            if (key.RevokedAt is not null)
                return key;

            var revoked = key with { RevokedAt = database.Now(), RevokedBy = by.Name };
            var forgotten = _byHash.Where(pair => pair.Value.RevokedAt is not null).OrderByDescending(pair => pair.Value.RevokedAt).Skip(Most - 1).ToArray();
            string[] forgottenIds = [.. forgotten.Select(pair => pair.Value.Id)];
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.UpdateAsync(context.ServerKeys.Where(k => k.Id == id), k => k.SetProperty(r => r.RevokedAt, revoked.RevokedAt).SetProperty(r => r.RevokedBy, by.Name), cancellationToken);
            await context.DeleteAsync(context.ServerKeys.Where(k => forgottenIds.Contains(k.Id)), cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.ServerKeyRevoked, by) { Object = $"{id} {key.Name}" }, revoked.RevokedAt.Value, cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            _byHash[kept.Key] = revoked;
            foreach (var pair in forgotten)
                _byHash.TryRemove(pair);
            Interlocked.Increment(ref _version);
            return revoked;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Notes that a key was used; stored by the next <see cref="FlushAsync"/>.</summary>
    /// <remarks><b>Cost.</b> One look-up; a write in memory at most once a second and key.</remarks>
    public void Touch(string id)
    {
        var now = database.Now();
        if (!_used.TryGetValue(id, out var before) || now - before >= TimeSpan.FromSeconds(1))
            _used[id] = now;
    }

    /// <summary>Stores when keys were last used, all in one transaction.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var used = _used.ToArray();
        if (used.Length == 0)
            return;

        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        foreach (var (id, at) in used)
            await context.UpdateAsync(context.ServerKeys.Where(k => k.Id == id), k => k.SetProperty(r => r.LastUsedAt, at), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await NoteStoredAsync(used, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task NoteStoredAsync(KeyValuePair<string, DateTimeOffset>[] used, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            foreach (var (hash, key) in _byHash)
            {
                if (Array.Find(used, pair => pair.Key == key.Id) is { Key: not null } stored)
                    _byHash[hash] = key with { LastUsedAt = stored.Value };
            }
            foreach (var pair in used)
                _used.TryRemove(pair); // kept if the key was used again since
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static ServerKey ToKey(ServerKeyRecord record) => new(
        record.Id,
        record.Name,
        record.Prefix,
        record.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        record.CreatedAt,
        record.CreatedBy,
        record.ExpiresAt,
        record.LastUsedAt,
        record.RevokedAt,
        record.RevokedBy);
}

/// <summary>A server key: everything about it but the secret.</summary>
internal sealed class ServerKeyRecord
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, which is random enough to need nothing slower.</summary>
    public required byte[] Hash { get; init; }

    public required string Prefix { get; init; }

    /// <summary>Separated by spaces.</summary>
    public required string Scopes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevokedBy { get; set; }
}

/// <summary>A key of the customer's backend. Only its creator knows the secret.</summary>
/// <param name="Id">Names the key; not a secret.</param>
/// <param name="Name">The name from its creator. It signs the changes made with the key.</param>
/// <param name="Prefix">How the secret begins, to recognise it by.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or another key's name.</param>
/// <param name="ExpiresAt">When it ends by itself, exclusive; null for never.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null while it was not.</param>
/// <param name="RevokedBy">Who revoked it.</param>
public sealed record ServerKey(
    string Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy)
{
    /// <summary>Whether it opens anything at this instant.</summary>
    public bool IsUsableAt(DateTimeOffset at) => RevokedAt is null && !(ExpiresAt <= at);
}

/// <summary>A server key about to be made; already validated.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Hash">SHA-256 of the secret, 32 bytes.</param>
/// <param name="Prefix">How the secret begins.</param>
/// <param name="Scopes">Words without spaces.</param>
/// <param name="By">Who makes it.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
public sealed record NewServerKey(string Name, byte[] Hash, string Prefix, IReadOnlyList<string> Scopes, Actor By, DateTimeOffset? ExpiresAt);
