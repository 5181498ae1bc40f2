using Presence.Engine.Rooms;

namespace Presence.Engine.Expiry;

/// <summary>What a sweep does besides expiring: when samples are due, and how long an empty room is remembered.</summary>
/// <remarks><b>Threads.</b> The sweep's alone.</remarks>
internal sealed class SweepSchedule(long startedAt)
{
    /// <summary>How long a room nobody is in keeps its trend: the hour the trend covers.</summary>
    public static readonly TimeSpan EmptyRoomRetention = TimeSpan.FromHours(1);

    private long _samples;

    /// <summary>Whether a sample is due, and its number. One that was missed is not made up for.</summary>
    public bool IsSampleDue(long now, out long number)
    {
        number = (now - startedAt) / RoomTrend.RecentStep.Ticks;
        if (number <= _samples)
            return false;
        _samples = number;
        return true;
    }
}
