using Presence.Engine.Alerts;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>Choosing rooms and putting them in order, without taking any room's lock.</content>
public sealed partial class PresenceEngine
{
    /// <summary>The ids of rooms, in order: for a reader who then asks for those on screen alone.</summary>
    /// <param name="query">Which, in what order, how many. Ids, prefix and cursor are for <see cref="Rooms"/>.</param>
    /// <remarks><b>Cost.</b> A glance at every room and a sort of those that match.</remarks>
    public IReadOnlyList<string> RankRooms(RoomQuery query)
    {
        var rooms = Matching(query);
        rooms.Sort(RankedRoom.OrderOf(query.Reversed));
        var ids = new string[Math.Min(rooms.Count, query.Limit)];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = rooms[i].RoomId;
        return ids;
    }

    /// <summary>The count of every room in memory.</summary>
    /// <remarks><b>Cost.</b> A glance at every room.</remarks>
    public PresenceFigures Figures()
    {
        var rooms = new List<RoomFigure>(KnownRooms);
        foreach (var (id, room) in _rooms)
            rooms.Add(new RoomFigure(id, room.Viewers));
        var count = CountNetwork();
        return new PresenceFigures(count.At, count.Viewers, _metrics.RefusedInAll, rooms, IsWarming)
        {
            IsEnabled = Settings.Enabled,
            SwitchedOff = [.. _network.Catalogue.SwitchedOff(_rooms.Select(room => room.Key))],
        };
    }

    private List<RankedRoom> Matching(RoomQuery query)
    {
        var matching = new List<RankedRoom>();
        var search = string.IsNullOrEmpty(query.Search) ? null : Letters.Fold(query.Search);
        if (query.Filter == RoomFilter.SwitchedOff)
        {
            foreach (var id in _network.Catalogue.SwitchedOff(_rooms.Select(room => room.Key)))
            {
                if (Matches(id, query, search))
                    matching.Add(new RankedRoom(id, Viewers: 0, Rank: 0, NameIn(query.Order, id)));
            }
            return matching;
        }
        foreach (var (id, room) in _rooms)
        {
            var viewers = room.Viewers;
            if ((viewers > 0 || HasJustEmptied(room, query)) && Passes(room, query.Filter) && Matches(id, query, search))
                matching.Add(new RankedRoom(id, viewers, RankedRoom.RankOf(room, viewers, query.Order), NameIn(query.Order, id)));
        }
        return matching;
    }

    private ListedName? NameIn(RoomOrder order, string roomId) => order == RoomOrder.Name ? NameOfRoom(roomId) : null;

    private ListedName NameOfRoom(string roomId)
    {
        var title = _network.Catalogue[roomId].Title;
        return _rooms.TryGetValue(roomId, out var room) ? room.NameOf(title) : new ListedName(title ?? roomId);
    }

    /// <summary>A room that dropped to 0 is the largest drop: orders by change list it until the minute has passed.</summary>
    private static bool HasJustEmptied(Room room, RoomQuery query) =>
        (query.Filter == RoomFilter.Falling || query.Order is RoomOrder.Change or RoomOrder.Movement) && room.MinuteChange < 0;

    private static bool Passes(Room room, RoomFilter filter) => filter switch
    {
        RoomFilter.Growing => room.MinuteChange > 0,
        RoomFilter.Falling => room.MinuteChange < 0,
        RoomFilter.WithGuests => room.Guests > 0,
        _ => true,
    };

    private bool Matches(string roomId, RoomQuery query, string? foldedSearch) =>
        (query.Prefix is null || roomId.StartsWith(query.Prefix, StringComparison.Ordinal))
        && query.Within?.Contains(roomId) != false
        && (foldedSearch is null
            || Letters.Contains(roomId, foldedSearch)
            || NameOfRoom(roomId).Folded.Contains(foldedSearch, StringComparison.Ordinal));
}
