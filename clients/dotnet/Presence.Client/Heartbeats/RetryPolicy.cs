using Presence.Client.Http;

namespace Presence.Client.Heartbeats;

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
