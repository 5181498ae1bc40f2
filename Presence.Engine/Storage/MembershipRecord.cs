using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>One session present in a room. The id rises with every join, so rows are appended; written by prepared commands only.</summary>
internal sealed class MembershipRecord
{
    public long Id { get; init; }
    public required string RoomId { get; init; }
    public required string UserId { get; init; }
    public required string SessionId { get; init; }
    public bool IsGuest { get; init; }
    public ViewerState State { get; init; }
    public DateTimeOffset JoinedAt { get; init; }
}
