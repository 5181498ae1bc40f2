using Presence.Client.Http;

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

/// <summary>How long to wait before the next attempt. Pure.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ShortestAttempt = TimeSpan.FromSeconds(2);

    /// <summary>Before what a server may ask to wait in earnest; beyond it, instants overflow.</summary>
    private static readonly TimeSpan LongestAskedFor = TimeSpan.FromDays(3_660);

    /// <summary>
    /// After a failed attempt: some part of 1, 2, 4 ... 30 s, so that a crowd that failed at once does not return at once; after
    /// what the server asked for, if it asked.
    /// </summary>
    /// <param name="failures">How many attempts failed before this one.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="chance">0 up to, not including, 1.</param>
    /// <param name="ceiling">The heartbeat interval: who beats more often than every 30 s tries again as often.</param>
    public static TimeSpan Delay(int failures, PresenceException? error, double chance, TimeSpan? ceiling = null)
    {
        var part = TimeSpan.FromTicks(First.Ticks << Math.Min(failures, 10));
        part = Min(Min(part, Longest), ceiling ?? Longest);
        return Min(error?.RetryAfter ?? TimeSpan.Zero, LongestAskedFor) + Part(part, chance);
    }

    /// <summary>Before asking whether presence is on again, or before trying what the device says is offline: 1 min at first, up to a tenth early.</summary>
    /// <param name="chance">0 up to, not including, 1.</param>
    /// <param name="times">Failed attempts so far, if they make the wait longer: 2, 4, 8, 15 min.</param>
    public static TimeSpan SlowDelay(double chance, int times = 0) => Spread(Min(TimeSpan.FromTicks(Slow.Ticks << Math.Min(times, 10)), Slowest), chance);

    /// <summary>
    /// How long one attempt may take. A quarter of what a heartbeat may be late: of three in a row that hang none is noticed, while
    /// networks that are merely slow are waited for.
    /// </summary>
    public static TimeSpan AttemptLimit(HeartbeatReceipt? receipt)
    {
        if (receipt?.PresenceTimeout is not { } timeout)
            return Deadline.LongestAnswer;
        var quarter = TimeSpan.FromTicks((timeout - receipt.HeartbeatInterval).Ticks / 4);
        return Min(quarter < ShortestAttempt ? ShortestAttempt : quarter, Deadline.LongestAnswer);
    }

    /// <summary>Up to a tenth early, as the server does, so that a crowd does not stay in step.</summary>
    public static TimeSpan Spread(TimeSpan interval, double chance) => Part(interval, 1 - chance / 10);

    private static TimeSpan Part(TimeSpan whole, double share) => TimeSpan.FromTicks((long)(whole.Ticks * share));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
