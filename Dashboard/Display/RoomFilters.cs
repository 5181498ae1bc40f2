using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>The filters of the rooms page: how they are called, and how they stand in the address.</summary>
internal static class RoomFilters
{
    /// <summary>In the order of the page; the one without a name needs none in the address.</summary>
    public static readonly IReadOnlyList<(RoomFilter Filter, string? Name)> All =
    [
        (RoomFilter.All, null), (RoomFilter.Growing, "growing"), (RoomFilter.Falling, "falling"), (RoomFilter.WithGuests, "guests"), (RoomFilter.SwitchedOff, "off"),
    ];

    public static string Text(RoomFilter filter) => filter switch
    {
        RoomFilter.Growing => RoomListTexts.Growing,
        RoomFilter.Falling => RoomListTexts.Falling,
        RoomFilter.WithGuests => RoomListTexts.WithGuests,
        RoomFilter.SwitchedOff => RoomListTexts.SwitchedOff,
        _ => RoomListTexts.All,
    };

    /// <summary>The filter an address names; all rooms where it names none there is.</summary>
    public static RoomFilter Parse(string? name) => All.FirstOrDefault(filter => filter.Name is not null && string.Equals(filter.Name, name, StringComparison.Ordinal)).Filter;

    /// <summary>Why the list is empty.</summary>
    public static string NothingFound(RoomFilter filter, string search) => (filter, search.Length > 0) switch
    {
        (RoomFilter.SwitchedOff, true) => Sentence.With(RoomListTexts.NoneFoundOff, search),
        (_, true) => Sentence.With(RoomListTexts.NoneFound, search),
        (RoomFilter.Growing, _) => RoomListTexts.NoneGrowing,
        (RoomFilter.Falling, _) => RoomListTexts.NoneFalling,
        (RoomFilter.WithGuests, _) => RoomListTexts.NoneWithGuests,
        _ => RoomListTexts.NoneSwitchedOff,
    };
}
