using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>Who is told. Everything here only queues or signals; nobody's code runs under the room's lock.</content>
internal sealed partial class Room
{
    private ChangeSubscription[] _subscriptions = [];
    private WatchList? _watches;
    private long _sequence;
    private bool _isCrowd;

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

    /// <summary>Tells every subscriber to read the state again: time was skipped, and with it what they would have seen.</summary>
    public void TellGap()
    {
        lock (_lock)
            TellGapNeedsLock();
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
        NoteNeedsLock(userId);
        if (kind == ChangeKind.Joined)
            _network.Metrics?.Joined();
        else
            _network.Metrics?.Left(reason);
        if (_subscriptions.Length > 0)
            PushNeedsLock(new Change(Id, _sequence, kind, userId, isGuest, reason, _network.Clock.UtcOf(at), _buckets.Viewers));
        SignalNeedsLock();
    }

    private void PushNeedsLock(in Change change)
    {
        // A crowd ends well below where it begins, or a room at the border would tell nothing but gaps.
        var wasCrowd = _isCrowd;
        _isCrowd = change.Viewers > (wasCrowd ? _network.Limits.Crowd * 4 / 5 : _network.Limits.Crowd);
        if (wasCrowd && !_isCrowd)
        {
            TellGapNeedsLock();
            return;
        }
        foreach (var subscription in _subscriptions)
        {
            if (_isCrowd)
                subscription.PushCounted(change);
            else if (!subscription.Push(change))
                _network.Metrics?.Gap();
        }
    }

    private void TellGapNeedsLock()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.TellGap();
            _network.Metrics?.Gap();
        }
    }

    private void SignalNeedsLock()
    {
        _watches?.Signal();
        _network.Watches.Signal();
    }
}
