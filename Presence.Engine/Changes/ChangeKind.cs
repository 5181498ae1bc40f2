namespace Presence.Engine.Changes;

/// <summary>What happened to a viewer.</summary>
public enum ChangeKind : byte
{
    /// <summary>The user became present in the room.</summary>
    Joined = 0,

    /// <summary>The user is no longer present in the room.</summary>
    Left = 1,

    /// <summary>Viewers came and went while the room is a crowd: only how many is told.</summary>
    Counted = 2,
}
