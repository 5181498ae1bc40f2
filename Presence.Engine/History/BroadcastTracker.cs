using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>Which rooms are live, since when, and when each broadcast ends. Pure: told of what happens, and of the time.</summary>
/// <remarks>
/// <para><b>Restarts.</b> A broadcast goes on when its viewers are restored, or when the server was down for no longer than the gap and
/// somebody is back within the gap after it. Otherwise it ended at the last moment it had viewers.</para>
/// <para><b>Bound.</b> Live rooms (<see cref="PresenceLimits.Rooms"/>), and ended rooms of the catalogue.</para>
/// <para><b>Threads.</b> One at a time.</para>
/// </remarks>
/// <param name="gap">How long a room may be empty within a broadcast.</param>
internal sealed class BroadcastTracker(Func<TimeSpan> gap)
{
    private readonly Dictionary<string, TrackedBroadcast> _open = new(PresenceComparers.RoomId);
    private readonly HashSet<string> _ended = new(PresenceComparers.RoomId);
    private readonly HashSet<TrackedBroadcast> _changed = [];

    /// <summary>The broadcasts that go on.</summary>
    public IReadOnlyCollection<TrackedBroadcast> Open => _open.Values;

    /// <summary>What differs from what is stored; <see cref="MarkStored"/> takes it off.</summary>
    public IReadOnlyCollection<TrackedBroadcast> Changed => _changed;

    public void MarkStored(TrackedBroadcast broadcast) => _changed.Remove(broadcast);

    public TrackedBroadcast? Find(string roomId) => _open.GetValueOrDefault(roomId);

    /// <summary>The first viewer came to an empty room.</summary>
    public void Live(string roomId, DateTimeOffset at, string? title)
    {
        if (_open.TryGetValue(roomId, out var broadcast))
        {
            if (!IsOver(broadcast, at))
            {
                (broadcast.EmptySince, broadcast.HadViewers) = (null, true);
                _changed.Add(broadcast);
                return;
            }
            End(broadcast, broadcast.EmptySince!.Value, BroadcastEnd.Empty);
        }
        Begin(roomId, at, title).HadViewers = true;
    }

    /// <summary>The last viewer left.</summary>
    public void Empty(string roomId, DateTimeOffset at)
    {
        if (!_open.TryGetValue(roomId, out var broadcast))
            return; // its end was known before
        broadcast.EmptySince = at > broadcast.StartedAt ? at : broadcast.StartedAt;
        _changed.Add(broadcast);
    }

    /// <summary>The catalogue says something new of a room. Taking it from ended to live is an explicit start.</summary>
    public void Defined(string roomId, RoomDefinition definition, DateTimeOffset at)
    {
        if (_open.TryGetValue(roomId, out var broadcast) && IsOver(broadcast, at))
        {
            End(broadcast, broadcast.EmptySince!.Value, BroadcastEnd.Empty);
            broadcast = null;
        }
        if (definition.Status == RoomStatus.Ended)
        {
            _ended.Add(roomId);
            if (broadcast is not null)
                End(broadcast, at > broadcast.StartedAt ? at : broadcast.StartedAt, BroadcastEnd.Ended);
            return;
        }
        if (_ended.Remove(roomId) && broadcast is null)
            Begin(roomId, at, definition.Title).EmptySince = at;
        else if (broadcast is not null && broadcast.Title != definition.Title)
            (broadcast.Title, _) = (definition.Title, _changed.Add(broadcast));
    }

    /// <summary>Ends what has been empty for too long.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var broadcast in _open.Values.Where(broadcast => IsOver(broadcast, now)).ToList())
            End(broadcast, broadcast.EmptySince!.Value, BroadcastEnd.Empty);
    }

    /// <summary>Takes up what was stored, at a start.</summary>
    /// <param name="open">The broadcasts that had not ended.</param>
    /// <param name="ended">Rooms of the catalogue that are ended.</param>
    /// <param name="aliveAt">When the server last ran.</param>
    /// <param name="live">The rooms with viewers now.</param>
    /// <param name="sinceOf">Since when the longest present of one of them is there.</param>
    /// <param name="now">Now.</param>
    public void Resume(IEnumerable<TrackedBroadcast> open, IEnumerable<string> ended, DateTimeOffset aliveAt, IEnumerable<string> live, Func<string, DateTimeOffset> sinceOf, DateTimeOffset now)
    {
        _ended.UnionWith(ended);
        foreach (var broadcast in open)
        {
            _open[broadcast.RoomId] = broadcast;
            if (now - aliveAt <= gap())
                broadcast.GraceFrom = now;
        }
        Correct(live, sinceOf, aliveAt, now);
    }

    /// <summary>Compares with the rooms that have viewers, after events were missed.</summary>
    /// <param name="live">The rooms with viewers now.</param>
    /// <param name="sinceOf">Since when the longest present of one of them is there.</param>
    /// <param name="emptyAt">When a room that has none now may last have had some.</param>
    /// <param name="now">Now.</param>
    public void Correct(IEnumerable<string> live, Func<string, DateTimeOffset> sinceOf, DateTimeOffset emptyAt, DateTimeOffset now)
    {
        var withViewers = live.ToHashSet(PresenceComparers.RoomId);
        foreach (var broadcast in _open.Values.Where(broadcast => broadcast.EmptySince is null && !withViewers.Contains(broadcast.RoomId)).ToList())
            Empty(broadcast.RoomId, emptyAt);
        foreach (var roomId in withViewers)
        {
            _open.TryGetValue(roomId, out var broadcast);
            if (broadcast is { EmptySince: null })
                continue;
            var since = sinceOf(roomId);
            Live(roomId, since > broadcast?.EmptySince || broadcast is null ? since : broadcast.EmptySince!.Value, broadcast?.Title);
        }
        Tick(now);
    }

    private bool IsOver(TrackedBroadcast broadcast, DateTimeOffset now) =>
        broadcast.EmptySince is { } since && now - (broadcast.GraceFrom > since ? broadcast.GraceFrom : since) > gap();

    private TrackedBroadcast Begin(string roomId, DateTimeOffset at, string? title)
    {
        var broadcast = new TrackedBroadcast { RoomId = roomId, StartedAt = at, Title = title };
        _open[roomId] = broadcast;
        _changed.Add(broadcast);
        return broadcast;
    }

    private void End(TrackedBroadcast broadcast, DateTimeOffset at, BroadcastEnd end)
    {
        (broadcast.EndedAt, broadcast.End) = (at, end);
        _open.Remove(broadcast.RoomId);
        _changed.Add(broadcast);
    }
}

/// <summary>A broadcast as it is tracked. Without viewers up to its end it was none.</summary>
internal sealed class TrackedBroadcast
{
    /// <summary>0 until it is stored.</summary>
    public long Id { get; set; }

    public required string RoomId { get; init; }
    public string? Title { get; set; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EmptySince { get; set; }
    public bool HadViewers { get; set; }

    /// <summary>Webhooks were told that it began, once it had viewers.</summary>
    public bool IsTold { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public BroadcastEnd End { get; set; }

    /// <summary>When the server was back, if that was soon enough: viewers have the gap from then on to return.</summary>
    public DateTimeOffset GraceFrom { get; set; }

    /// <summary>Whether it is over and nobody came.</summary>
    public bool IsVoid => EndedAt is not null && !HadViewers;
}
