namespace Presence.Dashboard.Hosting.Metrics;

/// <summary>One number, or one histogram, with its labels.</summary>
/// <param name="labels">As they are written, <c>reason="left"</c>; empty for none.</param>
/// <param name="bounds">The upper bounds of a histogram's buckets, without the last, infinite one; empty for a number.</param>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly long[] _buckets = bounds.Length == 0 ? [] : new long[bounds.Length + 1];
    private double _value;
    private int _isMeasured;

    public string Labels => labels;

    public bool IsMeasured => Volatile.Read(ref _isMeasured) != 0;

    /// <summary>The number; of a histogram the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>How many values lie in each bucket, the infinite one last; not yet added up.</summary>
    public IEnumerable<long> Buckets => Enumerable.Range(0, _buckets.Length).Select(index => Volatile.Read(ref _buckets[index]));

    public void Set(double value)
    {
        Volatile.Write(ref _value, value);
        Volatile.Write(ref _isMeasured, 1);
    }

    public void Add(double value)
    {
        double seen;
        do
            seen = Volatile.Read(ref _value);
        while (Interlocked.CompareExchange(ref _value, seen + value, seen) != seen);
        Volatile.Write(ref _isMeasured, 1);
    }

    public void Observe(double value)
    {
        var index = Array.FindIndex(bounds, bound => value <= bound);
        Interlocked.Increment(ref _buckets[index < 0 ? bounds.Length : index]);
        Add(value);
    }
}
