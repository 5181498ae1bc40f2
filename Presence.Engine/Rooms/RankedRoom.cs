namespace Presence.Engine.Rooms;

/// <summary>A room as it is put in order: read without its lock, each number of its own moment.</summary>
internal readonly record struct RankedRoom(string RoomId, int Viewers, int Change)
{
    /// <summary>The order a query asks for; a total one, because ties go by room id.</summary>
    public static Comparison<RankedRoom> OrderOf(RoomOrder order, bool reversed)
    {
        Comparison<RankedRoom> comparison = order switch
        {
            RoomOrder.Count => static (left, right) => ThenById(right.Viewers.CompareTo(left.Viewers), left, right),
            RoomOrder.Change => static (left, right) => ThenById(right.Change.CompareTo(left.Change), left, right),
            RoomOrder.Movement => static (left, right) => ThenById(Math.Abs((long)right.Change).CompareTo(Math.Abs((long)left.Change)), left, right),
            _ => static (left, right) => ThenById(0, left, right),
        };
        return reversed ? (left, right) => comparison(right, left) : comparison;
    }

    private static int ThenById(int comparison, in RankedRoom left, in RankedRoom right) =>
        comparison != 0 ? comparison : PresenceComparers.RoomId.Compare(left.RoomId, right.RoomId);
}
