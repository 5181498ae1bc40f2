namespace Presence.Engine.Rooms;

/// <summary>What became of a heartbeat. Everything but <see cref="Accepted"/> stored nothing.</summary>
public enum HeartbeatOutcome : byte
{
    /// <summary>The session counts until its deadline.</summary>
    Accepted = 0,

    /// <summary>Presence is off for the network (rule 6).</summary>
    NetworkDisabled,

    /// <summary>Presence is off for the room (rule 6).</summary>
    RoomDisabled,

    /// <summary>The room's broadcast is over (rule 19).</summary>
    RoomEnded,

    /// <summary>The user is kept out of the room for a while; <see cref="HeartbeatReceipt.Removal"/> says why and until when.</summary>
    Removed,

    /// <summary>The user is kept out of the network for a while; <see cref="HeartbeatReceipt.Removal"/> says why and until when.</summary>
    Banned,

    /// <summary>The room is new and the cap on rooms is reached (<see cref="PresenceLimits.Rooms"/>).</summary>
    RoomLimit,

    /// <summary>The session is new and the cap on sessions is reached (<see cref="PresenceLimits.Sessions"/>).</summary>
    SessionLimit,

    /// <summary>The user is new here and present in as many rooms as it may be (<see cref="PresenceLimits.RoomsPerUser"/>).</summary>
    RoomsPerUserLimit,

    /// <summary>Nobody is in the room yet, and its origin holds as many rooms as its share (<see cref="PresenceLimits.RoomsPerAddress"/>).</summary>
    RoomShare,

    /// <summary>The session is new and its origin holds as many as its share (<see cref="PresenceLimits.SessionsPerAddress"/>).</summary>
    SessionShare,

    /// <summary>The session is new and memory is short (<see cref="PresenceEngine.IsMemoryShort"/>).</summary>
    MemoryLimit,
}
