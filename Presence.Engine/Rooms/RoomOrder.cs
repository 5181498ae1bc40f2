namespace Presence.Engine.Rooms;

/// <summary>The orders of a list of rooms; ties go by room id, ordinal.</summary>
public enum RoomOrder
{
    /// <summary>Most viewers first.</summary>
    Count,

    /// <summary>By room id, ordinal.</summary>
    Name,

    /// <summary>Most gained over five minutes first.</summary>
    Change,

    /// <summary>Most gained or lost over five minutes first.</summary>
    Movement,

    /// <summary>Fullest first, at its fullest since it is live.</summary>
    Peak,

    /// <summary>Live for longest first.</summary>
    Since,
}
