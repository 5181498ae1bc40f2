using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>Somebody who is watching.</summary>
/// <param name="UserId">The user, or the guest's id.</param>
/// <param name="JoinedAt">When the viewer came and has been there since.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="AvatarUrl">A picture of the user.</param>
/// <param name="LastHeartbeatAt">The latest heartbeat of any session.</param>
/// <param name="State">Visible if any session is, else hidden if any, else paused.</param>
/// <param name="Fading">Whether the heartbeats of all sessions are overdue.</param>
/// <param name="Sessions">How many sessions: tabs, devices.</param>
/// <param name="User">The whole profile, where it was asked for with <c>include=user</c>.</param>
internal sealed record ViewerDocument(
    string UserId,
    DateTimeOffset JoinedAt,
    string? DisplayName,
    string? AvatarUrl,
    DateTimeOffset LastHeartbeatAt,
    [property: AllowedValues("visible", "hidden", "paused")] string State,
    bool Fading,
    int Sessions,
    UserDocument? User = null);
