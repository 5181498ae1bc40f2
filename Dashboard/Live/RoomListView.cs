using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What the rooms page was asked to show; it stands in the address.</summary>
/// <param name="Search">Text the room's id or title contains; empty for all.</param>
/// <param name="Filter">Which rooms.</param>
/// <param name="Order">Their order.</param>
/// <param name="Reversed">The other way round.</param>
internal sealed record RoomListView(string Search, RoomFilter Filter, RoomOrder Order, bool Reversed)
{
    /// <summary>Whether nothing narrows it.</summary>
    public bool IsEverything => Search.Length == 0 && Filter == RoomFilter.All;

    public RoomQuery Query => new()
    {
        Search = Search.Length == 0 ? null : Search,
        Filter = Filter,
        Order = Order,
        Reversed = Reversed,
        Limit = int.MaxValue, // ids alone; the rows on screen are read one by one
    };
}
