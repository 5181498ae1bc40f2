using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>One user present in a room, as of one moment.</summary>
/// <param name="UserId">The user, or a guest's derived id.</param>
/// <param name="Profile">Name and picture, where known.</param>
/// <param name="IsGuest">The viewer has no account.</param>
/// <param name="JoinedAt">When the viewer became present and has stayed so since, on whatever session.</param>
/// <param name="LastHeartbeatAt">The latest heartbeat of any of its sessions.</param>
/// <param name="State">The best of its sessions: visible, else hidden, else paused.</param>
/// <param name="IsFading">Every session is overdue, none past its deadline; as of the last sweep.</param>
/// <param name="Sessions">How many sessions vouch for it, at least 1.</param>
public sealed record Viewer(
    string UserId,
    UserProfile? Profile,
    bool IsGuest,
    DateTimeOffset JoinedAt,
    DateTimeOffset LastHeartbeatAt,
    ViewerState State,
    bool IsFading,
    int Sessions)
{
    /// <summary>It asked not to be listed: who knows its id finds it, and no list names it.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>Why it is in the unverified band; none when it is not.</summary>
    public BandReason Band { get; init; }

    /// <summary>Since when its hand is raised; null while it is not.</summary>
    public DateTimeOffset? HandRaisedAt { get; init; }
}

/// <summary>One session of a viewer, as of one moment.</summary>
/// <param name="SessionId">The client instance; empty for the user's default session.</param>
/// <param name="Device">What it said it runs on; nothing after a restart, until it says so again.</param>
/// <param name="State">What it last said of its screen.</param>
/// <param name="IsFading">Its heartbeat is overdue; as of the last sweep.</param>
/// <param name="JoinedAt">When it came. After a restart: when its viewer came.</param>
/// <param name="LastHeartbeatAt">Its latest heartbeat.</param>
/// <param name="Deadline">When it stops counting, unless a heartbeat comes.</param>
/// <param name="SettingsVersion">The settings it last said it answers to; 0 when it did not say.</param>
public sealed record ViewerSession(
    string SessionId,
    SessionDevice Device,
    ViewerState State,
    bool IsFading,
    DateTimeOffset JoinedAt,
    DateTimeOffset LastHeartbeatAt,
    DateTimeOffset Deadline,
    int SettingsVersion);

/// <summary>What a session last said of itself; a viewer shows the best of its sessions (rule 17). The numbers are stored.</summary>
public enum ViewerState : byte
{
    /// <summary>The room is on screen. What a heartbeat without a state means.</summary>
    Visible = 0,

    /// <summary>The room's tab or screen is in the background.</summary>
    Hidden = 1,

    /// <summary>Playback is paused.</summary>
    Paused = 2,
}

/// <summary>What a viewer adds to the room's buckets besides being there.</summary>
internal readonly record struct ViewerStatus(ViewerState State, bool IsFading, bool IsUnlisted = false, bool IsInBand = false);
