namespace Presence.Engine;

/// <summary>
/// Presence time: monotonic 100 ns ticks since the engine was made, less the time the process was suspended.
/// Deadlines live in presence time alone; UTC is a view of it.
/// </summary>
/// <remarks>
/// <para><b>Suspension.</b> A tick (one per sweep) over 5 s late means that the process didn't run: the excess is skipped, for all at
/// once, so that a machine that slept does not forget everyone (rule 9). The first reader after the pause
/// notices; it need not be the sweep.</para>
/// <para><b>UTC.</b> One offset maps presence time to UTC. It is updated only when it is off by more than a quarter of
/// a second (the wall clock was set, or time was skipped), so that instants shown do not tremble by microseconds and
/// always keep their age.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class PresenceClock
{
    /// <summary>How often <see cref="Tick"/> is due.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private static readonly long SuspendedAfter = (TickInterval + TimeSpan.FromSeconds(5)).Ticks;
    private const int MostPauses = 64;

    private static readonly long ReanchorAfter = TimeSpan.FromMilliseconds(250).Ticks;

    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly double _ticksPerTimestamp;
    private readonly long _steadyOffset;
    private readonly Lock _lock = new();
    private long _skipped;
    private long _tickedAt;
    private long _utcOffset;
    private int _suspensions;

    /// <summary>The latest pauses, the latest last: from which presence time on, and how much was skipped by then in all.</summary>
    private (long From, long Skipped)[] _pauses = [(long.MinValue, 0)];

    public PresenceClock(TimeProvider time)
    {
        _time = time;
        _startedAt = time.GetTimestamp();
        _ticksPerTimestamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _steadyOffset = _utcOffset = time.GetUtcNow().Ticks;
    }

    /// <summary>How often time was skipped.</summary>
    public int Suspensions => Volatile.Read(ref _suspensions);

    /// <summary>Presence time now.</summary>
    public long Now()
    {
        var elapsed = Elapsed();
        // The order of the two reads matters: a reader of the new tick must see the skipped time before it.
        if (elapsed - Volatile.Read(ref _tickedAt) > SuspendedAfter)
            return Tick();
        return elapsed - Volatile.Read(ref _skipped);
    }

    /// <summary>Records that the process runs, and skips the time in which it didn't. Returns the presence time now.</summary>
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
                Volatile.Write(ref _pauses, [.. _pauses.Skip(Math.Max(0, _pauses.Length + 1 - MostPauses)), (elapsed - _skipped, _skipped)]);
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

    /// <summary>The UTC instant of a presence time as it was then: of what is recorded, which does not move when the process was suspended later.</summary>
    public DateTimeOffset UtcThen(long presenceTime) => UtcOfElapsed(ElapsedAt(presenceTime));

    /// <summary>A presence time without anything skipped: what differs by as much as the instants of <see cref="UtcThen"/>, however the wall clock is set.</summary>
    public long ElapsedAt(long presenceTime)
    {
        var pauses = Volatile.Read(ref _pauses);
        var latest = pauses.Length - 1;
        while (latest > 0 && pauses[latest].From > presenceTime)
            latest--;
        return presenceTime + pauses[latest].Skipped;
    }

    /// <summary>The presence time at which it was that instant: <see cref="UtcThen"/> the other way round. An instant that was skipped is where the pause ended.</summary>
    public long PresenceTimeThen(DateTimeOffset utc)
    {
        var pauses = Volatile.Read(ref _pauses);
        var latest = pauses.Length - 1;
        var at = PresenceTimeOf(utc);
        while (latest > 0 && at < pauses[latest].From)
        {
            latest--;
            at += pauses[latest + 1].Skipped - pauses[latest].Skipped;
            if (at >= pauses[latest + 1].From)
                return pauses[latest + 1].From;
        }
        return at;
    }

    /// <summary>The UTC instant of such a time.</summary>
    public DateTimeOffset UtcOfElapsed(long elapsed) => UtcOf(elapsed - Volatile.Read(ref _pauses)[^1].Skipped);

    /// <summary>The presence time of a UTC instant; negative before the engine was made.</summary>
    public long PresenceTimeOf(DateTimeOffset utc) => utc.UtcTicks - Volatile.Read(ref _utcOffset);

    /// <summary>The instant of a presence time by the wall clock as it was when the engine was made: never corrected, so that it orders as presence time does. A cursor says it.</summary>
    public DateTimeOffset SteadyUtcOf(long presenceTime) => new(presenceTime + _steadyOffset, TimeSpan.Zero);

    /// <summary>The presence time of such an instant, of this engine or of one before a restart.</summary>
    public long PresenceTimeOfSteady(DateTimeOffset instant) => instant.UtcTicks - _steadyOffset;

    private long Elapsed() => (long)Math.Round((_time.GetTimestamp() - _startedAt) * _ticksPerTimestamp);
}

