using Presence.Engine.Changes;
using Presence.Engine.Storage;

namespace Presence.Engine.Moderation;

/// <summary>Says when a viewer on the watch list joins a room. Reads the feed, behind joins: no heartbeat waits for it.</summary>
/// <remarks>
/// <para><b>Cost.</b> One look-up a join; while nobody is watched for, nothing reads.</para>
/// <para><b>Guarantee.</b> Once an arrival: who comes back to a room within <see cref="Away"/> of leaving it is not told again. Arrivals in a gap of the feed
/// (65,536 events between two passes) are not told; lists mark the viewers all the same.</para>
/// <para><b>Bound.</b> <see cref="MostPlaces"/> places left lately, one latest arrival for each viewer on the list.</para>
/// <para><b>Threads.</b> Passes follow one another; the rest is for any.</para>
/// </remarks>
public sealed class WatchedArrivals(PresenceEngine engine, ViewerNoteStore notes) : IDisposable
{
    /// <summary>How often the feed is read.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Who is back within this never was away: a tunnel, a reload, another device.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromMinutes(5);

    private const int MostPlaces = 10_000;
    private const int EventsAPiece = 1_000;

    private readonly List<FeedEvent> _events = [];
    private readonly Dictionary<(string RoomId, string UserId), DateTimeOffset> _left = [];
    private volatile IReadOnlyDictionary<string, WatchedArrival> _latest = new Dictionary<string, WatchedArrival>(PresenceComparers.UserId);
    private FeedReader? _feed;

    /// <summary>Raised for an arrival, on the thread that reads. Nothing slow may be done in it.</summary>
    public event EventHandler<WatchedArrivedEventArgs>? Arrived;

    /// <summary>Raised for every join, also of who never was away, as <see cref="Arrived"/> is.</summary>
    public event EventHandler<WatchedArrivedEventArgs>? Joined;

    /// <summary>When and where a viewer on the list was last seen to arrive since the server started; null for never.</summary>
    public WatchedArrival? LatestOf(string userId) => _latest.GetValueOrDefault(userId);

    /// <summary>Whether a viewer is on the list.</summary>
    public bool IsWatched(string userId) => notes.WatchedFor(userId) is not null;

    /// <summary>Whether a viewer is on the list, and listed in a room now.</summary>
    public bool IsHere(string roomId, string userId) => IsWatched(userId) && engine.Find(roomId, userId) is { Viewer.IsUnlisted: false };

    /// <summary>Takes in what happened since the last call. Not by two at a time.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        if (!notes.IsWatching)
        {
            _feed?.Dispose();
            _feed = null;
            return Task.CompletedTask;
        }
        _feed ??= engine.Feed.Read();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            _events.Clear();
            _feed.TryRead(_events, EventsAPiece);
            foreach (var happened in _events)
                Apply(happened);
        }
        while (_events.Count == EventsAPiece);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _feed?.Dispose();

    private void Apply(in FeedEvent happened)
    {
        if (happened is not { RoomId: { } roomId, UserId: { } userId, Kind: FeedEventKind.Joined or FeedEventKind.Left } || notes.WatchedFor(userId) is not { } note)
            return;
        if (happened.Kind == FeedEventKind.Left)
        {
            Forget(happened.At - Away);
            if (_left.Count < MostPlaces)
                _left[(roomId, userId)] = happened.At;
            return;
        }
        var arrival = new WatchedArrival(note, roomId, happened.At) { Flags = [.. notes.Of(userId).Select(kept => kept.Flag).OfType<ViewerFlag>()] };
        Joined?.Invoke(this, new WatchedArrivedEventArgs(arrival));
        if (_left.Remove((roomId, userId), out var leftAt) && happened.At - leftAt < Away)
            return;
        _latest = new Dictionary<string, WatchedArrival>(_latest.Where(known => notes.WatchedFor(known.Key) is not null), PresenceComparers.UserId) { [userId] = arrival };
        Arrived?.Invoke(this, new WatchedArrivedEventArgs(arrival));
    }

    private void Forget(DateTimeOffset until)
    {
        if (_left.Count < MostPlaces)
            return;
        foreach (var place in _left.Where(place => place.Value < until).Select(place => place.Key).ToList())
            _left.Remove(place);
    }
}

/// <summary>A viewer on the watch list who joined a room.</summary>
/// <param name="Note">Why the viewer is watched for.</param>
/// <param name="RoomId">The room.</param>
/// <param name="At">When.</param>
public sealed record WatchedArrival(ViewerNote Note, string RoomId, DateTimeOffset At)
{
    /// <summary>The flags of all notes on the viewer.</summary>
    public IReadOnlyList<ViewerFlag> Flags { get; init; } = [];
}

/// <summary>Who arrived.</summary>
/// <param name="arrival">Who, where and when.</param>
public sealed class WatchedArrivedEventArgs(WatchedArrival arrival) : EventArgs
{
    /// <summary>Who, where and when.</summary>
    public WatchedArrival Arrival => arrival;
}
