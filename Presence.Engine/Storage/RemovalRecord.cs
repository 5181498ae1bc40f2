namespace Presence.Engine.Storage;

/// <summary>A viewer kept out of a room, or with an empty room id out of the network. The id rises with every removal; a new one takes the place of the one before.</summary>
internal sealed class RemovalRecord
{
    /// <summary>Stands for the network; no room has it, since ids have at least one character.</summary>
    public const string Network = "";

    public long Id { get; init; }
    public required string RoomId { get; init; }
    public required string UserId { get; init; }
    public DateTimeOffset Until { get; init; }
    public string? Reason { get; init; }
    public required string By { get; init; }
    public DateTimeOffset At { get; init; }
}
