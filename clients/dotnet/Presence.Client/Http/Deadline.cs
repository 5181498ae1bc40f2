namespace Presence.Client.Http;

/// <summary>Nothing is waited for without an end.</summary>
internal static class Deadline
{
    /// <summary>How long anything is waited for.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>Ends when the work does, when it takes too long, or when its caller gives up; also where the work ignores its token.</summary>
    /// <exception cref="PresenceException">It took too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<T> KeepAsync<T>(TimeProvider time, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var longest = limit ?? LongestAnswer;
        cancellationToken.ThrowIfCancellationRequested();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isOver = new TaskCompletionSource<bool>();
        using var timer = time.CreateTimer(static over => ((TaskCompletionSource<bool>)over!).TrySetResult(true), isOver, longest, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(static over => ((TaskCompletionSource<bool>)over!).TrySetResult(true), isOver);

        var working = work(given.Token);
        if (await Task.WhenAny(working, isOver.Task).ConfigureAwait(false) == working)
            return await working.ConfigureAwait(false);

        Abandon(working);
        given.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        throw PresenceException.Unavailable(FormattableString.Invariant($"No answer within {longest.TotalSeconds} s."));
    }

    /// <summary>Nobody waits for it any more: what it fails with is seen, what it holds is let go.</summary>
    private static void Abandon<T>(Task<T> working) => _ = working.ContinueWith(
        static late =>
        {
            if (late.Status == TaskStatus.RanToCompletion)
                (late.Result as IDisposable)?.Dispose();
            else
                _ = late.Exception;
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
