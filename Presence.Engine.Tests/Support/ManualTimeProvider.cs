namespace Presence.Engine.Tests.Support;

/// <summary>
/// A clock that stands still until told otherwise. Its monotonic clock ticks at the odd rate of 3,579,545 Hz, so that
/// code which takes timestamps for 100 ns ticks fails, and its wall clock can jump without moving it.
/// </summary>
public sealed class ManualTimeProvider(long frequency = ManualTimeProvider.OddFrequency) : TimeProvider
{
    private const long OddFrequency = 3_579_545;

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed = TimeSpan.FromHours(7);
    private DateTimeOffset _wall = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => frequency;

    public override long GetTimestamp()
    {
        lock (_lock)
            return (long)(_elapsed.Ticks * (decimal)TimestampFrequency / TimeSpan.TicksPerSecond);
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _wall;
    }

    /// <summary>How many timers are set.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    /// <summary>How long until the next timer fires; null when none is set.</summary>
    public TimeSpan? NextDueIn
    {
        get
        {
            lock (_lock)
                return _timers.Count == 0 ? null : _timers.Min(timer => timer.DueAt) - _elapsed;
        }
    }

    /// <summary>Where the server is; nowhere with summer time unless told otherwise.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    public override TimeZoneInfo LocalTimeZone => Zone;

    /// <summary>Moves both clocks on and fires every timer that falls due, in order, each at its own due time.</summary>
    public void Advance(TimeSpan by)
    {
        var until = Elapsed() + by;
        while (true)
        {
            ManualTimer? due;
            lock (_lock)
            {
                due = _timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
                var to = due is null ? until : due.DueAt > _elapsed ? due.DueAt : _elapsed;
                _wall += to - _elapsed;
                _elapsed = to;
                due?.ScheduleNextNeedsLock(_elapsed);
            }
            if (due is null)
                return;
            due.Fire();
        }
    }

    /// <summary>Sets the wall clock; the monotonic clock and timers do not notice.</summary>
    public void SetUtcNow(DateTimeOffset wall)
    {
        lock (_lock)
            _wall = wall;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private TimeSpan Elapsed()
    {
        lock (_lock)
            return _elapsed;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan DueAt { get; private set; } = TimeSpan.MaxValue;

        public void Fire() => callback(state);

        public void ScheduleNextNeedsLock(TimeSpan now)
        {
            if (_period > TimeSpan.Zero)
                DueAt = now + _period;
            else
                clock._timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                DueAt = clock._elapsed + dueTime;
                clock._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
