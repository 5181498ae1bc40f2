namespace Presence.Dashboard.Simulation;

/// <summary>Counts durations in steps of 2 %, from 10 us to minutes. Threads: any. Memory: fixed.</summary>
internal sealed class LatencyHistogram
{
    private const double Shortest = 10e-6;
    private const double Step = 1.02;

    private readonly long[] _buckets = new long[900];
    private long _longest;

    public long Count => _buckets.Sum();

    public TimeSpan Longest => TimeSpan.FromTicks(Volatile.Read(ref _longest));

    public void Record(TimeSpan duration)
    {
        var bucket = (int)Math.Ceiling(Math.Log(Math.Max(duration.TotalSeconds, Shortest) / Shortest, Step));
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
        for (var longest = Volatile.Read(ref _longest); duration.Ticks > longest;)
            longest = Interlocked.CompareExchange(ref _longest, duration.Ticks, longest);
    }

    /// <summary>What that share of the durations did not exceed, at most 2 % too high; zero when nothing was recorded.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Ceiling(Count * share);
        var seen = 0L;
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += Volatile.Read(ref _buckets[bucket]);
            if (seen >= rank && seen > 0)
                return TimeSpan.FromSeconds(Math.Min(Shortest * Math.Pow(Step, bucket), Longest.TotalSeconds));
        }
        return TimeSpan.Zero;
    }
}
