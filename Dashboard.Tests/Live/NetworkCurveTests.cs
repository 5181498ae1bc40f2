using Presence.Dashboard.Live;
using Presence.Engine.History;

namespace Presence.Dashboard.Tests.Live;

public sealed class NetworkCurveTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    [Fact]
    public void Of_MinutesInStepsOfFive_TakesTheHighestAndAddsUpTheRest()
    {
        var curve = NetworkCurve.Of(HistoryRange.Day, FiveMinutes, 3, [Minute(-8, 9), Minute(-7, 4), Minute(-5, 2), Minute(1, 3)], Noon.AddMinutes(1));

        Assert.Equal(Noon.AddMinutes(-10), curve.Begin);
        Assert.Equal([new(Noon.AddMinutes(-10), 9, 2, 4, 6), new(Noon.AddMinutes(-5), 2, 1, 2, 3), new(Noon, 3, 1, 2, 3)], curve.Points);
    }

    [Fact]
    public void Of_SamplesWithAHole_LeavesItOpen()
    {
        var curve = NetworkCurve.Of(HistoryRange.Day, FiveMinutes, 4, [Minute(-15, 1), Minute(-1, 1), Minute(-400, 7), Minute(30, 7)], Noon);

        Assert.Equal([true, false, true, false], curve.Points.Select(point => point is not null));
        Assert.False(curve.IsEmpty);
        Assert.True(NetworkCurve.Of(HistoryRange.Day, FiveMinutes, 4, [Minute(0, 1)], Noon).IsEmpty);
    }

    private static HistorySample Minute(int fromNoon, int viewers) => new(Noon.AddMinutes(fromNoon), viewers, 1, 2, 3);
}
