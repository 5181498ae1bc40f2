using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>Reads one event stream from its opening to its end.</summary>
internal static class CountStream
{
    private static readonly TimeSpan FirstEventWithin = TimeSpan.FromSeconds(10);

    /// <summary>The server sends a comment every 15 s.</summary>
    private static readonly TimeSpan QuietAtMost = TimeSpan.FromSeconds(30);

    /// <returns>Whether it told any count before it ended, broke or fell silent.</returns>
    /// <exception cref="PresenceException">It could not be opened.</exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public static async Task<bool> ReadAsync(ViewerApi server, string path, Action<string?, int> tell, CancellationToken cancellationToken)
    {
        using var response = await server.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        var hasCounted = false;
        // Not disposed: the timer may be about to cancel it.
        var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Also by disposing it: some platforms do not hear a token while they read. Others, when only that is done, first wait for more.
        using var ended = over.Token.Register(response.Dispose);
        using var silence = server.Time.CreateTimer(static quiet => ((CancellationTokenSource)quiet!).Cancel(), over, FirstEventWithin, Timeout.InfiniteTimeSpan);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var counts = new EventStreamCounts();
            var buffer = new byte[4096];
            while (await body.ReadAsync(buffer, over.Token).ConfigureAwait(false) is > 0 and var length)
            {
                foreach (var (roomId, count) in counts.Push(buffer, length))
                {
                    hasCounted = true;
                    tell(roomId, count);
                }
                if (hasCounted)
                    silence.Change(QuietAtMost, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A connection that broke, or was given up, is one that ended.
        }
        cancellationToken.ThrowIfCancellationRequested();
        return hasCounted;
    }
}
