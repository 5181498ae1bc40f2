using System.Diagnostics.CodeAnalysis;
using Presence.Engine.Diagnostics;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>
/// The canary's room: it runs the code of every other room, on the same clock and in the same sweep, but is not on the map of rooms and has a network
/// of its own. So no count, list, search, history, feed, journal or metric can meet it: they walk the map, or read the totals of the other network.
/// </content>
public sealed partial class PresenceEngine
{
    /// <summary>What the canary measured.</summary>
    public CanaryFigures Canary { get; }

    /// <summary>The room of an id; that of the canary included, which only heartbeats, leaves, counts, snapshots and watches of one room ask for.</summary>
    private bool TryFindRoom(string roomId, [NotNullWhen(true)] out Room? room)
    {
        if (_rooms.TryGetValue(roomId, out room))
            return true;
        if (roomId != PresenceIds.CanaryRoom)
            return false;
        room = _canary;
        return true;
    }
}
