namespace Presence.Engine.Rooms;

/// <summary>A room at one moment: every number, curve and list is read under one hold of its lock, so that none contradicts another.</summary>
public sealed record RoomSnapshot
{
    /// <summary>Its counts and what the catalogue says of it.</summary>
    public required RoomSummary Room { get; init; }

    /// <summary>What the count is made of.</summary>
    public required RoomExplanation Explanation { get; init; }

    /// <summary>The count over the last hour; its last sample is the count now.</summary>
    public required RoomTrend Trend { get; init; }

    /// <summary>Joins and leaves over the same hour; the last are of the minute under way.</summary>
    public required RoomFlow Flow { get; init; }

    /// <summary>Who left last, the latest first.</summary>
    public required IReadOnlyList<Departure> Departures { get; init; }

    /// <summary>The first viewers in the order asked for; null when none was asked for.</summary>
    public ViewerPage? First { get; init; }

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public bool IsWarming { get; init; }
}

/// <summary>A room as lists show it, of one moment.</summary>
/// <param name="Room">Its counts.</param>
/// <param name="Trend">How they came about; the last sample is the count now.</param>
public readonly record struct RoomGlance(RoomSummary Room, RoomTrend Trend);

/// <summary>One viewer in one room, of one moment.</summary>
/// <param name="Room">The room.</param>
/// <param name="Viewer">The viewer.</param>
/// <param name="Sessions">What vouches for it, the latest heartbeat first; as many as the viewer says.</param>
public sealed record ViewerPlace(RoomSummary Room, Viewer Viewer, IReadOnlyList<ViewerSession> Sessions);
