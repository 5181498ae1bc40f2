using Presence.Dashboard.Live;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class CircuitClockTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Subscribe_ForFiveSeconds_TicksFiveTimes()
    {
        using var clock = new CircuitClock(_time);
        var ticks = 0;
        clock.Subscribe(() => ticks++);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(5, ticks);
    }

    [Fact]
    public void Unsubscribe_OfOneOfTwo_LeavesTheOther()
    {
        using var clock = new CircuitClock(_time);
        var (first, second) = (0, 0);
        void First() => first++;
        clock.Subscribe(First);
        clock.Subscribe(() => second++);

        clock.Unsubscribe(First);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((0, 2), (first, second));
    }

    [Fact]
    public void Dispose_ThenTimePasses_TicksNoMore()
    {
        var clock = new CircuitClock(_time);
        var ticks = 0;
        clock.Subscribe(() => ticks++);

        clock.Dispose();
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(0, ticks);
    }
}
