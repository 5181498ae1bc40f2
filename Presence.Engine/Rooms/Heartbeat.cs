using Presence.Engine.Moderation;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
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

    /// <summary>The viewer raises its hand, or takes it down; null says nothing of it.</summary>
    public bool? HandRaised { get; init; }

    /// <summary>The viewer is counted and not named in lists, from now until it leaves. False says nothing of it.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>Nobody vouched for the user, so the session is looked at for the pattern of machines (<see cref="PresenceLimits.HasBand"/>).</summary>
    public bool IsUnverified { get; init; }

    /// <summary>What the session runs on; left out, what it said before stays.</summary>
    public SessionDevice Device { get; init; }
}

/// <summary>The answer to one heartbeat: what became of it and the promise made with it.</summary>
/// <param name="Outcome">Whether the session counts now, or why not.</param>
/// <param name="Settings">The settings in force in the room when it was answered; their timeout is the one promised (rule 4).</param>
/// <param name="Joined">The user was not present in the room before this heartbeat.</param>
/// <param name="Viewers">The room's viewer count right after it.</param>
public readonly record struct HeartbeatReceipt(HeartbeatOutcome Outcome, PresenceSettings Settings, bool Joined, int Viewers)
{
    /// <summary>The viewer's hand is up.</summary>
    public bool IsHandRaised { get; init; }

    private readonly object? _besides; // one field for both: a receipt lives in every reply, and has one of them at most

    /// <summary>What keeps the user out, where that is the outcome.</summary>
    public Removal? Removal
    {
        get => _besides as Removal;
        init => _besides = value;
    }

    /// <summary>The user's open invitation to this room's stage; null for almost everybody.</summary>
    public StageInvitation? Invitation
    {
        get => _besides as StageInvitation;
        init => _besides = value;
    }
}

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

    /// <summary>The user is banned from the room. <see cref="HeartbeatReceipt.Removal"/> says why and until when.</summary>
    Removed,

    /// <summary>The user is banned from the network. <see cref="HeartbeatReceipt.Removal"/> says why and until when.</summary>
    Banned,

    /// <summary>The room is new and the cap on rooms is reached (<see cref="PresenceLimits.Rooms"/>).</summary>
    RoomLimit,

    /// <summary>The session is new and the cap on sessions is reached (<see cref="PresenceLimits.Sessions"/>).</summary>
    SessionLimit,

    /// <summary>The user is new here and present in as many rooms as it may be (<see cref="PresenceLimits.RoomsPerUser"/>).</summary>
    RoomsPerUserLimit,

    /// <summary>The room is empty, and its origin holds as many rooms as its share (<see cref="PresenceLimits.RoomsPerAddress"/>).</summary>
    RoomShare,

    /// <summary>The session is new and its origin holds as many as its share (<see cref="PresenceLimits.SessionsPerAddress"/>).</summary>
    SessionShare,

    /// <summary>The session is new and memory is short (<see cref="PresenceEngine.IsMemoryShort"/>).</summary>
    MemoryLimit,
}

/// <summary>What a session said it runs on, for people to read.</summary>
/// <param name="Name">The device; null when it did not say.</param>
/// <param name="AppVersion">The app's version; null when it did not say.</param>
public readonly record struct SessionDevice(string? Name, string? AppVersion)
{
    /// <summary>Stands for every pair above the cap (<see cref="PresenceLimits.Devices"/>).</summary>
    public static readonly SessionDevice Other = new("other", null);

    internal bool IsSaid => Name is not null || AppVersion is not null;
}
