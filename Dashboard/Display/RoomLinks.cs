using System.Buffers;
using Microsoft.AspNetCore.WebUtilities;
using Presence.Dashboard.Accounts;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>The address of a room's page.</summary>
internal static class RoomLinks
{
    /// <summary>
    /// <c>rooms/{roomId}</c>; a room named "." or ".." goes into the query, because browsers resolve such a segment
    /// however it is encoded.
    /// </summary>
    public static string To(string roomId) =>
        roomId is "." or ".." ? "room?id=" + roomId : "rooms/" + Uri.EscapeDataString(roomId);

    /// <summary>The room whose page stands at an address relative to the dashboard's; null at any other.</summary>
    public static string? RoomAt(string relative)
    {
        var path = relative.Split('?', '#')[0];
        if (path.StartsWith("rooms/", StringComparison.Ordinal) && path.Length > "rooms/".Length)
            return Uri.UnescapeDataString(path["rooms/".Length..]);
        return path is "room" && QueryHelpers.ParseQuery(relative[path.Length..].Split('#')[0]).TryGetValue("id", out var id) ? id.ToString() : null;
    }

    /// <summary>The address of one of a room's downloads, with the words of the page's own address.</summary>
    public static string Download(string roomId, string file, IEnumerable<KeyValuePair<string, string?>> words)
    {
        var path = roomId is "." or ".." ? $"downloads/room/{file}?id={roomId}&" : $"downloads/rooms/{Uri.EscapeDataString(roomId)}/{file}?";
        return (path + Query(words)).TrimEnd('?', '&');
    }

    /// <summary>Words of an address, those without a value left out.</summary>
    public static string Query(IEnumerable<KeyValuePair<string, string?>> words) =>
        string.Join('&', words.Where(word => word.Value is not null).Select(word => word.Key + "=" + Uri.EscapeDataString(word.Value!)));
}

/// <summary>The address of a viewer's page.</summary>
internal static class ViewerLinks
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(@"/\%?#+");

    /// <summary><c>viewers/{userId}</c>; an id that browsers, proxies or the server would read differently goes into the query.</summary>
    public static string To(string userId) =>
        userId is "." or ".." || userId.AsSpan().ContainsAny(Unsafe)
            ? "viewer?id=" + Uri.EscapeDataString(userId)
            : "viewers/" + Uri.EscapeDataString(userId);
}

/// <summary>Words why a room was not pinned.</summary>
internal static class PinOutcomeTexts
{
    /// <summary>Null when it was.</summary>
    public static string? Problem(PinOutcome outcome) => outcome switch
    {
        PinOutcome.Full => Sentence.With(RoomListTexts.PinsFull, PinnedRooms.Most),
        PinOutcome.Failed => RoomListTexts.PinFailed,
        _ => null,
    };
}

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

    /// <summary>The order in an address. Null for the default.</summary>
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
