using Presence.Engine.Rooms;

namespace Presence.Engine.Changes;

/// <summary>A session came or went: what the membership writer stores. Heartbeats in between leave no trace here.</summary>
/// <param name="Id">Names this stay of the session, unique for ever; a leave repeats its join's.</param>
/// <param name="IsJoin">The session came; otherwise it went and the members below are empty.</param>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">The user or guest.</param>
/// <param name="SessionId">The session; <c>""</c> is the default one.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="State">What the session said when it came.</param>
/// <param name="JoinedAt">When the viewer (not the session) became present.</param>
public readonly record struct MembershipChange(
    long Id,
    bool IsJoin,
    string RoomId,
    string UserId,
    string SessionId,
    bool IsGuest,
    ViewerState State,
    DateTimeOffset JoinedAt);
