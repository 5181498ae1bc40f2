using Presence.Engine.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class SimulationReportTests
{
    [Theory]
    [InlineData(0, 0, true, "Every count was right. The longest any count was wrong is 0.0 s")]
    [InlineData(30, 0, true, "The longest any count was wrong is 30.0 s, the heartbeat interval 30 s")]
    [InlineData(31, 0, false, "1 of 2 counts were wrong for longer than the heartbeat interval of 30 s, the longest for 31.0 s.")]
    [InlineData(0, -1, false, "1 of 2 counts were wrong, an interval of 30 s after the last join or leave.")]
    public void Verdict_OfCounts_IsRightOnlyWithinAnInterval(int longestWrong, int deviation, bool isRight, string verdict)
    {
        var report = Report(new RoomVerdict("lobby", 3, 3, 3, deviation, deviation, TimeSpan.FromSeconds(longestWrong)));

        Assert.Equal(isRight, report.IsRight);
        Assert.Contains(verdict, report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfALongRun_ShowsItsCourseInAFewMoments()
    {
        var moments = Enumerable.Range(1, 100).Select(second => new CountedMoment(TimeSpan.FromSeconds(second), second * 10, second * 10, second * 10 + 2, 0));

        var report = Report(new RoomVerdict("lobby", 3, 3, 3, 0, 0, TimeSpan.Zero)) with { Course = [.. moments] };

        var lines = report.ToString().Split('\n').SkipWhile(line => !line.StartsWith("after", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.Trim().Length > 0).ToList();
        Assert.Equal(12, lines.Count);
        Assert.Matches(@"^ +1 s +10 +10-12 +0\s*$", lines[0]);
        Assert.Matches(@"^ +100 s +1,000 +1,000-1,002 +0\s*$", lines[^1]);
    }

    private static SimulationReport Report(RoomVerdict room) => new()
    {
        Options = new SimulateOptions { Url = new Uri("http://localhost"), Rooms = 2, Viewers = 6 },
        Interval = TimeSpan.FromSeconds(30),
        Ended = TimeSpan.FromMinutes(2),
        WasInterrupted = false,
        Traffic = new Traffic(new ManualTimeProvider()),
        Samples = 1,
        FailedSamples = 0,
        Course = [new CountedMoment(TimeSpan.FromSeconds(1), 6, 6, 6, 0)],
        Rooms = [room, new RoomVerdict("quiet", 3, 3, 3, 0, 0, TimeSpan.Zero)],
        CountedAfterLeaving = 0,
        WrongAfterLeaving = 0,
    };
}
