using System.Net;
using Presence.Dashboard.Authentication;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Authentication;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryTake_ABurstAndThenItsPace_IsWhatPasses()
    {
        var limit = new TokenBucket(_time, perSecond: 2, burst: 5);
        long state = 0;

        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => limit.TryTake(ref state, out var _)));
        Assert.False(limit.TryTake(ref state, out var wait));
        Assert.InRange(wait, TimeSpan.FromMilliseconds(499), TimeSpan.FromMilliseconds(501));

        var passed = 0;
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            if (limit.TryTake(ref state, out _))
                passed++;
        }
        Assert.InRange(passed, 19, 20);
    }

    [Fact]
    public void TryTake_AfterALongPause_HasNoMoreThanOneBurst()
    {
        var limit = new TokenBucket(_time, perSecond: 2, burst: 5);
        long state = 0;
        limit.TryTake(ref state, out _);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => limit.TryTake(ref state, out var _)));
    }

    [Fact]
    public void TryTake_FromManyThreads_PassesExactlyTheBurst()
    {
        var limit = new TokenBucket(_time, perSecond: 1, burst: 1000);
        long state = 0;
        var passed = 0;

        Parallel.For(0, 5_000, _ =>
        {
            if (limit.TryTake(ref state, out var _))
                Interlocked.Increment(ref passed);
        });

        Assert.Equal(1000, passed);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void AddressPace_CountsOneSubscriberAsOneAddress(string first, string second, bool same)
    {
        var pace = new AddressRateLimiter(new TokenBucket(_time, perSecond: 1, burst: 1), _time);

        Assert.True(pace.TryTake(IPAddress.Parse(first), out _));
        Assert.Equal(!same, pace.TryTake(IPAddress.Parse(second), out _));
    }

    [Fact]
    public void AddressPace_ForgetsAnAddressNoSoonerThanItsBucketIsFull()
    {
        var address = IPAddress.Parse("192.0.2.1");
        var pace = new AddressRateLimiter(new TokenBucket(_time, perSecond: 1, burst: 10), _time);
        for (var second = 0; second < 100; second++)
        {
            // Two tries a second at a pace of one: after the burst every second is refused.
            var passed = (pace.TryTake(address, out _) ? 1 : 0) + (pace.TryTake(address, out _) ? 1 : 0);
            if (second > 12)
                Assert.Equal(1, passed);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
