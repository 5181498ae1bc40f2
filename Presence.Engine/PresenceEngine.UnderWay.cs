using Presence.Engine.History;

namespace Presence.Engine;

/// <content>What history has to know of the present.</content>
public sealed partial class PresenceEngine
{
    /// <summary>The visits under way in a room: without a reason, lasting until now, seen until the latest heartbeat. In no order.</summary>
    /// <remarks><b>Cost.</b> A look at every session, in short holds of the room's lock.</remarks>
    public IReadOnlyList<Visit> VisitsUnderWay(string roomId)
    {
        var visits = new List<Visit>();
        if (_rooms.TryGetValue(roomId, out var room))
            room.CopyVisits(visits);
        return visits;
    }

    /// <summary>The rooms with viewers, in no order.</summary>
    /// <remarks><b>Cost.</b> A glance at every room.</remarks>
    public IReadOnlyList<string> LiveRooms() => [.. _rooms.Where(room => room.Value.Viewers > 0).Select(room => room.Key)];
}
