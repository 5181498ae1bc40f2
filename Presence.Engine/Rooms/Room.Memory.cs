namespace Presence.Engine.Rooms;

/// <content>The last hour, over a restart.</content>
internal sealed partial class Room
{
    /// <summary>What it remembers; null before its first sample.</summary>
    public RoomMemory? Memory()
    {
        lock (_lock)
        {
            if (_isRetired || _rare.Trend is not { } trend)
                return null;
            var clock = _network.Clock;
            return trend.ToMemory(Id, clock.UtcOf(NowNeedsLock()), trend.SampledAt is { } at ? clock.UtcOf(at) : null) with
            {
                Since = clock.UtcOf(_rare.Since),
                Peak = _buckets.Viewers > 0 ? _rare.Peak : 0,
            };
        }
    }

    /// <summary>Goes on from what an earlier run remembered. Whoever came while that was not looked after, came in the minute under way.</summary>
    public void Restore(RoomMemory memory)
    {
        lock (_lock)
        {
            if (_isRetired || _rare.Trend is not null)
                return;
            var clock = _network.Clock;
            var trend = TrendRecorder.Of(memory, clock.UtcOf(NowNeedsLock()), clock);
            trend.ContinueFrom(_rare.Joined, _buckets.Viewers);
            if (_buckets.Viewers == 0)
            {
                _rare.Since = clock.PresenceTimeOf(memory.EmptySince);
                _network.EmptyRooms.Add(this, _rare.Since);
            }
            else if (memory is { Since: { } since, Peak: > 0 })
            {
                _rare.Since = Math.Min(_rare.Since, clock.PresenceTimeOf(since));
                _rare.Peak = Math.Max(_rare.Peak, memory.Peak);
            }
            Volatile.Write(ref _rare.MinuteBefore, trend.MinuteBefore);
            Volatile.Write(ref _rare.Trend, trend); // after what a reader takes with it
        }
    }
}
