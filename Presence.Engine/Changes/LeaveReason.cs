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

    /// <summary>Presence was switched off.</summary>
    Disabled = 3,
}
