using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <content>Reading and watching. Readers are never counted.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Rows kept from one reader of a whole room to the next, until the next sample: some 8 MB.</summary>
    private const int MostSpareRows = 131_072;

    private List<ViewerRow>? _spareRows;

    /// <summary>How many are in a room.</summary>
    /// <param name="roomId">The room; an unknown one counts 0.</param>
    /// <remarks><para><b>Time.</b> True of the last sweep, at most a second ago. <b>Cost.</b> Constant.</para></remarks>
    public RoomCount Count(string roomId) =>
        TryFindRoom(roomId, out var room) ? room.Count() : EmptyCount();

    /// <summary>How many are present in the whole network.</summary>
    /// <remarks><para><b>Cost.</b> Constant; takes no lock, so that the numbers may be a heartbeat apart.</para></remarks>
    public NetworkCount CountNetwork() =>
        new(_network.LiveRooms, _network.Users.Count, _network.Sessions, _network.Users.Guests, _network.Hidden, _network.Fading, _clock.UtcOf(_network.SweptAt));

    /// <summary>Heartbeats accepted in rooms since the engine was made; never falls.</summary>
    /// <remarks><para><b>Cost.</b> A glance at every room.</para></remarks>
    public long Heartbeats
    {
        get
        {
            var heartbeats = _network.RetiredHeartbeats;
            foreach (var (_, room) in _rooms)
                heartbeats += room.Heartbeats;
            return heartbeats;
        }
    }

    /// <summary>Lists viewers of a room.</summary>
    /// <param name="roomId">The room. An unknown room is empty.</param>
    /// <param name="query">Order, size of the page, filters, and where to continue.</param>
    /// <returns>The page and the room's count, of one moment.</returns>
    /// <exception cref="ArgumentException">A cursor with an order by heartbeat, or a number to skip where places have none.</exception>
    /// <remarks>
    /// <para><b>Cost.</b> The page's size; by name or with a filter, one look at every viewer of the room, in short holds of its lock.</para>
    /// <para><b>Guarantee.</b> Paging with the cursors never skips or repeats a viewer who is present throughout (rule 2).</para>
    /// </remarks>
    public ViewerPage Viewers(string roomId, ViewerQuery query)
    {
        if (query.After is not null && query.IsByHeartbeat)
            throw new ArgumentException("Sorting by heartbeat has no cursor, because viewers move between pages.", nameof(query));
        if (query.Skip > 0 && (query.After is not null || query.IsFiltered || !query.IsByJoin))
            throw new ArgumentException("Only an order by joining, without a filter and without a cursor, knows places by number.", nameof(query));
        if (!_rooms.TryGetValue(roomId, out var room))
            return new ViewerPage([], Matching: 0, EmptyCount());

        if (query.LooksAtAll)
        {
            var all = TakeRows();
            var countOfAll = room.CopyAll(all, query.GoesByNames);
            var selected = new ViewerSelection(query, room, _clock.Now()).Select(all, PlaceOf(query.After));
            GiveBack(all);
            return PageOf(room, query, selected.Rows, selected.Matching, countOfAll, selected.LastName);
        }

        var rows = new List<ViewerRow>();
        var lastFirst = query.Sort == ViewerSort.LastJoinedFirst;
        var count = query.IsByHeartbeat
            ? room.CopyByHeartbeat(query.Sort == ViewerSort.LatestHeartbeatFirst, query.Limit, rows)
            : query.Skip > 0
            ? room.CopyByRank(lastFirst, query.Skip, query.Limit + 1, rows)
            : room.CopyByJoin(lastFirst, query.After is null ? (lastFirst ? long.MaxValue : long.MinValue) : PlaceOf(query.After), query.Limit + 1, rows);
        return PageOf(room, query, rows, count.Listed, count);
    }

    /// <summary>One room as lists of rooms show it. An unknown room is empty.</summary>
    public RoomSummary Room(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var room))
            return room.Summary();
        var definition = _network.Catalogue[roomId];
        return new RoomSummary(roomId, EmptyCount(), Since: null, Peak: 0)
        {
            Title = definition.Title,
            Status = definition.Status,
            IsEnabled = Effective(roomId).Values.Enabled,
        };
    }

    /// <summary>The settings in force in a room, and where each value comes from.</summary>
    public EffectiveSettings Effective(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Effective() : EffectiveSettings.Resolve(Settings, _network.Catalogue[roomId].Overrides, PrefixesOf(roomId));

    /// <summary>What rules by prefix say for a room.</summary>
    public PrefixOverrides PrefixesOf(string roomId) => _network.Catalogue.Prefixes[roomId];

    /// <summary>What the catalogue says of a room; <see cref="RoomDefinition.Unknown"/> when nothing.</summary>
    public RoomDefinition Definition(string roomId) => _network.Catalogue[roomId];

    /// <summary>Rises with every change of a room's definition or of the rules by prefix, after it.</summary>
    public int CatalogueVersion => _network.Catalogue.Version;

    /// <summary>How many sessions in rooms said, with their last heartbeat, that they answer to these settings.</summary>
    /// <param name="settingsVersion">As in <see cref="PresenceSettings.Version"/>.</param>
    /// <remarks><para><b>Cost.</b> A look at every session, in short holds of each room's lock: for a moderator's question, not for every request.</para></remarks>
    public int SessionsAnswering(int settingsVersion)
    {
        var sessions = 0;
        _network.BeginWalk();
        try
        {
            foreach (var (_, room) in _rooms)
            {
                for (var from = 0; room.CountAnswering(settingsVersion, ref from, ref sessions);)
                {
                }
            }
        }
        finally
        {
            _network.EndWalk();
        }
        return sessions;
    }

    /// <summary>How a user is shown, present or not; null when nothing is known.</summary>
    public UserProfile? ProfileOf(string userId) => _network.Users.ProfileOf(userId);

    /// <summary>How the store shows a user, as <see cref="UpdateProfile"/> last said; null when it has to be looked up.</summary>
    public UserProfile? StoredProfileOf(string userId) => _knownProfiles.Find(userId);

    /// <summary>The rooms a user is present in now.</summary>
    /// <remarks><para><b>Cost.</b> A look into every room: for a moderator's question, not for every request.</para></remarks>
    public IReadOnlyList<string> RoomsOf(string userId)
    {
        var left = _network.Users.RoomsOf(userId);
        var rooms = new List<string>();
        var hash = PresenceComparers.UserId.GetHashCode(userId);
        foreach (var (id, room) in _rooms)
        {
            if (rooms.Count == left)
                break;
            if (room.HasUser(userId, hash))
                rooms.Add(id);
        }
        return rooms;
    }

    /// <summary>A room's viewer count over the last hour.</summary>
    public RoomTrend Trend(string roomId)
    {
        var at = _clock.UtcOf(_clock.Now());
        return _rooms.TryGetValue(roomId, out var room) ? room.Trend(at) : new RoomTrend([0], [0], at);
    }

    /// <summary>Lists rooms.</summary>
    /// <param name="query">Which, in what order, how many.</param>
    /// <exception cref="ArgumentException">A cursor with an order other than by count and by name.</exception>
    /// <remarks><para><b>Cost.</b> A glance at every room and a sort of those that match; none for named ones.</para></remarks>
    public RoomPage Rooms(RoomQuery query)
    {
        var at = _clock.UtcOf(_network.SweptAt);
        if (query.Ids is { } ids)
            return new RoomPage([.. ids.Select(Room)], ids.Count, Next: null, at);

        if (query is { After: not null, Order: not (RoomOrder.Count or RoomOrder.Name) })
            throw new ArgumentException("Only the orders by count and by name have a cursor.", nameof(query));

        var order = RankedRoom.OrderOf(query.Reversed);
        var matching = Matching(query);
        matching.Sort(order);
        var place = query.After is { } after ? new RankedRoom(after.RoomId, after.Viewers, Rank: query.Order == RoomOrder.Count ? after.Viewers : 0, NameIn(query.Order, after.RoomId)) : default(RankedRoom?);
        var page = (place is { } last ? matching.Where(room => order(room, last) > 0) : matching).Take(query.Limit + 1).ToList();
        var next = page.Count > query.Limit ? new RoomCursor(page[query.Limit - 1].RoomId, page[query.Limit - 1].Viewers) : null;
        return new RoomPage([.. page.Take(query.Limit).Select(room => Room(room.RoomId))], matching.Count, next, at);
    }

    /// <summary>Signals when a room's visible state, or the settings, changed. A refresh alone changes nothing visible.</summary>
    /// <param name="roomId">The room; it need not exist yet.</param>
    /// <remarks><para><b>Bound.</b> A watched room is kept, also above the cap on rooms; who may watch is the caller's to limit.</para></remarks>
    public DirtyWatch Watch(string roomId)
    {
        if (roomId == PresenceIds.CanaryRoom)
            return _canary.TryWatch()!; // never retired: it isn't on the map
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
    /// <param name="capacity">Changes queued for a slow reader before it gets a gap. At least 1.</param>
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

        var now = _clock.Now();
        Interlocked.Increment(ref _roomCount);
        return AddCountedRoom(roomId, now);
    }

    private IEnumerable<MembershipChange> SnapshotMemberships()
    {
        var slice = new List<MembershipChange>();
        _network.BeginWalk();
        _onlineNetwork.BeginWalk();
        try
        {
            foreach (var room in _rooms.Values.Append(_online))
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
        finally
        {
            _network.EndWalk();
            _onlineNetwork.EndWalk();
        }
    }

    /// <summary>Makes a page of rows that may hold one more than asked for, the sign that there are more.</summary>
    private ViewerPage PageOf(Room room, ViewerQuery query, List<ViewerRow> rows, int matching, RoomCount count, string lastName = "")
    {
        ViewerCursor? next = null;
        if (rows.Count > query.Limit)
        {
            rows.RemoveRange(query.Limit, rows.Count - query.Limit);
            var last = rows[^1];
            if (!query.IsByHeartbeat)
                next = new ViewerCursor(_clock.SteadyUtcOf(last.JoinedAt), lastName, last.UserId);
        }
        return new ViewerPage(ViewersOf(room, rows), matching, count) { Next = next };
    }

    /// <summary>Where a cursor stands in the order of joining.</summary>
    private long PlaceOf(ViewerCursor? cursor) => cursor is null ? 0 : _clock.PresenceTimeOfSteady(cursor.JoinedAt);

    /// <summary>Somewhere to copy a room to: what the last reader gave back, or new.</summary>
    private List<ViewerRow> TakeRows() => Interlocked.Exchange(ref _spareRows, null) ?? [];

    private void GiveBack(List<ViewerRow> rows)
    {
        if (rows.Capacity > MostSpareRows)
            return;
        rows.Clear();
        Volatile.Write(ref _spareRows, rows);
    }

    private RoomCount EmptyCount() => new(0, 0, 0, 0, 0, _clock.UtcOf(_network.SweptAt));

    private List<Viewer> ViewersOf(Room room, List<ViewerRow> rows)
    {
        var viewers = rows.ConvertAll(ViewerOf);
        if (room.Hands() is { Count: > 0 } hands)
        {
            var raised = hands.ToDictionary(hand => hand.UserId, hand => hand.RaisedAt, PresenceComparers.UserId);
            for (var i = 0; i < viewers.Count; i++)
            {
                if (raised.TryGetValue(viewers[i].UserId, out var at))
                    viewers[i] = viewers[i] with { HandRaisedAt = at };
            }
        }
        return viewers;
    }

    private Viewer ViewerOf(ViewerRow row) => new(
        row.UserId,
        _network.Users.ProfileOf(row.UserId),
        row.IsGuest,
        _clock.UtcOf(row.JoinedAt),
        _clock.UtcOf(row.HeartbeatAt),
        row.Mark.State,
        row.Mark.IsFading,
        row.Sessions)
    { IsUnlisted = row.IsUnlisted, Band = row.Band };
}
