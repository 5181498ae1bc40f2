using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>The orders of the rooms page: how they are called, and how they stand in the address.</summary>
internal static class RoomOrders
{
    private static readonly (RoomOrder Order, string Word)[] Words =
    [
        (RoomOrder.Count, "count"), (RoomOrder.Change, "change"), (RoomOrder.Peak, "peak"), (RoomOrder.Since, "since"), (RoomOrder.Name, "name"),
    ];

    /// <summary>What there is to choose from.</summary>
    public static readonly IReadOnlyList<(RoomOrder Order, bool IsReversed)> BothWays =
        [.. Words.SelectMany(known => new[] { (known.Order, false), (known.Order, true) })];

    /// <summary>The order an address names, a hyphen before it turns it round; most viewers first where it names none there is.</summary>
    public static (RoomOrder Order, bool IsReversed) Parse(string? word)
    {
        var isReversed = word?.StartsWith('-') == true;
        var name = isReversed ? word![1..] : word;
        foreach (var (order, known) in Words)
        {
            if (string.Equals(known, name, StringComparison.Ordinal))
                return (order, isReversed);
        }
        return (RoomOrder.Count, false);
    }

    /// <summary>The word of an order.</summary>
    public static string WordOf(RoomOrder order, bool isReversed)
    {
        var word = Words.First(known => known.Order == order).Word;
        return isReversed ? "-" + word : word;
    }

    /// <summary>The same as it stands in an address; null for the order nobody asked for.</summary>
    public static string? InAddress(RoomOrder order, bool isReversed) => order == RoomOrder.Count && !isReversed ? null : WordOf(order, isReversed);

    /// <summary>Names and instants read upwards first, numbers downwards.</summary>
    public static bool IsAscending(RoomOrder order, bool isReversed) => (order is RoomOrder.Name or RoomOrder.Since) != isReversed;

    public static string Text(RoomOrder order, bool isReversed) => (order, isReversed) switch
    {
        (RoomOrder.Count, true) => RoomListTexts.SortFewest,
        (RoomOrder.Change, false) => RoomListTexts.SortGained,
        (RoomOrder.Change, true) => RoomListTexts.SortLost,
        (RoomOrder.Peak, false) => RoomListTexts.SortHighest,
        (RoomOrder.Peak, true) => RoomListTexts.SortLowest,
        (RoomOrder.Since, false) => RoomListTexts.SortOldest,
        (RoomOrder.Since, true) => RoomListTexts.SortNewest,
        (RoomOrder.Name, false) => RoomListTexts.SortName,
        (RoomOrder.Name, true) => RoomListTexts.SortNameBack,
        _ => RoomListTexts.SortMost,
    };

    /// <summary>What a phone shows beside the count: the number the order goes by, the last minutes else.</summary>
    public static string? Css(RoomOrder order) => order switch
    {
        RoomOrder.Peak => "by-peak",
        RoomOrder.Since => "by-since",
        _ => null,
    };
}
