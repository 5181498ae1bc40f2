using Presence.Engine.Changes;

namespace Presence.Engine.Webhooks;

/// <summary>Makes webhooks' events of what the feed tells of rooms. Pure: told of what happens, and of the time.</summary>
/// <remarks>
/// <para><b>Hysteresis.</b> A threshold is passed upwards at its number, and downwards when a tenth below it. A peak is told when the count has fallen by a tenth,
/// if it is a tenth above the last one told, and when the room is empty: the final one is always told.</para>
/// <para><b>Crowd.</b> Above the limit, joins and leaves are told as counts, every <see cref="CountFor"/>. A crowd ends at four fifths of the limit.</para>
/// <para><b>Bound.</b> Live rooms (<see cref="PresenceLimits.Rooms"/>).</para>
/// <para><b>Threads.</b> One at a time.</para>
/// </remarks>
/// <param name="crowd">Viewers above which a room is a crowd.</param>
/// <param name="wants">Whether any endpoint wants a type in a room.</param>
/// <param name="thresholds">All endpoints' thresholds, in order.</param>
internal sealed class RoomWatcher(int crowd, Func<string, string, bool> wants, Func<IReadOnlyList<int>> thresholds)
{
    public static readonly TimeSpan CountFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, WatchedRoom> _rooms = new(PresenceComparers.RoomId);
    private readonly HashSet<WatchedRoom> _counting = [];

    /// <summary>What differs from what is stored; a room that is not <see cref="WatchedRoom.IsLive"/> has no row.</summary>
    public HashSet<WatchedRoom> Changed { get; } = [];

    public (int Rooms, int Viewers) Totals => (_rooms.Count, _rooms.Values.Sum(room => room.Viewers));

    /// <summary>Takes up a room as it was stored.</summary>
    public void Restore(WatchedRoom room) => _rooms[room.RoomId] = room;

    public void Apply(in FeedEvent happened, List<WebhookEvent> told)
    {
        if (happened.RoomId is not { } roomId || happened.Kind > FeedEventKind.RoomEmpty)
            return;
        if (happened.Kind == FeedEventKind.RoomEmpty)
        {
            if (_rooms.TryGetValue(roomId, out var empty))
                End(empty, happened.At, told);
            return;
        }
        var room = Begin(roomId, happened.Viewers, happened.At, told);
        if (happened.Kind == FeedEventKind.RoomLive)
            return;
        room.Viewers = happened.Viewers;
        var wasCrowd = room.IsCrowd;
        room.IsCrowd = room.Viewers > (wasCrowd ? crowd * 4 / 5 : crowd);
        if (room.IsCrowd || wasCrowd)
            Count(room, happened, told);
        else if (wants(happened.Kind == FeedEventKind.Joined ? WebhookEvents.ViewerJoined : WebhookEvents.ViewerLeft, roomId))
            Tell(room, happened.Kind == FeedEventKind.Joined ? WebhookEvents.Joined(happened) : WebhookEvents.Left(happened), told);
        Look(room, happened.At, told);
    }

    /// <summary>Tells the counts of crowds that are old enough.</summary>
    public void Tick(DateTimeOffset now, List<WebhookEvent> told)
    {
        foreach (var room in _counting.Where(room => now - room.CountedFrom >= CountFor).ToList())
            TellCount(room, now, told);
    }

    /// <summary>Compares with the rooms as they are, after events were missed: tells the gap, and what changed in it.</summary>
    /// <param name="live">The rooms with viewers, and how many.</param>
    /// <param name="reason">Why they were missed; null when nothing was told before, and so nothing was missed.</param>
    /// <param name="from">Up to when everything was told.</param>
    /// <param name="now">Now.</param>
    /// <param name="told">Told are added to it.</param>
    public void Correct(IReadOnlyCollection<(string RoomId, int Viewers)> live, string? reason, DateTimeOffset from, DateTimeOffset now, List<WebhookEvent> told)
    {
        var before = Totals;
        var (later, names) = (new List<WebhookEvent>(), live.Select(room => room.RoomId).ToHashSet(PresenceComparers.RoomId));
        foreach (var room in _rooms.Values.Where(room => !names.Contains(room.RoomId)).ToList())
        {
            room.Viewers = 0;
            Look(room, now, later);
            End(room, now, later);
        }
        foreach (var (roomId, viewers) in live)
        {
            var known = _rooms.ContainsKey(roomId);
            var room = Begin(roomId, viewers, now, later);
            var countedBefore = room.Viewers;
            (room.Viewers, room.IsCrowd) = (viewers, viewers > crowd);
            if (known && countedBefore != viewers && wants(WebhookEvents.ViewersCounted, roomId))
                Tell(room, WebhookEvents.Missed(roomId, countedBefore, viewers, from, now), later);
            Look(room, now, later);
        }
        _counting.Clear();
        foreach (var room in _rooms.Values)
            (room.Joined, room.Left) = (0, 0);
        if (reason is null)
            return;
        if (later.Count > 0)
            told.Add(WebhookEvents.FeedGap(reason, from, now, before, Totals));
        told.AddRange(later);
    }

