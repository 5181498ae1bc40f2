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
    int Sessions);
