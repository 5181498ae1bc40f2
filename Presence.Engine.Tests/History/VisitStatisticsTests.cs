using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class VisitStatisticsTests
{
    private static readonly SessionDevice[] Devices = [new("Android", "4.2.1"), new("web", null), default];

    [Fact]
    public void Figures_VisitsOfOnePersonThatOverlap_CountTheirTimeOnce()
    {
        // A clock that was set back between two visits makes this of them.
        var figures = VisitStatistics.Figures(Span(0, 60), [Fact(1, 0, 40), Fact(1, 20, 60), Fact(2, 0, 60)]);

        Assert.Equal((TimeSpan.FromMinutes(120), 2, 3), (figures.Watched, figures.People, figures.Joins));
        Assert.Equal(TimeSpan.FromMinutes(60), figures.MedianStay);
    }

    [Fact]
    public void Figures_VisitsThatReachOverTheBroadcast_CountWhatIsInIt()
    {
        var figures = VisitStatistics.Figures(Span(10, 20), [Fact(1, 0, 60), Fact(2, 15, 60)]);

        Assert.Equal(TimeSpan.FromMinutes(15), figures.Watched);
        Assert.Equal((1.5, 2), (figures.Average, figures.Peak));
    }

    [Fact]
    public void Drop_DeviceWithItsShareOfTheRoom_DoesNotStandOut()
    {
        VisitFact[] visits =
        [
            .. Enumerable.Range(0, 10).Select(person => Fact(person, 0, 11, LeaveReason.Timeout)),
            .. Enumerable.Range(10, 10).Select(person => Fact(person, 0, 60)),
        ];

        var drop = VisitStatistics.Drop(Span(10, 12), visits, [], Devices);

        Assert.Equal((10, LeaveReason.Timeout, 10, null), (drop.Finding.Left, drop.Finding.Reason, drop.Finding.OfReason, drop.Finding.Device));
        Assert.Equal(MomentCause.Delivery, drop.Cause);
    }

    [Fact]
    public void Drop_DeviceThatWasNotSaid_DoesNotStandOut()
    {
        VisitFact[] visits = [.. Enumerable.Range(0, 10).Select(person => Fact(person, 0, 11, device: 2)), .. Enumerable.Range(10, 30).Select(person => Fact(person, 0, 60, device: 1))];

        var drop = VisitStatistics.Drop(Span(10, 12), visits, [], Devices);

        Assert.Equal((null, MomentCause.Content), (drop.Finding.Device, drop.Cause));
    }

    [Fact]
    public void Moments_SteepFallInASlowOne_IsTheFallAloneWithItsCause()
    {
        VisitFact[] visits =
        [
            .. Enumerable.Range(0, 100).Select(person => Fact(person, person * 0.025, 62 + (person * 0.3))),
            .. Enumerable.Range(100, 60).Select(person => Fact(person, person * 0.025, 30.5 + (person % 2), LeaveReason.Timeout)),
        ];
        Array.Sort(visits, (one, other) => one.Joined.CompareTo(other.Joined));

        var moments = VisitStatistics.Moments(Span(0, 92), visits, [], Devices);

        var fall = moments.First(moment => moment.Change < 0);
        Assert.Equal((Eight.AddMinutes(30), Eight.AddMinutes(32), -60, MomentCause.Delivery), (fall.From, fall.Until, fall.Change, fall.Cause));
        var rise = moments.First(moment => moment.Change > 0);
        Assert.Equal((Eight, 160 - 1, MomentCause.Start), (rise.From, rise.Change, rise.Cause)); // the first viewer is there at the start
        Assert.Equal(MomentCause.End, moments.Last(moment => moment.Change < 0 && moment.Until > Eight.AddMinutes(85)).Cause);
        Assert.All(moments, moment => Assert.InRange(moment.Until - moment.From, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)));
    }

    private static HistorySpan Span(double from, double until) => new(Eight.AddMinutes(from), Eight.AddMinutes(until));

    private static VisitFact Fact(long person, double joined, double left, LeaveReason reason = LeaveReason.Left, int device = 0) => new(
        person, Eight.AddMinutes(joined).ToUnixTimeMilliseconds(), Eight.AddMinutes(left).ToUnixTimeMilliseconds(), Eight.AddMinutes(left).ToUnixTimeMilliseconds(), 0, device, reason, IsGuest: false, IsReturning: false);
}
