using System.Threading.Channels;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Live;

/// <summary>
/// Decides when a page reads and renders again: after a signal, at most four times a second, and never while its tab is hidden.
/// </summary>
/// <remarks>
/// The watch is asked only between two renders, so a storm of changes wakes a page four times a second and a hidden page
/// not at all; what came meanwhile is one pending signal. Nothing queues.
/// </remarks>
internal sealed class RenderThrottle : IAsyncDisposable
{
    /// <summary>The shortest time from the end of one render to the start of the next.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly PageVisibility _visibility;
    private readonly CircuitClock _clock;
    private readonly DirtyWatch _watch;
    private readonly Func<CancellationToken, Task> _render;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _loop;

    /// <param name="time">Paces the renders.</param>
    /// <param name="visibility">Whether the page is visible.</param>
    /// <param name="clock">Its ticks ask for a render too, for what ages without a change.</param>
    /// <param name="watch">Says that something changed. Owned from here on.</param>
    /// <param name="render">Reads and renders; must not throw.</param>
    public RenderThrottle(
        TimeProvider time, PageVisibility visibility, CircuitClock clock, DirtyWatch watch, Func<CancellationToken, Task> render)
    {
        _time = time;
        _visibility = visibility;
        _clock = clock;
        _watch = watch;
        _render = render;
        _loop = RunAsync(_closing.Token);
    }

    /// <summary>Asks for a render; many requests before it are one.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    /// <summary>Ends the loop, and with it the watch, whatever the loop ended by.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _closing.CancelAsync();
        }
        finally
        {
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _closing.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken closing)
    {
        try
        {
            _clock.Subscribe(Request);
            var changed = _watch.WaitAsync(closing).AsTask();
            var requested = _requests.Reader.WaitToReadAsync(closing).AsTask();
            while (true)
            {
                await Task.WhenAny(changed, requested);
                await _visibility.WaitUntilVisibleAsync(closing);

                // Reset before reading, so that a change during the read causes another render.
                if (changed.IsCompleted)
                {
                    await changed;
                    changed = _watch.WaitAsync(closing).AsTask();
                }
                if (requested.IsCompleted)
                {
                    await requested;
                    _requests.Reader.TryRead(out _);
                    requested = _requests.Reader.WaitToReadAsync(closing).AsTask();
                }

                await _render(closing);
                await Task.Delay(ShortestPause, _time, closing);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The page was closed.
        }
        finally
        {
            _clock.Unsubscribe(Request);
            _watch.Dispose();
        }
    }
}

/// <summary>How much the pages and downloads of one account may look at, all of them together: as much as a server key. A page waits, a download is refused.</summary>
internal sealed class PageReads(DashboardOptions options, TimeProvider time)
{
    /// <summary>A delay of less is none.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly KeyedRateLimiter<string> _accounts = new(new TokenBucket(time, options.Limits.ReadsPerSecond * ReadRateLimiter.Many, options.Limits.ReadBurst * ReadRateLimiter.Many), time);

    /// <summary>Takes a read from the account's bucket.</summary>
    /// <param name="accountId">Whose page it is.</param>
    /// <param name="cost">How many viewers or rooms are looked at.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(string accountId, int cost, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return cost <= PresenceLimits.Page || _accounts.TryTake(accountId, cost, out wait);
    }

    /// <summary>Completes when the account may look at so many.</summary>
    public async ValueTask WaitAsync(string accountId, int cost, CancellationToken cancellationToken = default)
    {
        while (!TryTake(accountId, cost, out var wait))
            await Task.Delay(wait < ShortestWait ? ShortestWait : wait, time, cancellationToken);
    }
}
