namespace Presence.Engine.Changes;

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
