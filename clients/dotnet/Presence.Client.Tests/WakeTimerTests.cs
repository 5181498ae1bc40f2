using Presence.Client.Heartbeats;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests;

public sealed class WakeTimerTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.6)]
    [InlineData(1.4)]
    public async Task WaitAsync_OfAFractionOfAMillisecond_NapsForAWholeOne(double milliseconds)
    {
        var time = new ManualTimeProvider(TimeSpan.TicksPerSecond);
        using var timer = new WakeTimer(time);

        var waiting = timer.WaitAsync(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(TimeSpan.FromMilliseconds(1), time.NextDueIn);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
    }
}
