using Presence.Client.Heartbeats;

namespace Presence.Client.Http;

/// <summary>Reads are tried a few times, and no more: somebody waits.</summary>
internal static class ReadAttempts
{
    private const int Most = 3;

    /// <exception cref="PresenceException">The last attempt failed too, or one was refused.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> attempt, TimeProvider time, Func<double> chance, CancellationToken cancellationToken)
    {
        using var alarm = new Alarm(time);
        using var registration = cancellationToken.Register(alarm.Ring);
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (PresenceException exception) when (exception.IsPassing && failures + 1 < Most)
            {
                await alarm.WaitAsync(RetryPolicy.Delay(failures, exception, chance())).ConfigureAwait(false);
            }
        }
    }
}
