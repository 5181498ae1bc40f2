using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>One room's counts, shared by every stream that tells them.</summary>
/// <remarks>
/// <para><b>Bound.</b> The last counts and the streams that listen; nothing is queued.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal class CountFeed : IDisposable
{
    private readonly StreamVersions _versions;
    private EventStream[] _listeners = [];
    private RoomCount _count;
    private long _asked;
    private long _answered;

    public CountFeed(string roomId, IPresence presence, StreamVersions versions)
    {
        (RoomId, Presence, _versions) = (roomId, presence, versions);
        FirstVersion = Version = versions.Next();
    }

    public string RoomId { get; }

    /// <summary>Below the version of the first counts it knows: what happened before it cannot say.</summary>
    public long FirstVersion { get; }

    /// <summary>When the last stream left. Guarded by the owner of the feeds.</summary>
    public long IdleSince { get; set; }

    public bool IsIdle => Volatile.Read(ref _listeners).Length == 0;

    /// <summary>The feed failed: its streams have ended, and a new stream needs a new feed.</summary>
    public virtual bool IsBroken => false;

    protected IPresence Presence { get; }

    /// <summary>Guards all that the feed knows.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>The version of the counts; guarded by <see cref="Gate"/>.</summary>
    protected long Version { get; private set; }

    public void Add(EventStream listener)
    {
        lock (Gate)
            _listeners = [.. _listeners, listener];
        if (IsBroken)
            listener.End();
    }

    public void Remove(EventStream listener)
    {
        lock (Gate)
            _listeners = Array.FindAll(_listeners, other => other != listener);
    }

    /// <summary>The counts, when they have changed since a version, which moves on.</summary>
    public RoomCount? ReadCount(ref long version)
    {
        lock (Gate)
            return ReadCountNeedsLock(ref version);
    }

    /// <summary>Looks whether the counts have changed; those of hidden and fading viewers do so without a join or a leave.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        // Answers may overtake one another, and the sequence can't order them: hidden viewers don't move it. So what was asked later stands.
        var asked = Interlocked.Increment(ref _asked);
        var count = await Presence.CountAsync(RoomId, cancellationToken);
        lock (Gate)
        {
            if (asked < _answered)
                return;
            _answered = asked;
            var isSame = Version > FirstVersion && count with { At = _count.At, Sequence = _count.Sequence } == _count;
            _count = count;
            if (isSame)
                return;
            Version = _versions.Next(); // under the lock, so that a reader of a later version finds these counts
        }
        Signal();
    }

    /// <summary>The same of several rooms: none waits for another's answer.</summary>
    public static Task RefreshAsync(IEnumerable<CountFeed> feeds, CancellationToken cancellationToken) =>
        Task.WhenAll(feeds.Select(feed => feed.RefreshAsync(cancellationToken).AsTask()));

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected RoomCount? ReadCountNeedsLock(ref long version)
    {
        if (Version <= version)
            return null;
        version = Version;
        return _count;
    }

    protected void Signal()
    {
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.Signal();
    }

    protected void EndListeners()
    {
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.End();
    }

    protected virtual void Dispose(bool disposing)
    {
        // A count feed holds no resources.
    }
}
