namespace Presence.Engine;

/// <summary>
/// Presence time: monotonic 100 ns ticks since the engine was made, less the time the process was suspended.
/// Deadlines live in presence time alone; UTC is a view of it.
/// </summary>
/// <remarks>
/// <para><b>Suspension.</b> A tick (one per sweep) over 5 s late means that nobody ran: the excess is skipped, for all at
/// once, so that a machine that slept does not forget everyone (rule 9). Whoever reads the clock first after the pause
/// notices; it need not be the sweep.</para>
/// <para><b>UTC.</b> One offset maps presence time to UTC. It is taken anew only when it is off by more than a quarter of
/// a second (the wall clock was set, or time was skipped), so that instants shown do not tremble by microseconds and
/// always keep their age.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class PresenceClock
{
    /// <summary>How often <see cref="Tick"/> is due.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private static readonly long SuspendedAfter = (TickInterval + TimeSpan.FromSeconds(5)).Ticks;
    private static readonly long ReanchorAfter = TimeSpan.FromMilliseconds(250).Ticks;

    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly double _ticksPerTimestamp;
    private readonly Lock _lock = new();
    private long _skipped;
    private long _tickedAt;
    private long _utcOffset;
    private int _suspensions;

    public PresenceClock(TimeProvider time)
    {
        _time = time;
        _startedAt = time.GetTimestamp();
        _ticksPerTimestamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _utcOffset = time.GetUtcNow().Ticks;
    }

    /// <summary>How often time was skipped.</summary>
    public int Suspensions => Volatile.Read(ref _suspensions);

    /// <summary>Presence time now.</summary>
    public long Now()
    {
        var elapsed = Elapsed();
        // The order of the two reads matters: whoever sees the new tick must see what was skipped before it.
        if (elapsed - Volatile.Read(ref _tickedAt) > SuspendedAfter)
            return Tick();
        return elapsed - Volatile.Read(ref _skipped);
    }

    /// <summary>Says that time is being looked after, and skips what passed while nobody did. Presence time now.</summary>
    public long Tick()
    {
        lock (_lock)
        {
            var elapsed = Elapsed();
            var sinceTick = elapsed - _tickedAt;
            if (sinceTick > SuspendedAfter)
            {
                Volatile.Write(ref _skipped, _skipped + sinceTick - TickInterval.Ticks);
                Volatile.Write(ref _suspensions, _suspensions + 1);
            }
            Volatile.Write(ref _tickedAt, Math.Max(elapsed, _tickedAt));

            var now = elapsed - _skipped;
            var offset = _time.GetUtcNow().Ticks - now;
            if (Math.Abs(offset - _utcOffset) > ReanchorAfter)
                Volatile.Write(ref _utcOffset, offset);
            return now;
        }
    }

    /// <summary>The UTC instant of a presence time.</summary>
    public DateTimeOffset UtcOf(long presenceTime) => new(presenceTime + Volatile.Read(ref _utcOffset), TimeSpan.Zero);

    /// <summary>The presence time of a UTC instant; negative before the engine was made.</summary>
    public long PresenceTimeOf(DateTimeOffset utc) => utc.UtcTicks - Volatile.Read(ref _utcOffset);

    private long Elapsed() => (long)Math.Round((_time.GetTimestamp() - _startedAt) * _ticksPerTimestamp);
}