/// <summary>
/// The wall clock as far as it may decide what is deleted for good: a step forward is followed only when it stood for a day of
/// running, however often the product was restarted in between.
/// </summary>
/// <remarks>
/// Whether a ban is in force is asked of the wall clock, which may be wrong and put right. What was deleted meanwhile would not
/// come back, so deleting waits for a stable clock. A step back is followed at once: then more is kept.
/// <para>
/// The running time is measured, restarts of the process included while the machine runs on. What the machine was off looks like a step
/// forward and is treated as one, so the instant told lags by that, for a day or two of running.
/// </para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class SteadyClock
{
    /// <summary>How long a clock runs without a step until it is believed.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromDays(1);

    /// <summary>Clocks that are kept in step move by less between two looks.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly long _madeAt;
    private TimeSpan _ranBefore;
    private DateTimeOffset? _believed;
    private DateTimeOffset _candidate;
    private TimeSpan _candidateSince;

    public SteadyClock(TimeProvider time)
    {
        (_time, _madeAt) = (time, time.GetTimestamp());
        _candidate = time.GetUtcNow();
    }

    /// <summary>Now, without the steps forward that have not stood for a day.</summary>
    public DateTimeOffset Now()
    {
        lock (_lock)
        {
            var ran = LookNeedsLock();
            return (_believed ?? _candidate) + ran;
        }
    }

    /// <summary>A day ago, by a clock that is believed; <see cref="DateTimeOffset.MinValue"/> in the first day of all.</summary>
    public DateTimeOffset LongAgo()
    {
        lock (_lock)
        {
            var ran = LookNeedsLock();
            return _believed + ran - Settling ?? DateTimeOffset.MinValue;
        }
    }

    /// <summary>What the next start goes on from.</summary>
    public SteadyStamp Stamp()
    {
        lock (_lock)
        {
            var ran = LookNeedsLock();
            return new SteadyStamp(ran, _believed, _candidate, _candidateSince);
        }
    }

    /// <summary>Goes on where the last run ended.</summary>
    /// <param name="last">Its last stamp.</param>
    /// <param name="down">How long the product was down since, as far as that is proven.</param>
    public void Resume(SteadyStamp last, TimeSpan down)
    {
        lock (_lock)
        {
            _ranBefore = last.Ran + down - _time.GetElapsedTime(_madeAt);
            (_believed, _candidate, _candidateSince) = (last.Believed, last.Candidate, last.CandidateSince);
            LookNeedsLock();
        }
    }

    /// <summary>Compares the wall clock with the running time, which it returns.</summary>
    private TimeSpan LookNeedsLock()
    {
        var ran = _ranBefore + _time.GetElapsedTime(_madeAt);
        var beginning = _time.GetUtcNow() - ran;
        _candidate = Follow(_candidate, beginning);
        if (ran - _candidateSince >= Settling)
            (_believed, _candidate, _candidateSince) = (_candidate, beginning, ran);
        if (_believed is { } believed)
            _believed = Follow(believed, beginning);
        return ran;
    }

    /// <summary>Where the clock went back, or keeps in step, it is right.</summary>
    private static DateTimeOffset Follow(DateTimeOffset known, DateTimeOffset beginning) => beginning - known < Tolerance ? beginning : known;
}

/// <summary>What a <see cref="SteadyClock"/> has learned of the wall clock, told as the instant at which the running time would have been nothing.</summary>
/// <param name="Ran">How long the product ran, in all its runs.</param>
/// <param name="Believed">What stood for a day of running; null in the first.</param>
/// <param name="Candidate">The earliest that was seen since <paramref name="CandidateSince"/>.</param>
/// <param name="CandidateSince">The running time since when it is watched.</param>
internal readonly record struct SteadyStamp(TimeSpan Ran, DateTimeOffset? Believed, DateTimeOffset Candidate, TimeSpan CandidateSince);