    private WatchedRoom Begin(string roomId, int viewers, DateTimeOffset at, List<WebhookEvent> told)
    {
        if (_rooms.TryGetValue(roomId, out var known))
            return known;
        var room = _rooms[roomId] = new WatchedRoom { RoomId = roomId, Viewers = viewers };
        Changed.Add(room);
        Tell(room, WebhookEvents.Live(roomId, viewers, at), told);
        return room;
    }

    private void End(WatchedRoom room, DateTimeOffset at, List<WebhookEvent> told)
    {
        TellCount(room, at, told);
        if (room.Peak > room.PeakTold)
            TellPeak(room, at, told);
        room.IsLive = false;
        _rooms.Remove(room.RoomId);
        Tell(room, WebhookEvents.Empty(room.RoomId, at), told);
    }

    private void Count(WatchedRoom room, in FeedEvent happened, List<WebhookEvent> told)
    {
        if (room.Joined + room.Left == 0)
            room.CountedFrom = happened.At;
        if (happened.Kind == FeedEventKind.Joined)
            room.Joined++;
        else
            room.Left++;
        _counting.Add(room);
        if (!room.IsCrowd || happened.At - room.CountedFrom >= CountFor)
            TellCount(room, happened.At, told);
    }

    private void TellCount(WatchedRoom room, DateTimeOffset at, List<WebhookEvent> told)
    {
        _counting.Remove(room);
        if (room.Joined + room.Left > 0)
            Tell(room, WebhookEvents.Counted(room.RoomId, room.Joined, room.Left, room.Viewers, room.CountedFrom, at), told);
        (room.Joined, room.Left) = (0, 0);
    }

    /// <summary>Thresholds and the peak.</summary>
    private void Look(WatchedRoom room, DateTimeOffset at, List<WebhookEvent> told)
    {
        foreach (var threshold in thresholds())
        {
            var isAbove = room.Above.Contains(threshold);
            if (!isAbove && room.Viewers >= threshold)
            {
                room.Above.Add(threshold);
                Tell(room, WebhookEvents.Threshold(WebhookEvents.RoomAbove, room.RoomId, threshold, room.Viewers, at), told);
            }
            else if (isAbove && room.Viewers < threshold - (threshold / 10))
            {
                room.Above.Remove(threshold);
                Tell(room, WebhookEvents.Threshold(WebhookEvents.RoomBelow, room.RoomId, threshold, room.Viewers, at), told);
            }
        }
        if (room.Viewers > room.Peak)
            (room.Peak, room.PeakAt) = (room.Viewers, at);
        else if (room.Viewers < room.Peak - (room.Peak / 10) && room.Peak > room.PeakTold + (room.PeakTold / 10))
            TellPeak(room, at, told);
    }

    private void TellPeak(WatchedRoom room, DateTimeOffset at, List<WebhookEvent> told)
    {
        room.PeakTold = room.Peak;
        Tell(room, WebhookEvents.Peak(room.RoomId, room.Peak, room.PeakAt, at), told);
    }

    private void Tell(WatchedRoom room, WebhookEvent happened, List<WebhookEvent> told)
    {
        if (!room.IsLive)
            Changed.Add(room);
        if (!wants(happened.Type, room.RoomId))
            return;
        Changed.Add(room);
        told.Add(happened);
    }
}

/// <summary>What was told of a live room.</summary>
internal sealed class WatchedRoom
{
    public required string RoomId { get; init; }
    public int Viewers { get; set; }
    public int Peak { get; set; }
    public DateTimeOffset PeakAt { get; set; }
    public int PeakTold { get; set; }

    /// <summary>The thresholds it is above.</summary>
    public SortedSet<int> Above { get; init; } = [];

    public bool IsLive { get; set; } = true;
    public bool IsCrowd { get; set; }

    /// <summary>Joins and leaves that are counted and not told yet.</summary>
    public int Joined { get; set; }
    public int Left { get; set; }
    public DateTimeOffset CountedFrom { get; set; }
}
