using Presence.Engine.Rooms;

namespace Presence.Engine.Expiry;

/// <summary>What a sweep does besides expiring: when samples are due, and how long an empty room is remembered.</summary>
/// <remarks><b>Threads.</b> The sweep's alone.</remarks>
internal sealed class SweepSchedule
{
    /// <summary>How long an empty room keeps its trend: the hour the trend covers.</summary>
    public static readonly TimeSpan EmptyRoomRetention = TimeSpan.FromHours(1);

    private long _samples;
    private readonly long _startedAt;
    private long _beganAt;
    private int _suspensions;

    public SweepSchedule(long startedAt) => _startedAt = _beganAt = startedAt;

    /// <summary>Notes that a sweep begins; how much later than a second after the one before.</summary>
    public TimeSpan Begin(long now)
    {
        var late = TimeSpan.FromTicks(now - _beganAt) - PresenceClock.TickInterval;
        _beganAt = now;
        return late;
    }

    /// <summary>Whether time was skipped since this was last asked.</summary>
    public bool IsGapDue(int suspensions)
    {
        var isDue = suspensions != _suspensions;
        _suspensions = suspensions;
        return isDue;
    }

    /// <summary>When the sample of a number was due.</summary>
    public long DueAt(long number) => _startedAt + (number * RoomTrend.RecentStep.Ticks);

    /// <summary>Whether a sample is due, and its number. One that was missed is not made up for.</summary>
    public bool IsSampleDue(long now, out long number)
    {
        number = (now - _startedAt) / RoomTrend.RecentStep.Ticks;
        if (number <= _samples)
            return false;
        _samples = number;
        return true;
    }
}
