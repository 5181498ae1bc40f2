namespace Presence.Dashboard.Hosting;

/// <summary>One reading that many ask for: made anew when it is older than its lifetime, once for all who ask meanwhile.</summary>
/// <remarks><b>Threads.</b> Any. A reading begins under the lock, so that there is one; who comes while it is under way waits for it.</remarks>
internal sealed class SharedReading<T>(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _latest;
    private long _readAt;

    /// <param name="lifetime">How old it may be.</param>
    /// <param name="read">Makes it, from the one before where there is one.</param>
    public Task<T> ReadAsync(TimeSpan lifetime, Func<T?, Task<T>> read)
    {
        lock (_lock)
        {
            var isDone = _latest is { IsCompleted: true };
            if (_latest is not null && (!isDone || (_latest.IsCompletedSuccessfully && time.GetElapsedTime(_readAt) < lifetime)))
                return _latest;
            var before = _latest is { IsCompletedSuccessfully: true } ? _latest.Result : default;
            _readAt = time.GetTimestamp();
            return _latest = read(before);
        }
    }
}
