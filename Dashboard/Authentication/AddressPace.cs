using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;

namespace Presence.Dashboard.Authentication;

/// <summary>Limits how fast one address may do something.</summary>
/// <remarks>
/// Bounded: addresses live in two generations, of which the older is dropped once its buckets are full again anyway, or
/// when the younger has reached its cap; in that case alone may an address begin a new burst early.
/// </remarks>
internal sealed class AddressPace(PaceLimit limit, TimeProvider time)
{
    public const int GenerationCap = 100_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<AddressKey, StrongBox<long>> _current = new();
    private volatile ConcurrentDictionary<AddressKey, StrongBox<long>> _previous = new();
    private long _turnedAt = time.GetTimestamp();
    private int _count;

    /// <summary>How many addresses are held, about: both generations together, and no more than two caps.</summary>
    public int Count => _current.Count + _previous.Count;

    /// <inheritdoc cref="PaceLimit.TryTake"/>
    public bool TryTake(IPAddress? address, out TimeSpan wait)
    {
        TurnWhenDue();
        var key = AddressKey.Of(address);
        return limit.TryTake(ref BucketOf(key).Value, out wait);
    }

    private StrongBox<long> BucketOf(AddressKey key)
    {
        if (_current.TryGetValue(key, out var bucket))
            return bucket;
        bucket = _previous.TryGetValue(key, out var kept) ? kept : new StrongBox<long>();
        if (!_current.TryAdd(key, bucket))
            return _current.GetOrAdd(key, bucket); // somebody else of the same address was faster
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
