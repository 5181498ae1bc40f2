using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>Reading and watching. Nobody who reads is counted.</content>
public sealed partial class PresenceEngine
{
    /// <summary>How many are in a room.</summary>
    /// <param name="roomId">The room; an unknown one counts 0.</param>
    /// <remarks><para><b>Time.</b> True of the last sweep, at most a second ago. <b>Cost.</b> Constant.</para></remarks>
    public RoomCount Count(string roomId) =>
        _rooms.TryGetValue(roomId, out var room) ? room.Count() : EmptyCount();

    /// <summary>How many are present in the whole network.</summary>
    /// <remarks><para><b>Cost.</b> Constant; takes no lock, so that the numbers may be a heartbeat apart.</para></remarks>
    public NetworkCount CountNetwork() =>
        new(_network.LiveRooms, _network.Users.Count, _network.Sessions, _clock.UtcOf(_network.SweptAt));

    /// <summary>Lists viewers of a room.</summary>
    /// <param name="roomId">The room; in an unknown one there is nobody.</param>
    /// <param name="query">Order, size of the page, search.</param>
    /// <returns>The page and the room's count. Without a search both are of one moment.</returns>
    /// <remarks><para><b>Cost.</b> The page's size; with a search, all viewers of the room, in short holds of its lock.</para></remarks>
    public ViewerPage Viewers(string roomId, ViewerQuery query)
    {
        if (!_rooms.TryGetValue(roomId, out var room))
            return new ViewerPage([], Matching: 0, EmptyCount());

        var rows = new List<ViewerRow>();
        if (string.IsNullOrEmpty(query.Search))
        {
            var count = room.CopyFirst(query.Sort, query.Limit, rows);
            return new ViewerPage(rows.ConvertAll(ViewerOf), count.Viewers, count);
        }

        room.CopyAll(rows);
        rows.RemoveAll(row => !Matches(row, query.Search));
        rows.Sort(Comparison(query.Sort));
        var page = rows.Take(query.Limit).Select(ViewerOf).ToList();
        return new ViewerPage(page, rows.Count, room.Count());
    }

    /// <summary>One room as a list of rooms shows it; an unknown one has nobody in it.</summary>
    public RoomSummary Room(string roomId) =>
        _rooms.TryGetValue(roomId, out var room) ? room.Summary() : new RoomSummary(roomId, EmptyCount(), Since: null, Peak: 0);

    /// <summary>A room's viewer count over the last hour.</summary>
    public RoomTrend Trend(string roomId)
    {
        var at = _clock.UtcOf(_clock.Now());
        return _rooms.TryGetValue(roomId, out var room) ? room.Trend(at) : new RoomTrend([0], [0], at);
    }

    /// <summary>Lists rooms.</summary>
    /// <param name="query">Which, in what order, how many.</param>
    /// <remarks><para><b>Cost.</b> A glance at every room and a sort of those that match; none for named ones.</para></remarks>
    public RoomPage Rooms(RoomQuery query)
    {
        var at = _clock.UtcOf(_network.SweptAt);
        if (query.Ids is { } ids)
            return new RoomPage([.. ids.Select(Room)], ids.Count, Next: null, at);

        var matching = new List<RoomCursor>();
        foreach (var (id, room) in _rooms)
        {
            var viewers = room.Viewers;
            if (viewers > 0 && Matches(id, query))
                matching.Add(new RoomCursor(id, viewers));
        }

        Comparison<RoomCursor> order = query.Order == RoomOrder.Count ? ByCount : ByName;
        Comparison<RoomCursor> comparison = query.Reversed ? (left, right) => order(right, left) : order;
        matching.Sort(comparison);
        var page = (query.After is { } after ? matching.Where(room => comparison(room, after) > 0) : matching)
            .Take(query.Limit + 1)
            .ToList();
        var next = page.Count > query.Limit ? page[query.Limit - 1] : null;
        return new RoomPage([.. page.Take(query.Limit).Select(room => Room(room.RoomId))], matching.Count, next, at);
    }

