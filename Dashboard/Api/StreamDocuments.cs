using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api;

/// <summary>The data of a stream's <c>snapshot</c> and <c>count</c>.</summary>
/// <param name="RoomId">The room, in a stream of several.</param>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Sessions">Their sessions.</param>
/// <param name="Guests">Viewers without an account.</param>
/// <param name="Hidden">Viewers with all sessions in the background.</param>
/// <param name="Fading">Viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Mode">Whether the stream sends each join and leave, or only counts because the room is large. In a stream of one room.</param>
/// <param name="ReferenceTimestamp">The time of these values, at most one second ago.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed.</param>
/// <param name="Viewers">In a snapshot with <c>include=viewers</c>: the viewers, newest first.</param>
internal sealed record StreamCount(
    string? RoomId,
    int Count,
    int Sessions,
    int Guests,
    int Hidden,
    int Fading,
    [property: AllowedValues("changes", "counts")] string? Mode,
    DateTimeOffset ReferenceTimestamp,
    bool? Warming,
    IReadOnlyList<ViewerDocument>? Viewers)
{
    /// <summary>Hands raised. Absent when none is.</summary>
    public int? HandsRaised { get; init; }

    /// <summary>Viewers of the count who asked not to be listed. Absent when nobody did.</summary>
    public int? Unlisted { get; init; }

    /// <summary>Viewers of the count whom nobody vouched for and whose sessions have the pattern of machines. Absent when there are none.</summary>
    public int? Unverified { get; init; }
}

/// <summary>The data of a stream's <c>gap</c>.</summary>
/// <param name="RoomId">The room, in a stream of several.</param>
internal sealed record StreamGap(string? RoomId);

/// <summary>The data of a <c>snapshot</c> of users.</summary>
/// <param name="Users">The users, in the requested order.</param>
internal sealed record StreamUsers(IReadOnlyList<StreamUser> Users);

/// <summary>The data of <c>presence</c>: a user went online or offline.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Online">Whether the user is online.</param>
/// <param name="LastHeartbeat">The latest heartbeat then. Absent for a user who isn't online or is hidden.</param>
internal sealed record StreamUser(string UserId, bool Online, DateTimeOffset? LastHeartbeat);

/// <summary>A viewer who joined, in a stream.</summary>
/// <param name="UserId">The user.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="At">When.</param>
/// <param name="Count">The room's viewers afterwards.</param>
internal sealed record StreamJoin(string UserId, string? DisplayName, string? AvatarUrl, bool Guest, DateTimeOffset At, int Count);

/// <summary>A viewer who left, in a stream.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">The time. For a timeout, the deadline.</param>
/// <param name="Count">The room's viewers afterwards.</param>
internal sealed record StreamLeave(
    string UserId,
    bool Guest,
    [property: AllowedValues("left", "timeout", "disabled", "removed", "ended")] string Reason,
    DateTimeOffset At,
    int Count);
