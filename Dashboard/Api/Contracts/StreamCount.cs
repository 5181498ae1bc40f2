using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

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
