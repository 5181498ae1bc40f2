using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>One change of what is special about a room.</summary>
/// <param name="Before">What held until then.</param>
/// <param name="After">What holds since; <see cref="RoomDefinition.Unknown"/> when the room was forgotten.</param>
/// <param name="By">Who saved it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record RoomSave(RoomDefinition Before, RoomDefinition After, string By, DateTimeOffset At)
{
    /// <summary>Tells apart what was saved at the same instant; rises.</summary>
    public long Number { get; init; }
}
