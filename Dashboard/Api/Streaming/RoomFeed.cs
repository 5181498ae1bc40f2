using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>One room's recent changes and counts, shared by everybody who streams it.</summary>
/// <remarks>
/// <para><b>Why shared.</b> The engine queues a change under the room's lock, once for each subscription: two thousand
/// streams of one room would make every join two thousand times as dear. So a room has one subscription, and streams keep
/// nothing but their place in what it brought. A stream that does not read costs no memory here and delays nobody.</para>
/// <para><b>Bound.</b> <see cref="Capacity"/> changes a room. Whoever is further behind has missed some: a gap.</para>
/// <para><b>Threads.</b> Any; one pump writes.</para>
/// </remarks>
internal sealed class RoomFeed : IDisposable
{
    public const int Capacity = 512;

    /// <summary>What the engine holds while the pump is busy: more than a room below the crowd can change at once.</summary>
    private const int Awaited = 4 * Capacity;

    private readonly PresenceEngine _engine;
    private readonly ILogger _log;
    private readonly ChangeSubscription _subscription;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly Queue<Change> _recent = new();
    private EventStream[] _listeners = [];
    private RoomCount _count;
    private long _last;
    private long _floor;
    private int _epoch;
    private int _counts;
    private bool _isCrowd;
    private volatile bool _isBroken;

    public RoomFeed(string roomId, PresenceEngine engine, ILogger log)
    {
        RoomId = roomId;
        (_engine, _log) = (engine, log);
        _subscription = engine.Subscribe(roomId, Awaited);
        _last = _floor = _subscription.StartedAfter;
        _count = engine.Count(roomId);
        _isCrowd = _count.Viewers > engine.Limits.Crowd;
        Pumping = Task.Run(PumpAsync);
    }

    public string RoomId { get; }

    /// <summary>When the last stream left; guarded by whoever keeps the feeds.</summary>
    public long IdleSince { get; set; }

    public bool IsIdle => Volatile.Read(ref _listeners).Length == 0;

    /// <summary>Nothing will come any more although nobody ended it: its streams have ended, and a new one needs a new feed.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Completes when the pump has ended.</summary>
    public Task Pumping { get; }

    public void Add(EventStream listener)
    {
        lock (_lock)
            _listeners = [.. _listeners, listener];
        if (IsBroken)
            listener.End();
    }

    public void Remove(EventStream listener)
    {
        lock (_lock)
            _listeners = Array.FindAll(_listeners, other => other != listener);
    }

    /// <summary>Where a stream begins that is about to read the state; what happens from now on is told to it.</summary>
    public StreamPosition Begin(out bool isCrowd)
    {
        lock (_lock)
        {
            isCrowd = _isCrowd;
            return new StreamPosition(_last, _epoch, _counts);
        }
    }

    /// <summary>Where a stream goes on that was told everything up to a change; false when something behind it is gone.</summary>
    public bool TryResume(long sequence, out StreamPosition position)
    {
        lock (_lock)
        {
            position = new StreamPosition(sequence, _epoch, Counts: -1);
            return !_isCrowd && sequence >= _floor && sequence <= _last;
        }
    }

    /// <summary>Takes what came behind a position and moves it on.</summary>
    public StreamNews Read(ref StreamPosition position, List<Change> changes)
    {
        lock (_lock)
        {
            if (position.Epoch != _epoch || (!_isCrowd && position.Sequence < _floor))
                return new StreamNews(IsGap: true, _isCrowd, Count: null);
            foreach (var change in _recent)
            {
                if (change.Sequence > position.Sequence)
                    changes.Add(change);
            }
            RoomCount? count = position.Counts == _counts ? null : _count;
            position = position with { Sequence = Math.Max(position.Sequence, _last), Counts = _counts };
            return new StreamNews(IsGap: false, _isCrowd, count);
        }
    }

    /// <summary>Looks whether the counts have changed; those of hidden and fading viewers do so without a join or a leave.</summary>
    public void Refresh()
    {
        var count = _engine.Count(RoomId);
        lock (_lock)
        {
            if (count with { At = _count.At, Sequence = _count.Sequence } == _count)
                return;
            _count = count;
            _counts++;
        }
        Signal();
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _subscription.Dispose();
        _disposed.Dispose();
    }

    private async Task PumpAsync()
    {
        var stop = _disposed.Token;
        Exception? failure = null;
        try
        {
            while (await _subscription.WaitAsync(stop))
            {
                while (_subscription.TryRead(out var change) is var item and not SubscriptionItem.None)
                    Note(item, change);
                Signal();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // nobody listens any more
        }
#pragma warning disable CA1031 // whatever it was, who listens must not wait for what will never come
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }
        if (stop.IsCancellationRequested)
            return;
        _log.LogError(failure, "The changes of a room can no longer be followed; its streams end, and begin anew.");
        lock (_lock)
            _isBroken = true;
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.End();
    }

    private void Note(SubscriptionItem item, in Change change)
    {
        if (item == SubscriptionItem.Gap)
        {
            var count = _engine.Count(RoomId);
            BeginAnew(count.Sequence, isCrowd: count.Viewers > _engine.Limits.Crowd, isGap: true);
        }
        else if (change.Kind == ChangeKind.Counted)
        {
            BeginAnew(change.Sequence, isCrowd: true, isGap: false);
        }
        else
        {
            Add(change);
        }
    }

    private void Add(in Change change)
    {
        lock (_lock)
        {
            if (change.Sequence <= _last)
                return; // in the state that was read after a gap
            _isCrowd = false;
            _last = change.Sequence;
            _recent.Enqueue(change);
            if (_recent.Count > Capacity)
                _floor = _recent.Dequeue().Sequence;
        }
    }

    /// <summary>Single changes up to a sequence are known no more.</summary>
    private void BeginAnew(long sequence, bool isCrowd, bool isGap)
    {
        lock (_lock)
        {
            _recent.Clear();
            _last = _floor = Math.Max(_last, sequence);
            _isCrowd = isCrowd;
            _epoch += isGap ? 1 : 0;
        }
    }

    private void Signal()
    {
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.Signal();
    }
}
