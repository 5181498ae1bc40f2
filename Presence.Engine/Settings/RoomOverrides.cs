namespace Presence.Engine.Settings;

/// <summary>What one room does differently from the network; null follows the network.</summary>
public sealed record RoomOverrides
{
    /// <summary>No override at all.</summary>
    public static readonly RoomOverrides None = new();

    /// <summary>False switches presence off for the room. True cannot switch on what is off for the network.</summary>
    public bool? Enabled { get; init; }

    /// <summary>1 s to 10 min.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>6 s to 60 min; with the interval in force at least 5 s above it.</summary>
    public TimeSpan? PresenceTimeout { get; init; }
}
