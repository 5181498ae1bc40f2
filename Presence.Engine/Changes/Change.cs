namespace Presence.Engine.Changes;

/// <summary>One visible change of a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Sequence">The room's running number, 1 for its first change; no number is left out.</param>
/// <param name="Kind">A join or a leave.</param>
/// <param name="UserId">Who.</param>
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
    int Viewers);
