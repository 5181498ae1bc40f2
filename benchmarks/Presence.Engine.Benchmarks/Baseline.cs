using System.Diagnostics;

namespace Presence.Engine.Benchmarks;

/// <summary>W: one look-up and one write in a pre-filled Dictionary with the default comparer, over the same keys in the same order.</summary>
internal sealed class Baseline
{
    private readonly Names _names;
    private readonly Dictionary<string, long> _values;

    public Baseline(Names names)
    {
        _names = names;
        _values = new Dictionary<string, long>(names.Users.Length);
        foreach (var user in names.Users)
            _values[user] = 0;
    }

    /// <summary>Nanoseconds of one W, over all keys.</summary>
    public double Measure()
    {
        var since = Stopwatch.GetTimestamp();
        foreach (var place in _names.Order)
        {
            var user = _names.Users[place];
            if (_values.TryGetValue(user, out var value))
                _values[user] = value + 1;
        }
        return Stopwatch.GetElapsedTime(since).TotalNanoseconds / _names.Order.Length;
    }
}
