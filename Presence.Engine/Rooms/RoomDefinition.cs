using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>What the catalogue says of a room.</summary>
public sealed record RoomDefinition
{
    /// <summary>A room the catalogue does not know.</summary>
    public static readonly RoomDefinition Unknown = new();

    /// <summary>What to show instead of the id; up to 100 characters.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it takes viewers.</summary>
    public RoomStatus Status { get; init; }

    /// <summary>What it does differently from the network.</summary>
    public RoomOverrides Overrides { get; init; } = RoomOverrides.None;
}
