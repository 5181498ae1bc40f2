namespace Presence.Engine.Changes;

/// <summary>One visible change of a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Sequence">The room's running number, 1 for its first change. None is left out; a counted change bears the last of those it stands for.</param>
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
    /// <summary>Joins that a <see cref="ChangeKind.Counted"/> change stands for.</summary>
    public int Joined { get; init; }

    /// <summary>Leaves that a <see cref="ChangeKind.Counted"/> change stands for.</summary>
    public int Left { get; init; }
}
