namespace Presence.Engine.Rooms;

/// <summary>A room as it is put in order: read without its lock, each number of its own moment.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Viewers">Its viewer count, whatever the order.</param>
/// <param name="Rank">What the order asked for goes by, more comes first; see <see cref="RankOf"/>.</param>
internal readonly record struct RankedRoom(string RoomId, int Viewers, long Rank)
{
    /// <summary>The number an order goes by; ids alone decide the order by name.</summary>
    public static long RankOf(Room room, int viewers, RoomOrder order) => order switch
    {
        RoomOrder.Count => viewers,
        RoomOrder.Change => room.RecentChange,
        RoomOrder.Movement => Math.Abs((long)room.RecentChange),
        RoomOrder.Peak => room.Peak,
        RoomOrder.Since => -room.Since,
        _ => 0,
    };

    /// <summary>A total order, because ties go by room id.</summary>
    public static Comparison<RankedRoom> OrderOf(bool reversed) => reversed ? (left, right) => Compare(right, left) : Compare;

    private static int Compare(RankedRoom left, RankedRoom right)
    {
        var byRank = right.Rank.CompareTo(left.Rank);
        return byRank != 0 ? byRank : PresenceComparers.RoomId.Compare(left.RoomId, right.RoomId);
    }
}
