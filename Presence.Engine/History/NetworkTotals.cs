namespace Presence.Engine.History;

/// <summary>What a sweep found: viewers now, and counters since the engine was made.</summary>
internal readonly record struct NetworkTotals(int Viewers, long Joins, long Leaves, long Heartbeats)
{
    /// <summary>What was added since an earlier reading. Counters are summed up while they move, so one may seem to fall: then nothing was.</summary>
    public HistorySample Since(in NetworkTotals earlier, DateTimeOffset at) =>
        new(at, Viewers, Grown(Joins, earlier.Joins), Grown(Leaves, earlier.Leaves), Grown(Heartbeats, earlier.Heartbeats));

    /// <summary>These totals, no counter lower than in an earlier reading: what seemed lost must not be added twice.</summary>
    public NetworkTotals NoLowerThan(in NetworkTotals earlier) =>
        new(Viewers, Math.Max(Joins, earlier.Joins), Math.Max(Leaves, earlier.Leaves), Math.Max(Heartbeats, earlier.Heartbeats));

    private static int Grown(long now, long before) => (int)Math.Clamp(now - before, 0, int.MaxValue);
}
