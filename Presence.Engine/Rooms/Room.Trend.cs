namespace Presence.Engine.Rooms;

/// <content>The count over the last hour.</content>
internal sealed partial class Room
{
    /// <summary>How the viewer count moved over the last minute, without the lock: for choosing which rooms to read.</summary>
    public int MinuteChange => Volatile.Read(ref _rare.Trend) is null ? 0 : Viewers - Volatile.Read(ref _rare.MinuteBefore);

    /// <summary>Takes a sample. A room younger than a tick has none and costs no memory for them.</summary>
    public void Sample(long tick, long dueAt, long now)
    {
        lock (_lock)
        {
            if (_rare.Trend is null && _buckets.Viewers == 0)
                return;
            // Restored viewers are present but never joined.
            var trend = _rare.Trend ?? new TrendRecorder(_buckets.Viewers - (int)(_rare.Joined - _rare.Left));
            trend.Add(tick, dueAt, now, _buckets.Viewers, _rare.Joined);
            Volatile.Write(ref _rare.MinuteBefore, trend.MinuteBefore);
            Volatile.Write(ref _rare.Trend, trend); // published last: a reader takes the rest with it
        }
    }

    /// <summary>Joins and leaves, minute by minute.</summary>
    public RoomFlow Flow()
    {
        lock (_lock)
            return FlowNeedsLock();
    }

    public RoomTrend Trend(DateTimeOffset at)
    {
        lock (_lock)
            return TrendNeedsLock(at);
    }

    private RoomFlow FlowNeedsLock()
    {
        var (joins, leaves) = _rare.Trend?.Flow(_buckets.Viewers, _rare.Joined) ?? ([(int)_rare.Joined], [(int)_rare.Left]);
        return new RoomFlow(joins, leaves, _rare.Joined, _rare.Left);
    }

    private RoomTrend TrendNeedsLock(DateTimeOffset at)
    {
        var now = _buckets.Viewers;
        if (_rare.Trend is not { } trend)
            return new RoomTrend([now], [now], at);
        return new RoomTrend(trend.Recent(now), trend.Hour(now), at)
        {
            RecentlyAt = trend.RecentlyAt is { } recentlyAt ? _network.Clock.UtcOf(recentlyAt) : at,
            SampledAt = trend.SampledAt is { } sampledAt ? _network.Clock.UtcOf(sampledAt) : at,
        };
    }
}
