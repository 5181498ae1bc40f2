using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>Notifications. Everything here only queues or signals. No callback runs under the room's lock.</content>
internal sealed partial class Room
{
    private bool IsWatchedNeedsLock => _rare.Subscriptions.Length > 0 || _rare.Watches is { IsEmpty: false };

    /// <summary>Begins a watch; null when the room was retired meanwhile.</summary>
    public DirtyWatch? TryWatch()
    {
        lock (_lock)
            return _isRetired ? null : (_rare.Watches ??= new WatchList()).Add();
    }

    /// <summary>Begins a subscription; null when the room was retired meanwhile.</summary>
    public ChangeSubscription? TrySubscribe(int capacity)
    {
        lock (_lock)
        {
            if (_isRetired)
                return null;
            if (_rare.Subscriptions.Length == 0)
                _rare.IsCrowd = _buckets.Viewers > _network.Limits.Crowd; // there was no subscriber to see a change
            var subscription = new ChangeSubscription(capacity, Unsubscribe) { StartedAfter = _rare.Sequence };
            _rare.Subscriptions = [.. _rare.Subscriptions, subscription];
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
    public void Signal() => _rare.Watches?.Signal();

    private void Unsubscribe(ChangeSubscription subscription)
    {
        lock (_lock)
            _rare.Subscriptions = Array.FindAll(_rare.Subscriptions, other => other != subscription);
    }

    private void EmitNeedsLock(ChangeKind kind, string userId, bool isGuest, LeaveReason reason, long at, bool isUnlisted)
    {
        _rare.Sequence++;
        NoteNeedsLock(userId);
        if (kind == ChangeKind.Joined)
        {
            _rare.Joined++;
            _network.Metrics?.Joined();
        }
        else
        {
            _rare.Left++;
            _network.Metrics?.Left(reason);
        }
        if (_rare.Subscriptions.Length > 0)
        {
            var change = new Change(Id, _rare.Sequence, kind, userId, isGuest, reason, _network.Clock.UtcOf(at), _buckets.Viewers);
            PushNeedsLock(isUnlisted ? change.Unnamed() : change);
        }
        SignalNeedsLock();
    }

    /// <summary>A viewer is no longer listed, until it leaves: for readers of the list it has left, and somebody without a name has come.</summary>
    /// <param name="index">The session that asks for it.</param>
    /// <param name="at">When.</param>
    /// <param name="isRestored">It was so before a restart: nobody is told.</param>
    private void UnlistNeedsLock(int index, long at, bool isRestored = false)
    {
        ref var slot = ref _sessions[index];
        var lead = slot.IsLead ? index : LeadOfNeedsLock(slot.UserId!, slot.Hash);
        ref var viewer = ref _sessions[lead];
        if (viewer.IsUnlisted)
        {
            slot.Flags |= SlotFlags.Unlisted;
            return;
        }
        if (!isRestored)
            RecordUnlistedNeedsLock(lead, at);
        NoteNeedsLock(viewer.UserId!);
        var before = MarkOfNeedsLock(lead);
        _joinOrder.Remove(ref _sessions, lead);
        viewer.Flags |= SlotFlags.Unlisted;
        slot.Flags |= SlotFlags.Unlisted;
        CountChangeNeedsLock(lead, before, MarkOfNeedsLock(lead), at, seenAt: at);
        if (isRestored)
            return;
        _rare.Sequence++;
        if (_rare.Subscriptions.Length > 0)
            PushNeedsLock(new Change(Id, _rare.Sequence, _rare.IsCrowd ? ChangeKind.Unnamed : ChangeKind.Left, viewer.UserId!, viewer.IsGuest, LeaveReason.Left, _network.Clock.UtcOf(at), _buckets.Viewers));
    }

    private void PushNeedsLock(in Change change)
    {
        // A crowd ends well below the count where it begins. Otherwise a room at the border would publish nothing but gaps.
        var wasCrowd = _rare.IsCrowd;
        _rare.IsCrowd = change.Viewers > (wasCrowd ? _network.Limits.Crowd * 4 / 5 : _network.Limits.Crowd);
        if (wasCrowd && !_rare.IsCrowd)
        {
            TellGapNeedsLock();
            return;
        }
        foreach (var subscription in _rare.Subscriptions)
        {
            if (_rare.IsCrowd)
                subscription.PushCounted(change);
            else if (!subscription.Push(change))
                _network.Metrics?.Gap();
        }
    }

    private void TellGapNeedsLock()
    {
        foreach (var subscription in _rare.Subscriptions)
        {
            subscription.TellGap();
            _network.Metrics?.Gap();
        }
    }

    private void SignalNeedsLock()
    {
        _rare.Watches?.Signal();
        _network.Watches.Signal();
    }

    /// <summary>How the viewer count moved over the last minute, without the lock: for choosing which rooms to read.</summary>
    public int MinuteChange => Volatile.Read(ref _rare.Trend) is null ? 0 : Viewers - Volatile.Read(ref _rare.MinuteBefore);

    /// <summary>Takes a sample. A room younger than a tick has none and costs no memory for them.</summary>
    public void Sample(long tick, long dueAt, long now)
    {
        lock (_lock)
        {
            if (_rare.Trend is null && _buckets.Viewers == 0)
                return;
            // Restored viewers are present but never joined.
            var trend = _rare.Trend ?? new TrendRecorder(_buckets.Viewers - (int)(_rare.Joined - _rare.Left));
            trend.Add(tick, dueAt, now, _buckets.Viewers, _rare.Joined);
            Volatile.Write(ref _rare.MinuteBefore, trend.MinuteBefore);
            Volatile.Write(ref _rare.Trend, trend); // published last: a reader takes the rest with it
        }
    }

    /// <summary>Joins and leaves, minute by minute.</summary>
    public RoomFlow Flow()
    {
        lock (_lock)
            return FlowNeedsLock();
    }

    public RoomTrend Trend(DateTimeOffset at)
    {
        lock (_lock)
            return TrendNeedsLock(at);
    }

    private RoomFlow FlowNeedsLock()
    {
        var (joins, leaves) = _rare.Trend?.Flow(_buckets.Viewers, _rare.Joined) ?? ([(int)_rare.Joined], [(int)_rare.Left]);
        return new RoomFlow(joins, leaves, _rare.Joined, _rare.Left);
    }

    private RoomTrend TrendNeedsLock(DateTimeOffset at)
    {
        var now = _buckets.Viewers;
        if (_rare.Trend is not { } trend)
            return new RoomTrend([now], [now], at);
        return new RoomTrend(trend.Recent(now), trend.Hour(now), at)
        {
            RecentlyAt = trend.RecentlyAt is { } recentlyAt ? _network.Clock.UtcOf(recentlyAt) : at,
            SampledAt = trend.SampledAt is { } sampledAt ? _network.Clock.UtcOf(sampledAt) : at,
        };
    }
}
