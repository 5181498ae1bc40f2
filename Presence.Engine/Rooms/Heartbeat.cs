using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>One "I am watching" signal of a session. Ids are already validated (<see cref="PresenceIds"/>).</summary>
public readonly record struct Heartbeat
{
    /// <summary>The room, 1..128 characters.</summary>
    public required string RoomId { get; init; }

    /// <summary>The subject of the caller's token, 1..50 characters; for a guest its derived id.</summary>
    public required string UserId { get; init; }

    /// <summary>One client instance (tab, device) of the user, 1..150 characters; <c>""</c> is the user's default session.</summary>
    public required string SessionId { get; init; }

    /// <summary>What the session says of its screen.</summary>
    public ViewerState State { get; init; }

    /// <summary>Whether the user has no account. Read when the session joins.</summary>
    public bool IsGuest { get; init; }

    /// <summary>Name and picture to show for the user, where known. Read when the session joins.</summary>
    public UserProfile? Profile { get; init; }

    /// <summary>The settings version the client already answers to; 0 when it did not say.</summary>
    public int SettingsVersion { get; init; }

    /// <summary>Whose share the session counts in. Read when its user becomes present.</summary>
    public ViewerOrigin Origin { get; init; }

    /// <summary>What the session runs on; left out, what it said before stays.</summary>
    public SessionDevice Device { get; init; }
}
