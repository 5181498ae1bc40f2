using Presence.Engine.Expiry;
using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Expiry;

public sealed class SweepScheduleTests
{
    private static readonly long StartedAt = TimeSpan.FromSeconds(7).Ticks;

    private readonly SweepSchedule _schedule = new(StartedAt);

    [Fact]
    public void Begin_MoreThanASecondAfterTheLast_IsLateByTheRest()
    {
        Assert.Equal(TimeSpan.Zero, _schedule.Begin(At(1)));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _schedule.Begin(At(2.5)));
        Assert.Equal(TimeSpan.FromSeconds(2), _schedule.Begin(At(5.5)));
    }

    [Fact]
    public void IsSampleDue_CountsFromTheStartAndSkipsWhatWasMissed()
    {
        Assert.False(_schedule.IsSampleDue(At(14.9), out _));
        Assert.True(_schedule.IsSampleDue(At(15), out var first));
        Assert.False(_schedule.IsSampleDue(At(29.9), out _));
        Assert.True(_schedule.IsSampleDue(At(61), out var later));
        Assert.Equal((1, 4), (first, later));
        Assert.Equal(15, RoomTrend.RecentStep.TotalSeconds);
    }

    [Fact]
    public void IsGapDue_OnceForEachSuspension()
    {
        Assert.False(_schedule.IsGapDue(0));
        Assert.True(_schedule.IsGapDue(1));
        Assert.False(_schedule.IsGapDue(1));
        Assert.True(_schedule.IsGapDue(3));
    }

    private static long At(double seconds) => StartedAt + TimeSpan.FromSeconds(seconds).Ticks;
}
