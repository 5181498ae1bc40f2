namespace Presence.Engine;

/// <content>A walk through every structure, for tests.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Says everything that does not agree with everything else; empty when all is well. Nothing else may run meanwhile.</summary>
    internal IReadOnlyList<string> Audit()
    {
        var problems = new List<string>();
        var roomsOfUser = new Dictionary<string, int>(PresenceComparers.UserId);
        var sessions = 0;
        var liveRooms = 0;
        foreach (var (_, room) in _rooms)
        {
            room.Audit(problems, roomsOfUser, ref sessions);
            liveRooms += room.Viewers > 0 ? 1 : 0;
        }

        Compare("sessions", sessions, _network.Sessions);
        Compare("live rooms", liveRooms, _network.LiveRooms);
        Compare("rooms", _rooms.Count, Volatile.Read(ref _roomCount));
        Compare("distinct viewers", roomsOfUser.Count, _network.Users.Count);
        foreach (var (userId, rooms) in roomsOfUser)
            Compare($"rooms of {userId}", rooms, _network.Users.RoomsOf(userId));
        return problems;

        void Compare(string what, int counted, int kept)
        {
            if (counted != kept)
                problems.Add($"{what}: {counted} counted, {kept} kept");
        }
    }
}
