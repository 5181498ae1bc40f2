namespace Presence.Engine.History;

/// <summary>Minutes that are over and wait for the writer, and the network's minute under way.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> minutes: some hours of a few thousand rooms without a writer. More are lost and counted.</para>
/// <para><b>Threads.</b> The sweep adds, any thread takes.</para>
/// </remarks>
/// <param name="ticks">Presence time from which on it counts.</param>
/// <param name="at">The same moment in UTC.</param>
internal sealed class MinuteCollector(long ticks, DateTimeOffset at)
{
    public const int Most = 500_000;

    private readonly Lock _lock = new();
    private List<RoomMinute> _waiting = [];
    private long _lost;
    private long _minute = at.UtcTicks / TimeSpan.TicksPerMinute;
    private long _lastTicks = ticks;
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
            AddNeedsLock(ticks, at, moment, Taken);
            if (Taken.Count == 0)
                return;
            var fits = Math.Min(Taken.Count, Most - _waiting.Count);
            _waiting.AddRange(Taken.Take(fits));
            _lost += Taken.Count - fits;
            Taken.Clear();
        }
    }

    /// <summary>Ends the network's minute under way.</summary>
    /// <param name="ticks">Presence time.</param>
    /// <param name="at">The same moment in UTC.</param>
    /// <param name="moment">The network.</param>
    /// <param name="rooms">The rooms' minutes of the same moment; the network's are added.</param>
    public void End(long ticks, DateTimeOffset at, in NetworkMoment moment, List<RoomMinute> rooms)
    {
        lock (_lock)
        {
            AddNeedsLock(ticks, at, moment, rooms);
            rooms.Add(EndNeedsLock(rooms));
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

    /// <summary>What a sweep finds has held since the one before, on both sides of a minute's end.</summary>
    private void AddNeedsLock(long ticks, DateTimeOffset at, in NetworkMoment moment, List<RoomMinute> rooms)
    {
        if (MinuteOf(at) is var minute && minute != _minute)
        {
            var end = ticks - (at.UtcTicks % TimeSpan.TicksPerMinute);
            AddNeedsLock(end >= _lastTicks ? end : ticks, moment); // otherwise the clock was set, or the process was suspended
            rooms.Add(EndNeedsLock(rooms));
            _minute = minute;
        }
        AddNeedsLock(ticks, moment);
    }

    private void AddNeedsLock(long ticks, in NetworkMoment moment)
    {
        var lasted = Math.Max(0, ticks - _lastTicks);
        _lastTicks = ticks;
        _viewers += moment.Viewers * lasted;
        _guests += moment.Guests * lasted;
        _hidden += Math.Min(moment.Hidden, moment.Viewers) * lasted; // one hidden in two rooms counts twice there
        _peak = Math.Max(_peak, moment.Viewers);
    }

    /// <summary>The minute under way as far as it goes, also when nobody was there: that the server ran is known by it.</summary>
    private RoomMinute EndNeedsLock(List<RoomMinute> rooms)
    {
        var begin = new DateTimeOffset(_minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var minute = new RoomMinute(null, begin)
        {
            Viewers = new TimeSpan(_viewers),
            Guests = new TimeSpan(_guests),
            Hidden = new TimeSpan(_hidden),
            Peak = _peak,
        };
        foreach (var room in rooms.Where(room => room.RoomId is not null && room.At == begin))
            minute = minute with { Joins = minute.Joins + room.Joins, Leaves = minute.Leaves + room.Leaves };
        (_viewers, _guests, _hidden, _peak) = (0, 0, 0, 0);
        return minute;
    }
}

/// <summary>The network's viewers, as a sweep found them.</summary>
internal readonly record struct NetworkMoment(int Viewers, int Guests, int Hidden);
