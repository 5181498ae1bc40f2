using Microsoft.JSInterop;

namespace Presence.Dashboard.Live;

/// <summary>Whether the browser tab of this circuit is on screen. Told by wwwroot/page.js; visible until told otherwise.</summary>
internal sealed class PageVisibility
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _shown; // null while visible

    public bool IsVisible
    {
        get
        {
            lock (_lock)
                return _shown is null;
        }
    }

    [JSInvokable]
    public void SetVisible(bool visible)
    {
        TaskCompletionSource? shown = null;
        lock (_lock)
        {
            if (visible)
                (shown, _shown) = (_shown, null);
            else
                _shown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        shown?.SetResult();
    }

    /// <summary>Completes at once while visible, else when the tab is shown again.</summary>
    public Task WaitUntilVisibleAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _shown is null ? Task.CompletedTask : _shown.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>The choices for this browser. Stored in its cookies, written by wwwroot/page.js; here for the circuit's life.</summary>
internal sealed class BrowserChoices
{
    /// <summary>Whether single keys are shortcuts; some people's aids and hands press keys by accident.</summary>
    public bool AreShortcutsOn { get; set; } = true;
}

/// <summary>One tick a second for everything a circuit shows that ages: no row and no page has a timer of its own.</summary>
internal sealed class CircuitClock(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Action? _ticked;
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Calls <paramref name="tick"/> once a second, on a pool thread. The timer runs only while there is a listener.</summary>
    public void Subscribe(Action tick)
    {
        lock (_lock)
        {
            _ticked += tick;
            if (!_disposed)
                _timer ??= time.CreateTimer(static state => ((CircuitClock)state!)._ticked?.Invoke(), this, Period, Period);
        }
    }

    /// <summary>Ends it; one last call may be under way.</summary>
    public void Unsubscribe(Action tick)
    {
        lock (_lock)
        {
            _ticked -= tick;
            if (_ticked is not null)
                return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _ticked = null;
            _timer?.Dispose();
            _timer = null;
        }
    }
}
