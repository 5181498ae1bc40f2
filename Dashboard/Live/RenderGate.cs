using System.Threading.Channels;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Live;

/// <summary>
/// Decides when a page reads and renders anew: after a signal, at most four times a second, and never while its tab is hidden.
/// </summary>
/// <remarks>
/// The watch is asked only between two renders, so a storm of changes wakes a page four times a second and a hidden page
/// not at all; what came meanwhile is one pending signal. Nothing queues.
/// </remarks>
internal sealed class RenderGate : IAsyncDisposable
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
    /// <param name="visibility">Whether anybody looks.</param>
    /// <param name="clock">Its ticks ask for a render too, for what ages without a change.</param>
    /// <param name="watch">Says that something changed. Owned from here on.</param>
    /// <param name="render">Reads and renders; must not throw.</param>
    public RenderGate(
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

                // Taken before reading: a change during the read is the next signal, not a lost one.
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
            // The page is gone.
        }
        finally
        {
            _clock.Unsubscribe(Request);
            _watch.Dispose();
        }
    }
}
