using Presence.Engine.Moderation;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>What moderators ask about a room and its viewers beyond counts and pages. Nobody who reads is counted.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Every viewer that matches, by id, in the order asked for: for a list that has to stand still while the room does not.</summary>
    /// <param name="roomId">The room; in an unknown one there is nobody.</param>
    /// <param name="query">Order and filters; its limit and places are not looked at.</param>
    /// <remarks><para><b>Cost.</b> A look at every viewer of the room, in short holds of its lock, and a sort outside of it.</para></remarks>
    public ViewerOrder Order(string roomId, ViewerQuery query)
    {
        if (!_rooms.TryGetValue(roomId, out var room))
            return new ViewerOrder([], EmptyCount());
        var rows = new List<ViewerRow>();
        var count = room.CopyAll(rows);
        return new ViewerOrder(new ViewerSelection(query, _network.Users).Order(rows), count);
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
        if (_rooms.TryGetValue(roomId, out var room))
            room.CopyUsers(userIds, rows);
        return rows.ConvertAll(ViewerOf);
    }

    /// <summary>The sessions of one viewer in a room, the one with the latest heartbeat first; none when it is not there.</summary>
    /// <remarks><para><b>Cost.</b> One per session of the user.</para></remarks>
    public IReadOnlyList<ViewerSession> Sessions(string roomId, string userId) =>
        _rooms.TryGetValue(roomId, out var room) ? room.Sessions(userId, PresenceComparers.UserId.GetHashCode(userId)) : [];

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

    /// <summary>Who left a room last, the latest first; as many as the room had viewers at its fullest, from 4 to 50.</summary>
    public IReadOnlyList<Departure> Departures(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room.Departures() : [];

    /// <summary>The removals of one user in force now.</summary>
    public IReadOnlyList<Removal> RemovalsOf(string userId) => _network.Removals.Of(userId, _clock.UtcOf(_clock.Now()));
}
