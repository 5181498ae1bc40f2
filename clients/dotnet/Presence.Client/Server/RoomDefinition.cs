namespace Presence.Client.Server;

/// <summary>What is special about a room; what is null follows the network.</summary>
/// <param name="roomId">The room.</param>
public sealed class RoomDefinition(string roomId)
{
    /// <summary>The room.</summary>
    public string RoomId { get; } = roomId;

    /// <summary>What is shown instead of the id, 1 to 100 characters.</summary>
    public string? Title { get; set; }

    /// <summary>Whether its broadcast is over: everybody leaves, heartbeats are refused.</summary>
    public bool IsEnded { get; set; }

    /// <summary>False switches presence off in it; true cannot switch on what is off for the network.</summary>
    public bool? IsEnabled { get; set; }

    /// <summary>Whole seconds, 1 s to 10 min.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary>Whole seconds, 6 s to 60 min, and at least the interval and 5 s.</summary>
    public TimeSpan? PresenceTimeout { get; set; }

    /// <summary>The version it was read as; null for one made here.</summary>
    internal string? ETag { get; init; }
}
