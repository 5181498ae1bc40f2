namespace Presence.Client.Heartbeats;

/// <summary>What listeners are to hear: queued where it happens, told outside of any lock, in order and one at a time.</summary>
internal sealed class EventQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _waiting = new();
    private bool _isTelling;

    public void Add(Action news)
    {
        lock (_lock)
            _waiting.Enqueue(news);
    }

    /// <summary>Delivers waiting events, unless another thread is delivering. It then delivers these too.</summary>
    public void Deliver()
    {
        lock (_lock)
        {
            if (_isTelling)
                return;
            _isTelling = true;
        }
        while (Next() is { } news)
            news();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
                return _waiting.Dequeue();
            _isTelling = false;
            return null;
        }
    }
}
