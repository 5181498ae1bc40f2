using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>What one minute of a room, or of the network, came to.</summary>
/// <param name="RoomId">The room; null for the network, whose viewers are counted once however many rooms they are in.</param>
/// <param name="At">When the minute began: a whole minute, UTC.</param>
public readonly record struct RoomMinute(string? RoomId, DateTimeOffset At)
{
    /// <summary>The time all viewers were counted, added up: divided by the time recorded it is the average count.</summary>
    public TimeSpan Viewers { get; init; }

    /// <summary>The part of <see cref="Viewers"/> that was hidden.</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>The part of <see cref="Viewers"/> of viewers without an account.</summary>
    public TimeSpan Guests { get; init; }

    /// <summary>The most viewers at once.</summary>
    public int Peak { get; init; }

    /// <summary>Viewers who joined.</summary>
    public int Joins { get; init; }

    /// <summary>Viewers who left, by reason.</summary>
    public LeaveCounts Leaves { get; init; }

    /// <summary>Heartbeats that came later than fading allows (rule 17), and still before the deadline; null when there were none. All others were in time.</summary>
    public IReadOnlyList<LateHeartbeats>? Late { get; init; }
}

/// <summary>Heartbeats of one device that were late by the same time.</summary>
/// <param name="Device">What the session runs on.</param>
/// <param name="Seconds">How much later than the interval promised, in whole seconds, rounded up; at most 3,600.</param>
/// <param name="Count">How many.</param>
public readonly record struct LateHeartbeats(SessionDevice Device, int Seconds, int Count);

/// <summary>Leaves by reason.</summary>
/// <param name="Left">The client said so.</param>
/// <param name="Timeout">The deadline passed.</param>
/// <param name="Disabled">Presence was switched off.</param>
/// <param name="Removed">Banned.</param>
/// <param name="Ended">The broadcast ended.</param>
public readonly record struct LeaveCounts(int Left, int Timeout, int Disabled, int Removed, int Ended)
{
    /// <summary>All of them.</summary>
    public int Total => Left + Timeout + Disabled + Removed + Ended;

    /// <summary>One leave.</summary>
    public static LeaveCounts Of(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => default(LeaveCounts) with { Timeout = 1 },
        LeaveReason.Disabled => default(LeaveCounts) with { Disabled = 1 },
        LeaveReason.Removed => default(LeaveCounts) with { Removed = 1 },
        LeaveReason.Ended => default(LeaveCounts) with { Ended = 1 },
        LeaveReason.Left => default(LeaveCounts) with { Left = 1 },
        _ => default,
    };

    /// <summary>What was added since an earlier count.</summary>
    public static LeaveCounts operator -(LeaveCounts later, LeaveCounts earlier) => new(
        later.Left - earlier.Left, later.Timeout - earlier.Timeout, later.Disabled - earlier.Disabled, later.Removed - earlier.Removed, later.Ended - earlier.Ended);

    /// <summary>Both together.</summary>
    public static LeaveCounts operator +(LeaveCounts one, LeaveCounts other) => new(
        one.Left + other.Left, one.Timeout + other.Timeout, one.Disabled + other.Disabled, one.Removed + other.Removed, one.Ended + other.Ended);
}
