using Presence.Dashboard.Live;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class RowThrottleTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void IsDue_AfterEightyNewRows_WaitsASecond()
    {
        var pace = new RowThrottle(_time);
        pace.RecordRead(80);

        Assert.False(pace.IsDue);
        _time.Advance(TimeSpan.FromMilliseconds(990));
        Assert.False(pace.IsDue);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(pace.IsDue);
    }

    [Fact]
    public void IsDue_WhenNothingChanged_IsAtOnce()
    {
        var pace = new RowThrottle(_time);
        pace.RecordRead(0);

        Assert.True(pace.IsDue);
    }

    [Fact]
    public void Reset_AfterAStorm_MakesItDue()
    {
        var pace = new RowThrottle(_time);
        pace.RecordRead(200);

        pace.Reset();

        Assert.True(pace.IsDue);
    }
}
