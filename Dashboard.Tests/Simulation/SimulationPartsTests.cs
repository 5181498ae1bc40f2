using Presence.Engine.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class SimulationPartsTests
{
    [Fact]
    public void Percentile_OfAThousandDurations_IsAtMostTwoPercentHigh()
    {
        var histogram = new LatencyHistogram();
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
            histogram.Record(TimeSpan.FromMilliseconds(milliseconds));

        Assert.InRange(histogram.Percentile(0.5).TotalMilliseconds, 500, 510);
        Assert.InRange(histogram.Percentile(0.99).TotalMilliseconds, 990, 1000);
        Assert.Equal(1000, histogram.Longest.TotalMilliseconds);
        Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.5));
    }

    [Fact]
    public void Rooms_OfACrowd_AreAFewLargeAndManySmall()
    {
        var rooms = new CrowdRooms(50);
        var counts = new int[50];
        for (var i = 0; i < 10_000; i++)
            counts[rooms.Choose(i / 10_000.0)]++;

        Assert.Equal("simulated-001", rooms.Ids[0]);
        Assert.True(counts[0] > 5 * counts[49], $"{counts[0]} and {counts[49]}");
        Assert.All(counts, count => Assert.True(count > 0));
    }

    [Fact]
    public void Comparison_CountBeyondTheTruth_IsRememberedWithHowLong()
    {
        var room = new RoomComparison("lobby");

        room.Take(TimeSpan.FromSeconds(1), count: 5, least: 4, most: 6);
        room.Take(TimeSpan.FromSeconds(2), count: 3, least: 4, most: 6);
        room.Take(TimeSpan.FromSeconds(5), count: 9, least: 4, most: 6);
        Assert.Equal((3, 3, TimeSpan.FromSeconds(3)), (room.Deviation, room.WorstDeviation, room.LongestWrong));
        room.Take(TimeSpan.FromSeconds(6), count: 6, least: 4, most: 6);

        Assert.Equal((0, 3, TimeSpan.FromSeconds(3)), (room.Deviation, room.WorstDeviation, room.LongestWrong));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 500, 500)]
    public void Conditions_OfANetwork_LoseHalfOfIt(double share, int least, int most)
    {
        var conditions = new NetworkConditions(new ManualTimeProvider(), share);
        var fates = Enumerable.Range(0, 1000).Select(_ => conditions.Next()).ToList();

        Assert.Equal(share == 0 ? 1000 : 0, fates.Count(fate => fate == PacketOutcome.Passes));
        Assert.InRange(fates.Count(fate => fate == PacketOutcome.RequestLost), least * 3 / 4, most * 5 / 4);
        conditions.Clear();
        Assert.Equal(PacketOutcome.Passes, conditions.Next());
    }
}
