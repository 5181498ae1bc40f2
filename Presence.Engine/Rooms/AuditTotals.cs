namespace Presence.Engine.Rooms;

/// <summary>What the rooms come to when they are counted one by one, for tests.</summary>
internal sealed class AuditTotals
{
    public Dictionary<string, int> RoomsOfUser { get; } = new(PresenceComparers.UserId);

    public HashSet<string> Guests { get; } = new(PresenceComparers.UserId);

    public int Sessions { get; set; }

    public int LiveRooms { get; set; }

    public int Hidden { get; set; }

    public int Fading { get; set; }
}
