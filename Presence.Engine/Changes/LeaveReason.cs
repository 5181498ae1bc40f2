namespace Presence.Engine.Changes;

/// <summary>Why a viewer is gone.</summary>
public enum LeaveReason : byte
{
    /// <summary>Not a leave.</summary>
    None = 0,

    /// <summary>The last session said so.</summary>
    Left = 1,

    /// <summary>The last session's deadline passed.</summary>
    Timeout = 2,

    /// <summary>Presence was switched off for the room or the network.</summary>
    Disabled = 3,

    /// <summary>A moderator removed the viewer.</summary>
    Removed = 4,

    /// <summary>The room's broadcast ended.</summary>
    Ended = 5,
}
