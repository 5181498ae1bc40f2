using Presence.Engine;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>One room's recent changes and counts, shared by all its streams.</summary>
/// <remarks>
/// <para><b>Why shared.</b> The engine queues a change under the room's lock, once for each subscription: two thousand
/// streams of one room would make every join two thousand times as dear. So a room has one subscription, and streams keep
/// nothing but their place in what it brought. A stream that doesn't read costs no memory here and delays no one.</para>
/// <para><b>Bound.</b> <see cref="Capacity"/> changes a room. A stream further behind has missed some: a gap.</para>
/// <para><b>Threads.</b> Any; one pump writes.</para>
/// </remarks>
internal sealed class RoomFeed : CountFeed
{
    public const int Capacity = 512;

    /// <summary>What the engine holds while the pump is busy: more than a room below the crowd can change at once.</summary>
    private const int Awaited = 4 * Capacity;

    private readonly ILogger _log;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _begun;
    private readonly Queue<Change> _recent = new();
    private long _last;
    private long _floor;
    private int _epoch;
    private bool _isCrowd;
    private volatile bool _isBroken;
    private ChangeSubscription? _subscription;

    public RoomFeed(string roomId, IPresence presence, StreamVersions versions, ILogger log)
        : base(roomId, presence, versions)
    {
        _log = log;
        _begun = BeginAsync();
    }

    public override bool IsBroken => _isBroken;

    /// <summary>Where the changes come from; null until it follows them.</summary>
    internal ChangeSubscription? Subscription => _subscription;

    /// <summary>Completes once the feed follows its room: before, nothing it says is true.</summary>
    public ValueTask FollowAsync(CancellationToken cancellationToken) => _begun.IsCompletedSuccessfully ? ValueTask.CompletedTask : new(_begun.WaitAsync(cancellationToken));

    /// <summary>The start position of a stream that is about to read the state. It gets all later changes.</summary>
    public StreamPosition Begin(out bool isCrowd)
    {
        lock (Gate)
        {
            isCrowd = _isCrowd;
            return new StreamPosition(_last, _epoch, Version);
        }
    }

    /// <summary>Where a stream continues that has received everything up to a change. False if later changes are no longer kept.</summary>
    public bool TryResume(long sequence, out StreamPosition position)
    {
        lock (Gate)
        {
            position = new StreamPosition(sequence, _epoch, Counts: 0);
            return !_isCrowd && sequence >= _floor && sequence <= _last;
        }
    }

    /// <summary>Takes what came behind a position and moves it on. The count belongs behind the changes up to its sequence.</summary>
    public StreamNews Read(ref StreamPosition position, List<Change> changes)
    {
        lock (Gate)
        {
            if (position.Epoch != _epoch || (!_isCrowd && position.Sequence < _floor))
                return new StreamNews(IsGap: true, _isCrowd, Count: null);
            foreach (var change in _recent)
            {
                if (change.Sequence > position.Sequence)
                    changes.Add(change);
            }
            var version = position.Counts;
            var count = ReadCountNeedsLock(ref version);
            if (!_isCrowd && count?.Sequence > _last)
                (count, version) = (null, position.Counts); // this count includes changes that aren't delivered yet: it is sent with them
            position = position with { Sequence = Math.Max(position.Sequence, _last), Counts = version };
            return new StreamNews(IsGap: false, _isCrowd, count);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _disposed.Cancel();
        _subscription?.Dispose();
        _disposed.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Follows the room: at once where it is here.</summary>
    private async Task BeginAsync()
    {
        var stop = _disposed.Token;
        try
        {
            var subscription = _subscription = await Presence.SubscribeAsync(RoomId, Awaited, stop);
            var count = await Presence.CountAsync(RoomId, stop);
            if (stop.IsCancellationRequested)
                subscription.Dispose(); // the feed was dropped meanwhile, and did not know of it
            lock (Gate)
                (_last, _floor, _isCrowd) = (subscription.StartedAfter, subscription.StartedAfter, count.Viewers > Presence.Current.Limits.Crowd);
            _ = Task.Run(() => PumpAsync(subscription, stop), CancellationToken.None);
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    private async Task PumpAsync(ChangeSubscription subscription, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            while (await subscription.WaitAsync(stop))
            {
                while (subscription.TryRead(out var change) is var item and not SubscriptionItem.None)
                    await NoteAsync(item, change, stop);
                Signal();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // no listeners left
        }
#pragma warning disable CA1031 // any failure: listeners must not wait for events that never come
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }
        if (stop.IsCancellationRequested)
            return;
        _log.LogError(failure, "The feed of a room failed. Its streams end and clients reconnect.");
        lock (Gate)
            _isBroken = true;
        EndListeners();
    }

    private async ValueTask NoteAsync(SubscriptionItem item, Change change, CancellationToken stop)
    {
        if (item == SubscriptionItem.Gap)
        {
            var count = await Presence.CountAsync(RoomId, stop);
            BeginAnew(count.Sequence, isCrowd: count.Viewers > Presence.Current.Limits.Crowd, isGap: true);
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
        lock (Gate)
        {
            if (change.Sequence <= _last)
                return; // already part of the state read after a gap
            _isCrowd = false;
            _last = change.Sequence;
            if (change.Kind == ChangeKind.Unnamed)
                return; // the count tells it
            _recent.Enqueue(change);
            if (_recent.Count > Capacity)
                _floor = _recent.Dequeue().Sequence;
        }
    }

    /// <summary>Single changes up to a sequence are known no more.</summary>
    private void BeginAnew(long sequence, bool isCrowd, bool isGap)
    {
        lock (Gate)
        {
            _recent.Clear();
            _last = _floor = Math.Max(_last, sequence);
            _isCrowd = isCrowd;
            _epoch += isGap ? 1 : 0;
        }
    }
}