    /// <summary>Signals when a room's visible state, or the settings, changed. A refresh alone changes nothing visible.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    /// <remarks><para><b>Bound.</b> A watched room is kept, also above the cap on rooms; who may watch is the caller's to limit.</para></remarks>
    public DirtyWatch Watch(string roomId)
    {
        while (true)
        {
            if (GetOrMakeRoom(roomId).TryWatch() is { } watch)
                return watch;
        }
    }

    /// <summary>Signals when any room's visible state or the settings changed.</summary>
    public DirtyWatch WatchNetwork() => _network.Watches.Add();

    /// <summary>Every change of one room from now on.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    /// <param name="capacity">Changes held for a slow reader before it is told of a gap; 1 or more.</param>
    /// <remarks><para><b>Guarantee.</b> See <see cref="ChangeSubscription"/>. Read the state after subscribing and skip changes up to its <see cref="RoomCount.Sequence"/>: no hole, no doubles.</para></remarks>
    public ChangeSubscription Subscribe(string roomId, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        while (true)
        {
            if (GetOrMakeRoom(roomId).TrySubscribe(capacity) is { } subscription)
                return subscription;
        }
    }

    private Room GetOrMakeRoom(string roomId)
    {
        if (GetOrAddRoom(roomId) is { } room)
            return room;

        Interlocked.Increment(ref _roomCount);
        var added = new Room(roomId, _network);
        var made = _rooms.GetOrAdd(roomId, added);
        if (made != added)
            Interlocked.Decrement(ref _roomCount);
        else
            _network.EmptyRooms.Add(made, _clock.Now());
        return made;
    }

    private IEnumerable<MembershipChange> SnapshotMemberships()
    {
        var slice = new List<MembershipChange>();
        foreach (var (_, room) in _rooms)
        {
            var from = 0;
            bool hasMore;
            do
            {
                slice.Clear();
                hasMore = room.CopyMemberships(ref from, slice);
                foreach (var change in slice)
                    yield return change;
            }
            while (hasMore);
        }
    }

    private RoomCount EmptyCount() => new(0, 0, 0, 0, 0, _clock.UtcOf(_network.SweptAt));

    private Viewer ViewerOf(ViewerRow row) => new(
        row.UserId,
        _network.Users.ProfileOf(row.UserId),
        row.IsGuest,
        _clock.UtcOf(row.JoinedAt),
        _clock.UtcOf(row.HeartbeatAt),
        row.Mark.State,
        row.Mark.IsFading,
        row.Sessions);

    private bool Matches(in ViewerRow row, string search) =>
        row.UserId.Contains(search, StringComparison.OrdinalIgnoreCase)
        || _network.Users.ProfileOf(row.UserId)?.DisplayName?.Contains(search, StringComparison.CurrentCultureIgnoreCase) == true;

    private static bool Matches(string roomId, RoomQuery query) =>
        (query.Prefix is null || roomId.StartsWith(query.Prefix, StringComparison.Ordinal))
        && (string.IsNullOrEmpty(query.Search) || roomId.Contains(query.Search, StringComparison.OrdinalIgnoreCase));

    private static Comparison<ViewerRow> Comparison(ViewerSort sort) => sort switch
    {
        ViewerSort.LatestHeartbeatFirst => static (left, right) => right.HeartbeatAt.CompareTo(left.HeartbeatAt),
        ViewerSort.OldestHeartbeatFirst => static (left, right) => left.HeartbeatAt.CompareTo(right.HeartbeatAt),
        ViewerSort.FirstJoinedFirst => static (left, right) => left.JoinedAt.CompareTo(right.JoinedAt),
        _ => static (left, right) => right.JoinedAt.CompareTo(left.JoinedAt),
    };

    private static int ByCount(RoomCursor left, RoomCursor right)
    {
        var byCount = right.Viewers.CompareTo(left.Viewers);
        return byCount != 0 ? byCount : ByName(left, right);
    }

    private static int ByName(RoomCursor left, RoomCursor right) => PresenceComparers.RoomId.Compare(left.RoomId, right.RoomId);
}
