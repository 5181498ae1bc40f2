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
            (_rare.Trend ??= new TrendRecorder()).Add(tick, _buckets.Viewers);
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
