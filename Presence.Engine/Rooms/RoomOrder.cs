namespace Presence.Engine.Rooms;

/// <summary>The orders of a list of rooms; ties go by room id, ordinal.</summary>
public enum RoomOrder
{
    /// <summary>Most viewers first.</summary>
    Count,

    /// <summary>By title, or id where there is none, in the order of letters.</summary>
    Name,

    /// <summary>Most gained over the last minute first.</summary>
    Change,

    /// <summary>Most gained or lost over the last minute first.</summary>
    Movement,

    /// <summary>Fullest first, at its fullest since it is live.</summary>
    Peak,

    /// <summary>Live for longest first.</summary>
    Since,
}
