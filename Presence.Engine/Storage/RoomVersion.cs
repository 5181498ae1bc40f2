namespace Presence.Engine.Storage;

/// <summary>One version of a room's definition. The instant tells apart the first versions of a room forgotten in between.</summary>
/// <param name="Number">1 for the first, rising by one with each change.</param>
/// <param name="At">When it was saved.</param>
public readonly record struct RoomVersion(int Number, DateTimeOffset At)
{
    /// <summary>Of a room the catalogue does not know.</summary>
    public static readonly RoomVersion None;
}
