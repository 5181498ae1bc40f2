namespace Presence.Engine.Storage;

/// <summary>Somebody else changed the room since the version the change was decided on. Nothing was changed.</summary>
public sealed class RoomConflictException : Exception
{
    public RoomConflictException(DefinedRoom current)
        : base($"The room is at version {current.Version.Number} by now.") => Current = current;

    /// <summary>The room as it is.</summary>
    public DefinedRoom Current { get; }
}
