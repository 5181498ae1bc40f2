namespace Presence.Client.Heartbeats;

/// <summary>How long to wait before the next attempt. Pure.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhileDisabled = TimeSpan.FromSeconds(60);

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

    /// <summary>Before asking whether presence is on again, or before trying what the device says is offline.</summary>
    public static TimeSpan SlowDelay(double chance) => Spread(WhileDisabled, chance);

    /// <summary>Up to a tenth early, as the server does, so that a crowd does not stay in step.</summary>
    public static TimeSpan Spread(TimeSpan interval, double chance) => Part(interval, 1 - chance / 10);

    private static TimeSpan Part(TimeSpan whole, double share) => TimeSpan.FromTicks((long)(whole.Ticks * share));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
