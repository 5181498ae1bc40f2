using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;
using Xunit.Sdk;

namespace Presence.Engine.Tests.Contracts;

/// <content>What engine and model must agree on: most of it after every step, the costlier questions now and then.</content>
internal sealed partial class ModelRun
{
    private void Compare()
    {
        foreach (var room in Rooms)
        {
            var count = _engine.Count(room);
            Equal($"count of {room}", _model.Count(room), count with { At = default, Sequence = 0 });
            CompareViewers(room);
            CompareChanges(room, count);
        }
        var network = _engine.CountNetwork();
        Equal("network", _model.CountNetwork(Rooms), network with { At = default });
        CompareOnline();
        var problems = _engine.Audit();
        if (problems.Count > 0)
            Fail(string.Join("; ", problems));
    }

    private void CompareViewers(string room)
    {
        var expected = _model.Viewers(room);
        var byJoin = _engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers;
        Equal("by join", Texts(expected.OrderBy(viewer => viewer.JoinedAt)), Texts(byJoin));

        // Who was restored together sent a heartbeat at one instant, so that only the instants have an order.
        var byHeartbeat = _engine.Viewers(room, new ViewerQuery()).Viewers;
        Equal("by heartbeat", Texts(expected.OrderBy(viewer => viewer.User, StringComparer.Ordinal)), Texts(byHeartbeat.OrderBy(viewer => viewer.UserId, StringComparer.Ordinal)));
        Equal("latest heartbeats", Join(expected.Select(viewer => viewer.LastHeartbeat).OrderDescending()), Join(byHeartbeat.Select(HeartbeatOf)));
    }

    private void CompareChanges(string room, RoomCount count)
    {
        var expected = _model.Changes.Where(change => change.Room == room)
            .Select(change => (change.At, $"{change.Kind} {change.User} {change.Reason}"));
        var emitted = _subscriptions[room].All();
        var (sequence, viewers) = _told[room];
        foreach (var change in emitted)
        {
            Equal("sequence", ++sequence, change.Sequence);
            Equal("viewers after the change", viewers += change.Kind == ChangeKind.Joined ? 1 : -1, change.Viewers);
        }
        Equal("last change", (sequence, viewers), (count.Sequence, count.Viewers));
        _told[room] = (sequence, viewers);
        var actual = emitted.Select(change => (change.At - _model.Epoch, $"{change.Kind} {change.UserId} {change.Reason}"));
        Equal("changes", Join(expected.Order()), Join(actual.Order()));
        _model.Changes.RemoveAll(change => change.Room == room);
    }

    private void CompareOnline()
    {
        var online = _model.OnlineUsers;
        Equal("online", online.Count, _engine.CountOnline().Users);
        var listed = online.Where(session => !_model.OptOuts.Contains(session.User)).Select(session => (session.User, session.HeartbeatAt));
        var actual = _engine.OnlineUsers(new OnlineQuery { Limit = 100 }).Users.Select(user => (user.UserId, user.LastHeartbeatAt - _model.Epoch));
        Equal("online users", Join(listed.Order()), Join(actual.Order()));
    }

    /// <summary>Pages, filters and questions about single users and rooms.</summary>
    private void Read()
    {
        Sweep();
        Compare();
        ReadPages();
        ReadRooms();
        var user = Pick(Users);
        Tell($"read about {user}");
        Equal("rooms of a user", Join(_model.RoomsOf(user).Order(StringComparer.Ordinal)), Join(_engine.RoomsOf(user).Order(StringComparer.Ordinal)));
        foreach (var room in Rooms.Append(null))
            Equal("removal", _model.RemovalOf(user, room), _engine.RemovalOf(user, room));
        Equal("removals", Join(_model.Removals.Where(removal => removal.Until > _model.Epoch + _model.Now).Select(removal => removal.ToString()).Order()), Join(_engine.Removals().Select(removal => removal.ToString()).Order()));
        Equal("online of a list", Join(Users.Where(id => _model.OnlineUsers.Exists(session => session.User == id))), Join(_engine.OnlineUsers(Users).Select(online => online.UserId)));
        var asking = _random.Next(2) == 0 ? user : null;
        Equal("channels", Join(Channels.Select(channel => _model.OnlineIn(channel, asking))), Join(_engine.Channels(Channels, asking).Select(channel => channel.OnlineCount)));
    }

