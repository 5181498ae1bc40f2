namespace Presence.Client.Heartbeats;

/// <summary>Waits, one wait at a time, until time is up or it is rung.</summary>
/// <remarks>
/// <para><b>Time.</b> Up by the monotonic clock, which nobody sets back, or by the wall clock, which goes on while the device sleeps:
/// whichever is first. Timers may sleep too, so it wakes every few seconds to look.</para>
/// <para><b>Threads.</b> Rung on any. Whoever waits goes on where it was rung or on the timer's thread, so ring outside of locks.</para>
/// </remarks>
internal sealed class WakeTimer(TimeProvider time) : IDisposable
{
    /// <summary>How late one may wake after the device slept.</summary>
    private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(5);

    /// <summary>Timers count whole milliseconds; what is nearer than half of one is due.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(0.5);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private TaskCompletionSource<bool>? _waiting;
    private TimeSpan _wait;
    private long _beganAt;
    private DateTimeOffset _beganAtWall;
    private bool _isRung;

    /// <summary>Ends the wait; without one, the next wait ends as it begins, so that no ring is lost.</summary>
    public void Ring()
    {
        TaskCompletionSource<bool>? ended;
        lock (_lock)
        {
            ended = EndNeedsLock();
            _isRung = ended is null;
        }
        ended?.SetResult(true);
    }

    /// <summary>Never faulted. <see cref="Timeout.InfiniteTimeSpan"/> waits for a ring.</summary>
    public Task WaitAsync(TimeSpan wait)
    {
        lock (_lock)
        {
            if (_isRung || wait == TimeSpan.Zero)
            {
                _isRung = false;
                return Task.CompletedTask;
            }
            _waiting = new TaskCompletionSource<bool>();
            _wait = wait;
            _beganAt = time.GetTimestamp();
            _beganAtWall = time.GetUtcNow();
            if (wait != Timeout.InfiniteTimeSpan)
                NapNeedsLock(wait);
            return _waiting.Task;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _timer?.Dispose();
    }

    private void Nod()
    {
        TaskCompletionSource<bool>? ended = null;
        lock (_lock)
        {
            if (_waiting is null || _wait == Timeout.InfiniteTimeSpan)
                return; // already rung
            var passed = Max(time.GetElapsedTime(_beganAt), time.GetUtcNow() - _beganAtWall);
            var left = _wait - passed;
            if (left < Grain)
                ended = EndNeedsLock();
            else
                NapNeedsLock(left);
        }
        ended?.SetResult(true);
    }

    private void NapNeedsLock(TimeSpan left)
    {
        // Half a millisecond is rounded up, because a wait of 0 ms would end early again and again.
        var nap = left < LongestNap ? TimeSpan.FromMilliseconds(Math.Round(left.TotalMilliseconds, MidpointRounding.AwayFromZero)) : LongestNap;
        if (_timer is null)
            _timer = time.CreateTimer(static wakeTimer => ((WakeTimer)wakeTimer!).Nod(), this, nap, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(nap, Timeout.InfiniteTimeSpan);
    }

    private TaskCompletionSource<bool>? EndNeedsLock()
    {
        var ended = _waiting;
        _waiting = null;
        if (ended is not null)
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return ended;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
