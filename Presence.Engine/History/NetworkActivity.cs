namespace Presence.Engine.History;

/// <summary>How the network moves at the moment.</summary>
/// <param name="HeartbeatsPerSecond">Accepted heartbeats, averaged over the last ten seconds.</param>
/// <param name="Joins">Viewers who came to a room in the last minute.</param>
/// <param name="Leaves">Viewers who left one in the last minute.</param>
/// <param name="LatestChange">How the count of distinct viewers moved over the last ten seconds.</param>
/// <param name="RecentChange">How it moved over the last five minutes, or since it was first recorded within them.</param>
public readonly record struct NetworkActivity(double HeartbeatsPerSecond, int Joins, int Leaves, int LatestChange, int RecentChange)
{
    /// <summary>How it moved over the last minute, or since it was first recorded.</summary>
    public int MinuteChange { get; init; }
}

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
