namespace Presence.Engine.Rooms;

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
