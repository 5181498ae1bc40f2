namespace Presence.Engine.Rooms;

/// <content>The count over the last hour.</content>
internal sealed partial class Room
{

    /// <summary>Takes a sample. A room younger than a tick has none and costs no memory for them.</summary>
    public void Sample(long tick)
    {
        lock (_lock)
        {
            if (_rare.Trend is null && _buckets.Viewers == 0)
                return;
            // Who was restored is here and never joined.
            (_rare.Trend ??= new TrendRecorder(_buckets.Viewers - (int)(_rare.Joined - _rare.Left))).Add(tick, _buckets.Viewers, _rare.Joined);
        }
    }

    /// <summary>Joins and leaves, minute by minute.</summary>
    public RoomFlow Flow()
    {
        lock (_lock)
        {
            var (joins, leaves) = _rare.Trend?.Flow(_buckets.Viewers, _rare.Joined) ?? ([(int)_rare.Joined], [(int)_rare.Left]);
            return new RoomFlow(joins, leaves, _rare.Joined, _rare.Left);
        }
    }

    public RoomTrend Trend(DateTimeOffset at)
    {
        lock (_lock)
        {
            var now = _buckets.Viewers;
            return new RoomTrend(_rare.Trend?.Recent(now) ?? [now], _rare.Trend?.Hour(now) ?? [now], at);
        }
    }
}
