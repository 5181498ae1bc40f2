namespace Presence.Engine.Storage;

/// <summary>The public link of a room; at most one at a time. No row: the room is nobody else's business.</summary>
internal sealed class PublicLinkRecord
{
    public required string RoomId { get; init; }
    public required string Code { get; init; }
    public bool ShowsNames { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}
