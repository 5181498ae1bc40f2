using System.Collections.Concurrent;

namespace Presence.Engine;

/// <summary>What was said of some ids: read without a lock, and full at a cap that refuses new ids alone.</summary>
/// <remarks><b>Bound.</b> <paramref name="capacity"/> ids.</remarks>
internal sealed class BoundedMap<TValue>(int capacity, StringComparer comparer)
    where TValue : class
{
    private readonly ConcurrentDictionary<string, TValue> _values = new(comparer);
    private readonly Lock _lock = new();
    private int _count; // the dictionary's own count takes all its locks

    /// <summary>How many ids something was said of.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What was said last; null when nothing was.</summary>
    public TValue? this[string id] => _values.GetValueOrDefault(id);

    /// <summary>Everything said, as it is while one reads.</summary>
    public IEnumerable<KeyValuePair<string, TValue>> All => _values;

    /// <summary>Says something else of an id, or with null nothing any more; false, and nothing changed, when the map is full.</summary>
    public bool TrySet(string id, TValue? value)
    {
        lock (_lock)
        {
            if (value is null)
            {
                if (_values.TryRemove(id, out _))
                    _count--;
                return true;
            }
            if (!_values.ContainsKey(id))
            {
                if (_count == capacity)
                    return false;
                _count++;
            }
            _values[id] = value;
            return true;
        }
    }
}
