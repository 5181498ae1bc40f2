using System.Threading.Channels;

namespace Presence.Engine.Changes;

/// <summary>"Something changed": any number of changes between two waits are one signal.</summary>
/// <remarks>
/// <para><b>Threads.</b> One thread waits, any thread disposes. The engine signals under a room's lock, which costs an exchange and runs no callback.</para>
/// <para><b>Guarantee.</b> State read after a wait completed includes every change signalled before it; a change after that read completes the next wait.</para>
/// </remarks>
public sealed class DirtyWatch : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });

    private Action<DirtyWatch>? _detach;
    private int _isSignalled;

    internal DirtyWatch(Action<DirtyWatch> detach) => _detach = detach;

    /// <summary>Completes when something changed since the last completed wait (at once if it already has).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChannelClosedException">The watch was disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no signal is lost.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _signal.Reader.ReadAsync(cancellationToken);
        Interlocked.Exchange(ref _isSignalled, 0);
    }

    /// <summary>Stops the signals. Safe to call twice.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _detach, null)?.Invoke(this);
        _signal.Writer.TryComplete();
    }

    internal void Signal()
    {
        if (Interlocked.Exchange(ref _isSignalled, 1) == 0)
            _signal.Writer.TryWrite(true);
    }
}

/// <summary>The watches of one room or of the network. Read without a lock, changed by copying; bounded by who may open a page or a stream.</summary>
internal sealed class WatchList
{
    private readonly Lock _lock = new();
    private volatile DirtyWatch[] _watches = [];

    public bool IsEmpty => _watches.Length == 0;

    public int Count => _watches.Length;

    public DirtyWatch Add()
    {
        var watch = new DirtyWatch(Remove);
        lock (_lock)
            _watches = [.. _watches, watch];
        return watch;
    }

    public void Signal()
    {
        foreach (var watch in _watches)
            watch.Signal();
    }

    private void Remove(DirtyWatch watch)
    {
        lock (_lock)
            _watches = Array.FindAll(_watches, other => other != watch);
    }
}
