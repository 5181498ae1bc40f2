namespace Presence.Client.Server;

/// <summary>A user kept out of a room or, without a room, of the network.</summary>
public sealed class Removal
{
    /// <summary>The room; null for a ban.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>What the user is told.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>Who did it: a moderator's email or a server key's name.</summary>
    public string RemovedBy { get; init; } = "";
}
