using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

/// <summary>Tokens revoked before they expire.</summary>
/// <remarks>
/// Bounded by a cap, beyond which no token is revoked: none is forgotten to make room for another, since what was revoked
/// stays so until it would have expired.
/// </remarks>
/// <param name="database">Where they are kept.</param>
/// <param name="most">How many there may be.</param>
public sealed class RevokedTokens(PresenceDatabase database, int most = RevokedTokens.DefaultMost)
{
    /// <summary>How many there may be unless said otherwise: some 150 MB.</summary>
    public const int DefaultMost = 1_000_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiry = new(StringComparer.Ordinal);
    private int _count;
    private int _version;

    /// <summary>Rises with every revocation: a cache of valid tokens compares it instead of asking for each token.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether a token is revoked.</summary>
    /// <remarks><b>Cost.</b> One look-up in memory, without a lock.</remarks>
    public bool Contains(string tokenId) => _expiry.ContainsKey(tokenId);

    /// <summary>Reads what is stored, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives. What is revoked stays so.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await foreach (var token in context.RevokedTokens.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (_expiry.TryAdd(token.TokenId, token.ExpiresAt))
                Interlocked.Increment(ref _count);
        }
        Interlocked.Increment(ref _version);
    }

    /// <summary>Takes a token back; again is harmless. Stored when it returns.</summary>
    /// <param name="tokenId">The token's own id.</param>
    /// <param name="expiresAt">When the token expires by itself and need not be remembered any longer.</param>
    /// <param name="cancellationToken">Gives up; the token may still be valid then.</param>
    /// <exception cref="StoreFullException">As many are revoked as may be. The token is still valid.</exception>
    public async Task RevokeAsync(string tokenId, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (_expiry.ContainsKey(tokenId))
            return;
        if (Volatile.Read(ref _count) >= most)
            throw new StoreFullException(most, $"The limit of {most} revoked tokens is reached. A place becomes free when a revoked token would have expired. This token is still valid.");

        await using var context = database.CreateDbContext();
        await context.ExecuteAsync(
            $"INSERT INTO \"RevokedTokens\" (\"TokenId\", \"ExpiresAt\") VALUES ({tokenId}, {expiresAt.ToUnixTimeMilliseconds()}) ON CONFLICT DO NOTHING",
            cancellationToken);
        if (_expiry.TryAdd(tokenId, expiresAt))
            Interlocked.Increment(ref _count);
        Interlocked.Increment(ref _version);
    }

    /// <summary>Forgets tokens that expired a day ago or earlier, by a clock that is believed.</summary>
    /// <remarks>A token is accepted a little past its expiry, and clocks are set back: forgetting late costs a row, early revives a token.</remarks>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var until = database.LongAgo();
        var expired = _expiry.Where(token => token.Value <= until).Select(token => token.Key).ToArray();
        if (expired.Length == 0)
            return;

        await database.DeleteInPiecesAsync<RevokedTokenRecord>($"\"ExpiresAt\" <= {until.ToUnixTimeMilliseconds()}", cancellationToken);
        foreach (var tokenId in expired)
        {
            if (_expiry.TryRemove(tokenId, out _))
                Interlocked.Decrement(ref _count);
        }
    }
}

/// <summary>A token revoked before it expired. The row is deleted when it would have expired.</summary>
internal sealed class RevokedTokenRecord
{
    public required string TokenId { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}
