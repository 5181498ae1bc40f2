using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>When a room's samples were taken.</summary>
public sealed class RoomTrendTests : IDisposable
{
    private readonly EngineWorld _world = new(EngineWorld.Seconds(600, 3_600));
    private readonly DateTimeOffset _began;

    public RoomTrendTests() => _began = _world.Now;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void HourAt_OfEachSample_IsItsMinuteAndStaysIt()
    {
        _world.Beat("ada");
        for (var second = 0; second < 130; second++)
            _world.Advance(1);
        var trend = _world.Engine.Trend(EngineWorld.Lobby);

        Assert.Equal([60, 120, 130], Instants(trend));
        for (var second = 0; second < 55; second++)
            _world.Advance(1);

        Assert.Equal([60, 120, 180, 185], Instants(_world.Engine.Trend(EngineWorld.Lobby)));
    }

    [Fact]
    public void RecentAt_OfEachSample_IsWhenItWasDueAndStaysIt()
    {
        _world.Beat("ada");
        for (var second = 0; second < 38; second++)
            _world.Advance(1);
        Assert.Equal([15, 30, 38], Recently());

        for (var second = 0; second < 6; second++)
            _world.Advance(1);
        Assert.Equal([15, 30, 44], Recently());
        _world.Advance(3); // the sweep is late
        Assert.Equal([15, 30, 45, 47], Recently());
    }

    [Fact]
    public void HourAt_OfARoomWithoutASample_IsNow()
    {
        _world.Beat("ada");
        var trend = _world.Engine.Trend(EngineWorld.Lobby);

        Assert.Equal((trend.At, trend.At), (trend.HourAt(0), trend.SampledAt));
    }

    private IEnumerable<double> Recently()
    {
        var trend = _world.Engine.Trend(EngineWorld.Lobby);
        return Enumerable.Range(0, trend.Recent.Count).Select(sample => (trend.RecentAt(sample) - _began).TotalSeconds);
    }

    private IEnumerable<double> Instants(RoomTrend trend) => Enumerable.Range(0, trend.Hour.Count).Select(sample => (trend.HourAt(sample) - _began).TotalSeconds);
}
