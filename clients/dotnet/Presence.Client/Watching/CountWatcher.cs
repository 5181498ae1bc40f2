namespace Presence.Client.Watching;

/// <summary>One who watches a count: hears the latest, however slowly it listens.</summary>
/// <param name="time">The clock.</param>
/// <param name="minimumInterval">The minimum time between two counts.</param>
/// <param name="onTrouble">Told when the count could not be had and watching goes on.</param>
internal sealed class CountWatcher(TimeProvider time, TimeSpan minimumInterval, Action<PresenceException>? onTrouble)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<bool> _news = New();
    private int? _latest;
    private long? _toldAt;
    private bool _isOver;
    private PresenceException? _error;

    public Action<PresenceException>? OnTrouble { get; } = onTrouble;

    public void Offer(int count)
    {
        lock (_lock)
        {
            _latest = count;
            _news.TrySetResult(true);
        }
    }

    /// <summary>What was not heard yet is of no interest any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _latest = null;
            _toldAt = null;
        }
    }

    /// <summary>It ends, with an error or at its wish.</summary>
    public void End(PresenceException? error)
    {
        lock (_lock)
        {
            _isOver = true;
            _error ??= error;
            _news.TrySetResult(true);
        }
    }

    /// <returns>The next count; null when there will be none.</returns>
    /// <exception cref="PresenceException">Watching ended with it.</exception>
    public async Task<int?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource<bool> news;
            var left = TimeSpan.Zero;
            lock (_lock)
            {
                if (_latest is { } latest)
                {
                    left = _isOver ? TimeSpan.Zero : LeftNeedsLock();
                    if (left <= TimeSpan.Zero)
                    {
                        _latest = null;
                        _toldAt = time.GetTimestamp();
                        return latest;
                    }
                }
                if (_isOver)
                    return _error is null ? null : throw _error;
                if (_news.Task.IsCompleted)
                    _news = New();
                news = _news;
            }
            using (left > TimeSpan.Zero ? time.CreateTimer(static waiting => ((TaskCompletionSource<bool>)waiting!).TrySetResult(true), news, left, Timeout.InfiniteTimeSpan) : null)
            using (cancellationToken.Register(static waiting => ((TaskCompletionSource<bool>)waiting!).TrySetResult(true), news))
                await news.Task.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private TimeSpan LeftNeedsLock() => _toldAt is { } toldAt ? minimumInterval - time.GetElapsedTime(toldAt) : TimeSpan.Zero;

    /// <summary>Watchers continue on another thread than the one that delivers events.</summary>
    private static TaskCompletionSource<bool> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
