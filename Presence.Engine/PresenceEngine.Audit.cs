using System.Diagnostics.CodeAnalysis;
using Presence.Engine.Diagnostics;
using Presence.Engine.Rooms;

namespace Presence.Engine;

/// <content>A walk through every structure, for tests.</content>
public sealed partial class PresenceEngine
{
    /// <summary>Says everything that does not agree with everything else; empty when all is well. Nothing else may run meanwhile.</summary>
    internal IReadOnlyList<string> Audit()
    {
        var problems = new List<string>();
        var totals = new AuditTotals();
        foreach (var (_, room) in _rooms)
            room.Audit(problems, totals);
        Compare(problems, "rooms", _rooms.Count, Volatile.Read(ref _roomCount));
        Compare(problems, totals, _network);

        var online = new AuditTotals();
        _online.Audit(problems, online);
        Compare(problems, online, _onlineNetwork);

        var canary = new AuditTotals();
        _canary.Audit(problems, canary);
        Compare(problems, canary, _canaryNetwork);
        return problems;
    }

    private static void Compare(List<string> problems, AuditTotals counted, NetworkState kept)
    {
        Compare(problems, "sessions", counted.Sessions, kept.Sessions);
        Compare(problems, "live rooms", counted.LiveRooms, kept.LiveRooms);
        Compare(problems, "distinct viewers", counted.RoomsOfUser.Count, kept.Users.Count);
        Compare(problems, "distinct guests", counted.Guests.Count, kept.Users.Guests);
        Compare(problems, "hidden", counted.Hidden, kept.Hidden);
        Compare(problems, "fading", counted.Fading, kept.Fading);
        foreach (var (userId, rooms) in counted.RoomsOfUser)
            Compare(problems, $"rooms of {userId}", rooms, kept.Users.RoomsOf(userId));
    }

    private static void Compare(List<string> problems, string what, int counted, int kept)
    {
        if (counted != kept)
            problems.Add($"{what}: {counted} counted, {kept} kept");
    }

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
