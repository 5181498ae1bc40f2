namespace Presence.Engine.Changes;

/// <summary>One visible change of a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Sequence">The room's running number, above all of an earlier life of the room. Without gaps. A counted change has the last number of those it combines.</param>
/// <param name="Kind">A join, a leave, or a count of both.</param>
/// <param name="UserId">Who; empty for a count.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Reason">Why a viewer left; <see cref="LeaveReason.None"/> for a join.</param>
/// <param name="At">When: for a timeout the deadline, not the moment it was noticed.</param>
/// <param name="Viewers">The room's viewer count after it.</param>
public readonly record struct Change(
    string RoomId,
    long Sequence,
    ChangeKind Kind,
    string UserId,
    bool IsGuest,
    LeaveReason Reason,
    DateTimeOffset At,
    int Viewers)
{
    /// <summary>Joins that a <see cref="ChangeKind.Counted"/> change combines.</summary>
    public int Joined { get; init; }

    /// <summary>Leaves that a <see cref="ChangeKind.Counted"/> change combines.</summary>
    public int Left { get; init; }

    /// <summary>The same of a viewer who is not listed.</summary>
    internal Change Unnamed() => this with
    {
        Kind = ChangeKind.Unnamed,
        UserId = "",
        IsGuest = false,
        Reason = LeaveReason.None,
        Joined = Kind == ChangeKind.Joined ? 1 : 0,
        Left = Kind == ChangeKind.Left ? 1 : 0,
    };
}

/// <summary>What happened to a viewer.</summary>
public enum ChangeKind : byte
{
    /// <summary>The user became present in the room.</summary>
    Joined = 0,

    /// <summary>The user is no longer present in the room.</summary>
    Left = 1,

    /// <summary>Viewers joined and left while the room is a crowd: only counts are sent.</summary>
    Counted = 2,

    /// <summary>A viewer who is not listed joined or left: only the count moves.</summary>
    Unnamed = 3,
}

/// <summary>Why a viewer left.</summary>
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
