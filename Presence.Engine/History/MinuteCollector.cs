namespace Presence.Engine.History;

/// <summary>Minutes that are over and wait for the writer, and the network's minute under way.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> minutes: some hours of a few thousand rooms without a writer. More are lost and counted.</para>
/// <para><b>Threads.</b> The sweep adds, any thread takes.</para>
/// </remarks>
internal sealed class MinuteCollector
{
    public const int Most = 500_000;

    private readonly Lock _lock = new();
    private List<RoomMinute> _waiting = [];
    private long _lost;
    private long _minute;
    private long _lastTicks;
    private bool _hasBegun;
    private NetworkMoment _begin;
    private NetworkMoment _last;
    private long _viewers;
    private long _guests;
    private long _hidden;
    private int _peak;

    /// <summary>What the sweep's rooms give: only the sweep uses it, until <see cref="Add"/>.</summary>
    public List<RoomMinute> Taken { get; } = [];

    /// <summary>Whether a minute has ended since the last <see cref="Add"/>.</summary>
    public bool IsDue(DateTimeOffset at) => MinuteOf(at) != _minute;

    /// <summary>Notes what a sweep found, and hands over the minutes it took.</summary>
    /// <param name="ticks">Presence time.</param>
    /// <param name="at">The same moment in UTC.</param>
    /// <param name="moment">The network.</param>
    public void Add(long ticks, DateTimeOffset at, in NetworkMoment moment)
    {
        lock (_lock)
        {
            if (!_hasBegun)
                (_hasBegun, _minute, _lastTicks) = (true, MinuteOf(at), ticks); // the first sweep compares with the start, when nobody had joined
            AddNeedsLock(ticks, moment);
            if (MinuteOf(at) is var minute && minute != _minute)
            {
                if (EndNeedsLock() is { } ended)
                    Taken.Add(ended);
                _minute = minute;
                _peak = moment.Viewers;
            }
            if (Taken.Count == 0)
                return;
            var fits = Math.Min(Taken.Count, Most - _waiting.Count);
            _waiting.AddRange(Taken.Take(fits));
            _lost += Taken.Count - fits;
            Taken.Clear();
        }
    }

    /// <summary>Ends the network's minute under way.</summary>
    public void End(List<RoomMinute> into)
    {
        lock (_lock)
        {
            if (EndNeedsLock() is { } ended)
                into.Add(ended);
        }
    }

    /// <summary>Takes what waits; returns how many were lost since the last time.</summary>
    public long TakeAll(List<RoomMinute> into)
    {
        lock (_lock)
        {
            into.AddRange(_waiting);
            _waiting = [];
            var lost = _lost;
            _lost = 0;
            return lost;
        }
    }

    private static long MinuteOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMinute;

    private void AddNeedsLock(long ticks, in NetworkMoment moment)
    {
        var lasted = Math.Max(0, ticks - _lastTicks);
        _lastTicks = ticks;
        _viewers += moment.Viewers * lasted;
        _guests += moment.Guests * lasted;
        _hidden += Math.Min(moment.Hidden, moment.Viewers) * lasted; // one hidden in two rooms counts twice there
        _peak = Math.Max(_peak, moment.Viewers);
        _last = moment;
    }

    /// <summary>The minute under way as far as it goes; null when nothing happened in it.</summary>
    private RoomMinute? EndNeedsLock()
    {
        var minute = new RoomMinute(null, new DateTimeOffset(_minute * TimeSpan.TicksPerMinute, TimeSpan.Zero))
        {
            Viewers = new TimeSpan(_viewers),
            Guests = new TimeSpan(_guests),
            Hidden = new TimeSpan(_hidden),
            Peak = _peak,
            Joins = (int)(_last.Joins - _begin.Joins),
            Leaves = _last.Leaves - _begin.Leaves,
        };
        _begin = _last;
        (_viewers, _guests, _hidden, _peak) = (0, 0, 0, 0);
        return minute is { Peak: 0, Joins: 0, Leaves.Total: 0 } ? null : minute;
    }
}

/// <summary>What a sweep found in the network: viewers now, joins and leaves since the engine was made.</summary>
internal readonly record struct NetworkMoment(int Viewers, int Guests, int Hidden, long Joins, LeaveCounts Leaves);
