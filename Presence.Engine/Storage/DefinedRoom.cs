using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>A room as the catalogue keeps it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Definition">Title, status, overrides.</param>
/// <param name="Version">What a later change names.</param>
/// <param name="UpdatedBy">Who saved it: a moderator's email or a server key's name; null for a room the catalogue does not know.</param>
public sealed record DefinedRoom(string RoomId, RoomDefinition Definition, RoomVersion Version, string? UpdatedBy)
{
    /// <summary>A room the catalogue does not know.</summary>
    public static DefinedRoom Undefined(string roomId) => new(roomId, RoomDefinition.Unknown, RoomVersion.None, UpdatedBy: null);
}
