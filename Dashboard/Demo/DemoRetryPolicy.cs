namespace Presence.Dashboard.Demo;

/// <summary>How long to stay away after being told "not now": what the server asks for, else longer each time.</summary>
internal static class DemoRetryPolicy
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    /// <param name="attempt">1 after the first refusal in a row.</param>
    /// <param name="asked">The server's Retry-After.</param>
    /// <param name="spread">0 to 1, another for each client: those refused together must not return together.</param>
    public static TimeSpan Wait(int attempt, TimeSpan? asked, double spread)
    {
        var wait = asked ?? First * Math.Pow(2, Math.Min(attempt, 10) - 1);
        return (wait > Longest ? Longest : wait) * (1 + 0.5 * spread);
    }
}
