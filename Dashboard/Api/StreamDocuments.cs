using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api;

/// <summary>What a stream's <c>snapshot</c> and <c>count</c> say of the room.</summary>
/// <param name="RoomId">The room, in a stream of several.</param>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Sessions">Their sessions.</param>
/// <param name="Guests">The viewers without an account.</param>
/// <param name="Hidden">The viewers all of whose sessions are in the background.</param>
/// <param name="Fading">The viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Mode">Whether joins and leaves are told one by one, or the room is a crowd and only counts are; in a stream of one room.</param>
/// <param name="ReferenceTimestamp">The moment all of it is true of, at most a second ago.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed.</param>
/// <param name="Viewers">In a snapshot that was asked for with <c>include=viewers</c>: the last to join first.</param>
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
    IReadOnlyList<ViewerDocument>? Viewers);

/// <summary>What a stream's <c>gap</c> says.</summary>
/// <param name="RoomId">The room, in a stream of several.</param>
internal sealed record StreamGap(string? RoomId);

/// <summary>A viewer who came, as a stream tells it.</summary>
/// <param name="UserId">Who.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="At">When.</param>
/// <param name="Count">The room's viewers after it.</param>
internal sealed record StreamJoin(string UserId, string? DisplayName, string? AvatarUrl, bool Guest, DateTimeOffset At, int Count);

/// <summary>A viewer who is gone, as a stream tells it.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When: for a timeout the deadline.</param>
/// <param name="Count">The room's viewers after it.</param>
internal sealed record StreamLeave(
    string UserId,
    bool Guest,
    [property: AllowedValues("left", "timeout", "disabled", "removed", "ended")] string Reason,
    DateTimeOffset At,
    int Count);
