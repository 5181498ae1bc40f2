using System.Threading.Channels;

namespace Presence.Engine.Changes;

/// <summary>One subscriber's bounded queue of a room's changes, in the order of their sequence.</summary>
/// <remarks>
/// <para><b>Threads.</b> One thread reads, any thread disposes.</para>
/// <para><b>Guarantee.</b> Between the subscription (or the read of a gap) and the next gap every change is delivered once.
/// Above a set crowd joins and leaves are added up into one <see cref="ChangeKind.Counted"/> change until it is read; when the
/// crowd is over, a gap says so: single changes follow the state read then. A subscriber that falls behind by more than its capacity loses the queue, gets one gap, and doesn't affect others.</para>
/// </remarks>
public sealed class ChangeSubscription : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Change> _queue = new();
    private readonly int _capacity;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });

    private Action<ChangeSubscription>? _detach;
    private bool _hasGap;
    private Change _counted;

    internal ChangeSubscription(int capacity, Action<ChangeSubscription> detach)
    {
        _capacity = capacity;
        _detach = detach;
    }

    /// <summary>The room's sequence when the subscription began: the first change delivered is the next one.</summary>
    public long StartedAfter { get; internal set; }

    /// <summary>Completes when there is something to read; false once the subscription is disposed.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (await _signal.Reader.WaitToReadAsync(cancellationToken))
        {
            _signal.Reader.TryRead(out _);
            lock (_lock)
            {
                if (_hasGap || _queue.Count > 0 || _counted.Sequence > 0)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Takes the next change or gap. Read until <see cref="SubscriptionItem.None"/>, then wait.</summary>
    public SubscriptionItem TryRead(out Change change)
    {
        lock (_lock)
        {
            if (_hasGap)
            {
                _hasGap = false;
                change = default;
                return SubscriptionItem.Gap;
            }
            if (_queue.TryDequeue(out change))
                return SubscriptionItem.Change;
            if (_counted.Sequence == 0)
                return SubscriptionItem.None;
            change = _counted;
            _counted = default;
            return SubscriptionItem.Change;
        }
    }

    /// <summary>Ends the subscription. Safe to call twice.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _detach, null)?.Invoke(this);
        _signal.Writer.TryComplete();
    }

    /// <summary>Queues a change; false when that made a gap. Called under the room's lock, so that no two changes arrive out of order.</summary>
    internal bool Push(in Change change)
    {
        lock (_lock)
        {
            if (_hasGap)
                return true;
            if (_queue.Count < _capacity)
            {
                _queue.Enqueue(change);
                _signal.Writer.TryWrite(true);
                return true;
            }
        }
        TellGap();
        return false;
    }

    /// <summary>Adds a change to the count that waits.</summary>
    internal void PushCounted(in Change change)
    {
        lock (_lock)
        {
            if (_hasGap)
                return;
            _counted = change with
            {
                Kind = ChangeKind.Counted,
                UserId = "",
                IsGuest = false,
                Reason = LeaveReason.None,
                Joined = _counted.Joined + change.Joined + (change.Kind == ChangeKind.Joined ? 1 : 0),
                Left = _counted.Left + change.Left + (change.Kind == ChangeKind.Left ? 1 : 0),
            };
        }
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Drops what waits and says so.</summary>
    internal void TellGap()
    {
        lock (_lock)
        {
            _queue.Clear();
            _counted = default;
            _hasGap = true;
        }
        _signal.Writer.TryWrite(true);
    }
}

/// <summary>What a read of a <see cref="ChangeSubscription"/> found.</summary>
public enum SubscriptionItem
{
    /// <summary>Nothing waits.</summary>
    None,

    /// <summary>A change.</summary>
    Change,

    /// <summary>Changes were missed: read the state again. Changes made after this read are recorded again.</summary>
    Gap,
}
