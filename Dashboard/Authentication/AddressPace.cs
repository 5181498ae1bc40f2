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
    private const int GenerationCap = 100_000;

    private readonly Lock _turning = new();
    private ConcurrentDictionary<AddressKey, StrongBox<long>> _current = new();
    private ConcurrentDictionary<AddressKey, StrongBox<long>> _previous = new();
    private long _turnedAt = time.GetTimestamp();

    /// <inheritdoc cref="PaceLimit.TryTake"/>
    public bool TryTake(IPAddress? address, out TimeSpan wait)
    {
        TurnWhenDue();
        var key = AddressKey.Of(address);
        if (!_current.TryGetValue(key, out var bucket))
            bucket = _current.GetOrAdd(key, _previous.TryGetValue(key, out var kept) ? kept : new StrongBox<long>());
        return limit.TryTake(ref bucket.Value, out wait);
    }

    private void TurnWhenDue()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _turnedAt)) < limit.Drain && _current.Count < GenerationCap)
            return;
        lock (_turning)
        {
            if (time.GetElapsedTime(_turnedAt) < limit.Drain && _current.Count < GenerationCap)
                return;
            _previous = _current;
            _current = new();
            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
    }
}
