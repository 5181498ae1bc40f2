namespace Presence.Dashboard.Live;

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
