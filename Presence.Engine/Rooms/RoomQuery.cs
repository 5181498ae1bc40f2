namespace Presence.Engine.Rooms;

/// <summary>Which rooms to list. Empty rooms are listed only when named in <see cref="Ids"/>, as <see cref="RoomFilter.SwitchedOff"/>,
/// or, by their change, while they had viewers within the last minute.</summary>
public sealed record RoomQuery
{
    /// <summary>Exactly these rooms, in this order, those unknown with a count of 0; null lists all that have viewers.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Only rooms whose id starts with this, ordinal.</summary>
    public string? Prefix { get; init; }

    /// <summary>Only rooms whose id, or title in the catalogue, contains this, whatever its case, accents or composition.</summary>
    public string? Search { get; init; }

    /// <summary>Only rooms of this set; null for all.</summary>
    public RoomSet? Within { get; init; }

    /// <summary>Which of them.</summary>
    public RoomFilter Filter { get; init; }

    /// <summary>The order.</summary>
    public RoomOrder Order { get; init; } = RoomOrder.Count;

    /// <summary>Reverses <see cref="Order"/>.</summary>
    public bool Reversed { get; init; }

    /// <summary>At most so many rooms, 1 or more.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;

    /// <summary>Continue behind this room; null starts at the first. Only with the orders by count and by name.</summary>
    public RoomCursor? After { get; init; }
}

/// <summary>Which of the rooms to list.</summary>
public enum RoomFilter
{
    /// <summary>All with viewers; in an order by change also those that lost their last within the minute.</summary>
    All,

    /// <summary>Those with more viewers than a minute ago.</summary>
    Growing,

    /// <summary>Those with fewer. A room can be empty if it had viewers within the last minute.</summary>
    Falling,

    /// <summary>Those with a guest in them.</summary>
    WithGuests,

    /// <summary>Those switched off in the catalogue. They are empty.</summary>
    SwitchedOff,
}

/// <summary>The orders of a list of rooms; ties go by room id, ordinal.</summary>
public enum RoomOrder
{
    /// <summary>Most viewers first.</summary>
    Count,

    /// <summary>By title, or id where there is none, in the order of letters.</summary>
    Name,

    /// <summary>Most gained over the last minute first.</summary>
    Change,

    /// <summary>Most gained or lost over the last minute first.</summary>
    Movement,

    /// <summary>Fullest first, at its fullest since it is live.</summary>
    Peak,

    /// <summary>Live for longest first.</summary>
    Since,
}

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms asked for.</param>
/// <param name="Matching">How many rooms match the query, listed or not.</param>
/// <param name="Next">Where the next page continues; null when this was the last.</param>
/// <param name="At">The moment the counts are true of (rule 7).</param>
public sealed record RoomPage(IReadOnlyList<RoomSummary> Rooms, int Matching, RoomCursor? Next, DateTimeOffset At);

/// <summary>A place in a list of rooms: the last room of a page, as it was then.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Viewers">Its viewer count on that page; counts when the order is by count.</param>
public sealed record RoomCursor(string RoomId, int Viewers);

/// <summary>A room as it is put in order: read without its lock, each number of its own moment.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Viewers">Its viewer count, whatever the order.</param>
/// <param name="Rank">What the order asked for goes by, more comes first; see <see cref="RankOf"/>.</param>
/// <param name="Name">What it is called, in the order by name; null in every other.</param>
internal readonly record struct RankedRoom(string RoomId, int Viewers, long Rank, ListedName? Name)
{
    /// <summary>The number an order goes by; names alone decide the order by name.</summary>
    public static long RankOf(Room room, int viewers, RoomOrder order) => order switch
    {
        RoomOrder.Count => viewers,
        RoomOrder.Change => room.MinuteChange,
        RoomOrder.Movement => Math.Abs((long)room.MinuteChange),
        RoomOrder.Peak => room.Peak,
        RoomOrder.Since => -room.Since,
        _ => 0,
    };

    /// <summary>A total order, because ties go by room id.</summary>
    public static Comparison<RankedRoom> OrderOf(bool reversed) => reversed ? (left, right) => Compare(right, left) : Compare;

    private static int Compare(RankedRoom left, RankedRoom right)
    {
        var byRank = right.Rank.CompareTo(left.Rank);
        if (byRank == 0 && left.Name is not null && right.Name is not null)
            byRank = ListedName.Compare(left.Name, right.Name);
        return byRank != 0 ? byRank : PresenceComparers.RoomId.Compare(left.RoomId, right.RoomId);
    }
}

/// <summary>One room in a list of rooms.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">How many are in it.</param>
/// <param name="Since">Since when the room has had viewers without a break. Null while it is empty.</param>
/// <param name="Peak">The most viewers at once since then.</param>
public sealed record RoomSummary(string RoomId, RoomCount Count, DateTimeOffset? Since, int Peak)
{
    /// <summary>What the catalogue calls it; null shows the id.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it takes viewers.</summary>
    public RoomStatus Status { get; init; }

    /// <summary>Whether presence is on in it, the network's switch included.</summary>
    public required bool IsEnabled { get; init; }
}
