using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>Who is told. Everything here only queues or signals; nobody's code runs under the room's lock.</content>
internal sealed partial class Room
{
    private ChangeSubscription[] _subscriptions = [];
    private WatchList? _watches;
    private long _sequence;

    private bool IsWatchedNeedsLock => _subscriptions.Length > 0 || _watches is { IsEmpty: false };

    /// <summary>Begins a watch; null when the room was retired meanwhile.</summary>
    public DirtyWatch? TryWatch()
    {
        lock (_lock)
            return _isRetired ? null : (_watches ??= new WatchList()).Add();
    }

    /// <summary>Begins a subscription; null when the room was retired meanwhile.</summary>
    public ChangeSubscription? TrySubscribe(int capacity)
    {
        lock (_lock)
        {
            if (_isRetired)
                return null;
            var subscription = new ChangeSubscription(capacity, Unsubscribe) { StartedAfter = _sequence };
            _subscriptions = [.. _subscriptions, subscription];
            return subscription;
        }
    }

    /// <summary>Tells watchers that something outside the room's own state changed how it shows.</summary>
    public void Signal() => _watches?.Signal();

    private void Unsubscribe(ChangeSubscription subscription)
    {
        lock (_lock)
            _subscriptions = Array.FindAll(_subscriptions, other => other != subscription);
    }

    private void EmitNeedsLock(ChangeKind kind, string userId, bool isGuest, LeaveReason reason, long at)
    {
        _sequence++;
        if (_subscriptions.Length > 0)
        {
            var change = new Change(Id, _sequence, kind, userId, isGuest, reason, _network.Clock.UtcOf(at), _buckets.Viewers);
            foreach (var subscription in _subscriptions)
                subscription.Push(change);
        }
        SignalNeedsLock();
    }

    private void SignalNeedsLock()
    {
        _watches?.Signal();
        _network.Watches.Signal();
    }
}
