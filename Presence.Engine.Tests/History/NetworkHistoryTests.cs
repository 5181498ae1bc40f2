using Presence.Engine.History;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

public sealed class NetworkHistoryTests : IDisposable
{
    private readonly EngineWorld _world = new();

    // A clock that begins at 12:00:00 begins a step of both ranges.
    private DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void History_OfTheHour_HoldsTheMostViewersOfEachQuarterMinute()
    {
        Beat("ann", "ben", "cat");
        _world.Advance(5);
        _world.Engine.Leave(EngineWorld.Lobby, "ben", "");
        _world.Engine.Leave(EngineWorld.Lobby, "cat", "");
        _world.Advance(10);
        _world.Advance(15);

        var hour = _world.Engine.History(HistoryRange.Hour, Noon);

        Assert.Equal([new(Noon, 3, 3, 2, 3), new(Noon.AddSeconds(15), 1, 0, 0, 0), new(Noon.AddSeconds(30), 1, 0, 0, 0)], hour);
    }

    [Fact]
    public void History_OfAViewerInTwoRooms_CountsItOnceAndBothOfItsJoins()
    {
        _world.Beat("ann");
        _world.Beat("ann", "side");
        _world.Advance(1);

        Assert.Equal(new HistorySample(Noon, 1, 2, 0, 2), Assert.Single(_world.Engine.History(HistoryRange.Day, Noon)));
    }

    [Fact]
    public void History_WhileTheMachineSlept_HasAGap()
    {
        Beat("ann");
        _world.Advance(10);
        _world.AdvanceUnswept(300);
        _world.Advance(1);

        var minutes = _world.Engine.History(HistoryRange.Day, Noon).Select(sample => (int)(sample.At - Noon).TotalMinutes);

        Assert.Equal([0, 5], minutes);
    }

    [Fact]
    public void History_AfterMoreThanItHolds_ForgetsTheOldest()
    {
        _world.Advance(70 * 60);

        var hour = _world.Engine.History(HistoryRange.Hour, DateTimeOffset.MinValue);

        Assert.Equal(241, hour.Count);
        Assert.Equal((Noon.AddMinutes(10), Noon.AddMinutes(70)), (hour[0].At, hour[^1].At));
        Assert.Equal(71, _world.Engine.History(HistoryRange.Day, DateTimeOffset.MinValue).Count);
    }

    [Fact]
    public void History_WhenTheWallClockIsSetBack_ShowsWhatItShowsAnew()
    {
        Beat("ann", "ben");
        _world.Advance(120);
        _world.Time.SetUtcNow(Noon.AddMinutes(-60));
        Beat("ann");
        _world.Advance(30);
        Beat("ann");
        _world.Advance(31);

        var day = _world.Engine.History(HistoryRange.Day, Noon.AddHours(-2));

        Assert.Equal([(Noon.AddMinutes(-60), 1), (Noon.AddMinutes(-59), 1)], day.Select(sample => (sample.At, sample.Viewers)));
    }

    [Fact]
    public void PeakSince_AnInstant_IsTheFirstOfTheHighestMinutesFromThere()
    {
        Beat("ann", "ben", "cat");
        _world.Advance(61); // at 12:01 all three have gone
        Beat("ann", "ben");
        _world.Advance(30);
        Beat("ann", "ben");
        _world.Advance(60);

        Assert.Equal((Noon, 3), AtAndViewers(_world.Engine.PeakSince(Noon)));
        Assert.Equal((Noon.AddMinutes(1), 2), AtAndViewers(_world.Engine.PeakSince(Noon.AddMinutes(1))));
        Assert.Null(_world.Engine.PeakSince(_world.Now.AddMinutes(1)));
    }

    [Fact]
    public void Activity_WithASteadyBeat_IsItsRateAndTheLastMinutesComingAndGoing()
    {
        Beat("ann", "ben");
        for (var second = 0; second < 30; second++)
        {
            Beat("ann", "ben");
            _world.Advance(1);
        }
        Beat("cat");
        _world.Engine.Leave(EngineWorld.Lobby, "ben", "");
        _world.Advance(1);

        var activity = _world.Engine.Activity();

        Assert.Equal((3, 1, 0, 0), (activity.Joins, activity.Leaves, activity.LatestChange, activity.RecentChange));
        Assert.Equal(1.9, activity.HeartbeatsPerSecond, precision: 2); // 9 s of two and one of one
        _world.Advance(60);
        Assert.Equal((0d, 0), (_world.Engine.Activity().HeartbeatsPerSecond, _world.Engine.Activity().Joins));
    }

    [Fact]
    public void Activity_AfterABurst_TellsHowManyWithinTenSecondsAndFiveMinutes()
    {
        Beat("ann");
        _world.Advance(20);
        Beat([.. Enumerable.Range(0, 40).Select(number => $"viewer {number}")]);
        _world.Advance(5);

        Assert.Equal((40, 40), (_world.Engine.Activity().LatestChange, _world.Engine.Activity().RecentChange));
        _world.Advance(10);
        Assert.Equal((0, 40), (_world.Engine.Activity().LatestChange, _world.Engine.Activity().RecentChange));
    }

    [Fact]
    public void Activity_BeforeTheFirstSweep_IsNothing() => Assert.Equal(default, _world.Engine.Activity());

    [Fact]
    public void RestoreHistory_OfAStepThatGoesOn_AddsUp()
    {
        _world.Engine.RestoreHistory(HistoryRange.Day, [new(Noon.AddMinutes(-5), 9, 1, 2, 3), new(Noon, 4, 10, 20, 30)]);
        Beat("ann");
        _world.Advance(1);

        Assert.Equal([new(Noon.AddMinutes(-5), 9, 1, 2, 3), new(Noon, 4, 11, 20, 31)], _world.Engine.History(HistoryRange.Day, Noon.AddMinutes(-10)));
    }

    private static (DateTimeOffset At, int Viewers) AtAndViewers(HistorySample? sample) => (sample!.Value.At, sample.Value.Viewers);

    private void Beat(params string[] users)
    {
        foreach (var user in users)
            _world.Beat(user);
    }
}
