using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>What the catalogue says of one room. An override that is null follows the network.</summary>
internal sealed class RoomRecord
{
    public required string RoomId { get; init; }
    public string? Title { get; set; }
    public RoomStatus Status { get; set; }
    public bool? Enabled { get; set; }
    public long? HeartbeatIntervalMilliseconds { get; set; }
    public long? PresenceTimeoutMilliseconds { get; set; }
    public int Version { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required string UpdatedBy { get; set; }
}