    private void ReadPages()
    {
        var room = Pick(Rooms);
        var query = new ViewerQuery
        {
            Sort = (ViewerSort)_random.Next(2, 5),
            Limit = _random.Next(1, 5),
            Search = _random.Next(3) == 0 ? Pick(["USER", "4", "guest5", "nobody"]) : null,
            State = _random.Next(3) == 0 ? (ViewerState)_random.Next(3) : null,
        };
        Tell($"read {room} {query}");

        var matching = _model.Viewers(room).Where(viewer =>
            (query.State is null || viewer.State == query.State) && viewer.User.Contains(query.Search ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
        var expected = query.Sort switch
        {
            ViewerSort.FirstJoinedFirst => matching.OrderBy(viewer => viewer.JoinedAt),
            ViewerSort.LastJoinedFirst => matching.OrderByDescending(viewer => viewer.JoinedAt),
            _ => matching.OrderBy(viewer => viewer.User, StringComparer.Ordinal),
        };
        var read = new List<Viewer>();
        for (ViewerPage? page = null; page is null or { Next: not null };)
        {
            page = _engine.Viewers(room, query with { After = page?.Next });
            Equal("matching", matching.Count, page.Matching);
            Equal("count of the page", _engine.Count(room), page.Count);
            Equal("size of the page", Math.Min(query.Limit, matching.Count - read.Count), page.Viewers.Count);
            read.AddRange(page.Viewers);
        }
        Equal("pages", Texts(expected), Texts(read));
    }

    private void ReadRooms()
    {
        var query = new RoomQuery
        {
            Order = (RoomOrder)_random.Next(2),
            Reversed = _random.Next(2) == 0,
            Limit = _random.Next(1, 4),
            Prefix = _random.Next(4) == 0 ? "b" : null,
            Search = _random.Next(4) == 0 ? "RE" : null,
        };
        Tell($"read rooms {query}");

        var matching = Rooms
            .Where(room => room.StartsWith(query.Prefix ?? "", StringComparison.Ordinal) && room.Contains(query.Search ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(room => (Room: room, Viewers: _model.Viewers(room).Count))
            .Where(room => room.Viewers > 0)
            .OrderBy(room => query.Order == RoomOrder.Count ? -room.Viewers : 0)
            .ThenBy(room => query.Order == RoomOrder.Name ? room.Room : "", StringComparer.InvariantCulture) // names by their letters, ties by id
            .ThenBy(room => room.Room, StringComparer.Ordinal);
        var read = new List<RoomSummary>();
        for (RoomPage? page = null; page is null or { Next: not null };)
        {
            page = _engine.Rooms(query with { After = page?.Next });
            Equal("matching rooms", matching.Count(), page.Matching);
            Equal("size of the page of rooms", Math.Min(query.Limit, page.Matching - read.Count), page.Rooms.Count);
            read.AddRange(page.Rooms);
        }
        Equal("rooms", Join(query.Reversed ? matching.Reverse() : matching), Join(read.Select(room => (room.RoomId, room.Count.Viewers))));
    }

    private string Texts(IEnumerable<Viewer> viewers) =>
        Join(viewers.Select(viewer => (viewer.UserId, viewer.IsGuest, viewer.JoinedAt - _model.Epoch, HeartbeatOf(viewer), viewer.State, viewer.IsFading, viewer.Sessions)));

    private static string Texts(IEnumerable<NaiveViewer> viewers) =>
        Join(viewers.Select(viewer => (viewer.User, viewer.IsGuest, viewer.JoinedAt, viewer.LastHeartbeat, viewer.State, viewer.IsFading, viewer.Sessions)));

    private TimeSpan HeartbeatOf(Viewer viewer) => viewer.LastHeartbeatAt - _model.Epoch;

    private static string Join<T>(IEnumerable<T> items) => string.Join(", ", items);

    private void Equal<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Fail($"{what}: expected {expected}, was {actual}");
    }

    private void Fail(string why) => throw new XunitException($"Seed {_seed}: {why}\nAfter:\n{string.Join('\n', _story)}");
}
