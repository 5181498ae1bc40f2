using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Presence.Dashboard.Authentication;

/// <summary>Limits how fast each of many callers may do something.</summary>
/// <remarks>
/// Bounded: callers live in two generations, of which the older is dropped once its buckets are full again anyway, or
/// when the younger has reached its cap; in that case alone may a caller begin a new burst early.
/// </remarks>
internal class KeyedPace<TKey>(PaceLimit limit, TimeProvider time)
    where TKey : notnull
{
    public const int GenerationCap = 100_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<TKey, StrongBox<long>> _current = new();
    private volatile ConcurrentDictionary<TKey, StrongBox<long>> _previous = new();
    private long _turnedAt = time.GetTimestamp();
    private int _count;

    /// <summary>How many callers are held, about: both generations together, and no more than two caps.</summary>
    public int Count => _current.Count + _previous.Count;

    /// <inheritdoc cref="PaceLimit.TryTake(ref long, int, out TimeSpan)"/>
    public bool TryTake(TKey key, int cost, out TimeSpan wait)
    {
        TurnWhenDue();
        return limit.TryTake(ref BucketOf(key).Value, cost, out wait);
    }

    /// <inheritdoc cref="PaceLimit.GiveBack"/>
    public void GiveBack(TKey key)
    {
        if (_current.TryGetValue(key, out var bucket) || _previous.TryGetValue(key, out bucket))
            limit.GiveBack(ref bucket.Value);
    }

    private StrongBox<long> BucketOf(TKey key)
    {
        if (_current.TryGetValue(key, out var bucket))
            return bucket;
        bucket = _previous.TryGetValue(key, out var kept) ? kept : new StrongBox<long>();
        if (!_current.TryAdd(key, bucket))
            return _current.GetOrAdd(key, bucket); // another request of the same caller was faster
        Interlocked.Increment(ref _count);
        return bucket;
    }

    private void TurnWhenDue()
    {
        if (!IsDue())
            return;
        lock (_turning)
        {
            if (!IsDue())
                return;
            _previous = _current;
            _current = new();
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
    }

    // The dictionary's own count takes all its locks.
    private bool IsDue() => Volatile.Read(ref _count) >= GenerationCap || time.GetElapsedTime(Volatile.Read(ref _turnedAt)) >= limit.Drain;
}
