using Presence.Engine.Moderation;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>What moderators read about a room and its viewers beyond counts and pages. Readers are never counted.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Every viewer that matches, by id, in the order asked for: for a list that has to stand still while the room does not.</summary>
    /// <param name="roomId">The room. An unknown room is empty.</param>
    /// <param name="query">Order and filters; its limit and places are not looked at.</param>
    /// <remarks><para><b>Cost.</b> A look at every viewer of the room, in short holds of its lock, and a sort outside of it.</para></remarks>
    public ViewerOrder Order(string roomId, ViewerQuery query)
    {
        if (!_rooms.TryGetValue(roomId, out var room))
            return new ViewerOrder([], EmptyCount());
        var rows = TakeRows();
        var count = room.CopyAll(rows, query.GoesByNames);
        var order = new ViewerOrder(new ViewerSelection(query, room, _clock.Now()).Order(rows), count);
        GiveBack(rows);
        return order;
    }

    /// <summary>Those of a list who are present in a room, in its order.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userIds">At most <see cref="PresenceLimits.Page"/>.</param>
    /// <remarks><para><b>Cost.</b> A look-up each, in one hold of the room's lock.</para></remarks>
    public IReadOnlyList<Viewer> Viewers(string roomId, IReadOnlyList<string> userIds)
    {
        if (userIds.Count > PresenceLimits.Page)
            throw new ArgumentException($"At most {PresenceLimits.Page} ids; there are {userIds.Count}.", nameof(userIds));
        var rows = new List<ViewerRow>(userIds.Count);
        if (!_rooms.TryGetValue(roomId, out var room))
            return [];
        room.CopyUsers(userIds, rows);
        return ViewersOf(room, rows);
    }

    /// <summary>The sessions of one viewer in a room, the one with the latest heartbeat first; none when it is not there.</summary>
    /// <remarks><para><b>Cost.</b> One per session of the user.</para></remarks>
    public IReadOnlyList<ViewerSession> Sessions(string roomId, string userId) =>
        _rooms.TryGetValue(roomId, out var room) ? room.Sessions(userId, PresenceComparers.UserId.GetHashCode(userId)) : [];

    /// <summary>One viewer in a room, with its sessions; null when it is not there.</summary>
    /// <remarks><para><b>Cost.</b> One per session of the user; one hold of the room's lock.</para></remarks>
    public ViewerPlace? Find(string roomId, string userId) =>
        _rooms.TryGetValue(roomId, out var room) && room.TryFind(userId, PresenceComparers.UserId.GetHashCode(userId), out var summary, out var row, out var sessions)
            ? new ViewerPlace(summary!, ViewerOf(row), sessions)
            : null;

    /// <summary>Everything a page shows of a room, of one moment.</summary>
    /// <param name="roomId">The room. An unknown room is empty.</param>
    /// <param name="first">Asks for the first viewers too: their order and how many. By joining or by heartbeat, without filter and place.</param>
    /// <exception cref="ArgumentException">An order, filter or place that is not read in one hold of the lock.</exception>
    /// <remarks>
    /// <para><b>Cost.</b> One hold of the room's lock, some 20 us; a look at every removal in force outside of it.</para>
    /// <para><b>Guarantee.</b> No number contradicts another: the trend ends at the count, the explanation counts the same, and a viewer who has left isn't listed.</para>
    /// </remarks>
    public RoomSnapshot Snapshot(string roomId, ViewerQuery? first = null)
    {
        if (first is not null && (first.IsFiltered || first.After is not null || first.Skip > 0 || !(first.IsByJoin || first.IsByHeartbeat)))
            throw new ArgumentException("Only an order by joining or by heartbeat, without a filter and from its beginning, is read at once.", nameof(first));

        var now = _clock.Now();
        var at = _clock.UtcOf(now);
        var removals = _network.Removals.CountIn(roomId, at);
        var isWarming = now < Volatile.Read(ref _warmUntil);
        if (!TryFindRoom(roomId, out var room))
        {
            var summary = Room(roomId);
            return new RoomSnapshot
            {
                Room = summary,
                Explanation = new RoomExplanation(summary.Count, null, null, Watches: 0, removals, at),
                Trend = new RoomTrend([0], [0], at),
                Flow = new RoomFlow([0], [0], Joined: 0, Left: 0),
                Departures = [],
                First = first is null ? null : new ViewerPage([], Matching: 0, summary.Count),
                IsWarming = isWarming,
            };
        }
        var rows = new List<ViewerRow>();
        var snapshot = room.Snapshot(removals, first, rows);
        return snapshot with { First = first is null ? null : PageOf(room, first, rows, snapshot.Room.Count.Listed, snapshot.Room.Count), IsWarming = isWarming };
    }

    /// <summary>A room as lists show it, at one moment. An unknown room is empty.</summary>
    public RoomGlance Glance(string roomId) =>
        _rooms.TryGetValue(roomId, out var room) ? room.Glance() : new RoomGlance(Room(roomId), new RoomTrend([0], [0], _clock.UtcOf(_clock.Now())));

    /// <summary>What a room's viewer count is made of.</summary>
    /// <remarks><para><b>Cost.</b> Constant in viewers; a look at every removal in force.</para></remarks>
    public RoomExplanation Explain(string roomId)
    {
        var now = _clock.UtcOf(_clock.Now());
        var removals = _network.Removals.CountIn(roomId, now);
        return _rooms.TryGetValue(roomId, out var room) ? room.Explain(removals) : new RoomExplanation(EmptyCount(), null, null, Watches: 0, removals, now);
    }

    /// <summary>Joins and leaves of a room over the last hour.</summary>
    public RoomFlow Flow(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Flow() : new RoomFlow([0], [0], Joined: 0, Left: 0);

    /// <summary>The latest leaves of a room, newest first. As many as the room's peak, from 4 to 50.</summary>
    public IReadOnlyList<Departure> Departures(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Departures() : [];

    /// <summary>The removals of one user in force now.</summary>
    public IReadOnlyList<Removal> RemovalsOf(string userId) => _network.Removals.Of(userId, _clock.UtcOf(_clock.Now()));
}
