namespace Presence.Dashboard.Authentication;

/// <summary>What a server key may do. Few on purpose: a key is for one job of a backend, not for one route.</summary>
[Flags]
internal enum ServerScopes
{
    None = 0,

    /// <summary>Reads everything that is no secret: presence, rooms, users, removals, settings, health, metrics.</summary>
    Read = 1,

    /// <summary>Sends heartbeats for any user.</summary>
    Presence = 2,

    /// <summary>Keeps the catalogue of rooms and what they override.</summary>
    Rooms = 4,

    /// <summary>Vouches for users, changes their profiles, says who is in a channel.</summary>
    Users = 8,

    /// <summary>Removes users from rooms or the network, and lets them back in.</summary>
    Moderation = 16,

    /// <summary>Changes the network's presence settings.</summary>
    Settings = 32,

    /// <summary>Makes, lists and revokes server keys, never with a scope it lacks itself.</summary>
    Keys = 64,

    All = Read | Presence | Rooms | Users | Moderation | Settings | Keys,
}
