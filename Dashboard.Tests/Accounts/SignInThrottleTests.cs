using System.Net;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class SignInThrottleTests
{
    private const string Email = "mod@example.com";
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.7");

    private readonly ManualTimeProvider _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(new DashboardOptions(), _time);

    [Fact]
    public void TryBegin_AfterFiveFailures_WaitsForTheRestOfFiveMinutes()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromMinutes(1));
        Fail(1);

        Assert.Null(_throttle.TryBegin("MOD@example.com", Address, out var wait));
        Assert.Equal(4, wait.TotalMinutes, 3);
        _time.Advance(TimeSpan.FromMinutes(4.1));
        Assert.NotNull(_throttle.TryBegin(Email, Address, out _));
    }

    [Fact]
    public void TryBegin_WhileFiveAreUnderWay_WaitsAMoment()
    {
        var open = Enumerable.Range(0, 5).Select(_ => _throttle.TryBegin(Email, Address, out var _)).ToList();

        Assert.Null(_throttle.TryBegin(Email, Address, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);

        open[0]!.End(SignInOutcome.SignedIn);
        Assert.NotNull(_throttle.TryBegin(Email, Address, out _));
    }

    [Fact]
    public void TryBegin_FromAnotherAddressOrOfAnotherAccount_IsFree()
    {
        Fail(5);

        Assert.NotNull(_throttle.TryBegin(Email, IPAddress.Parse("192.0.2.8"), out _));
        Assert.NotNull(_throttle.TryBegin("other@example.com", Address, out _));
    }

    [Fact]
    public void TryBegin_AfterASuccess_StartsOver()
    {
        Fail(4);
        _throttle.TryBegin(Email, Address, out _)!.End(SignInOutcome.SignedIn);
        Fail(4);

        Assert.NotNull(_throttle.TryBegin(Email, Address, out _));
    }

    [Fact]
    public void TryBegin_ThatWasNotLookedAt_CountsNoFailure()
    {
        for (var i = 0; i < 10; i++)
            _throttle.TryBegin(Email, Address, out _)!.Dispose();

        Assert.NotNull(_throttle.TryBegin(Email, Address, out _));
    }

    [Fact]
    public void TryTake_OfOneAddress_EndsWithItsBucketAndGoesOnWithTime()
    {
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => _throttle.TryTake(Address, out var _)));

        Assert.False(_throttle.TryTake(Address, out var wait));
        Assert.InRange(wait.TotalSeconds, 0.5, 1);
        Assert.True(_throttle.TryTake(IPAddress.Parse("192.0.2.8"), out _));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => _throttle.TryTake(Address, out var _)));
    }

    [Fact]
    public void TryBegin_ThatWasRight_IsTakenBackFromTheBucket()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_throttle.TryTake(Address, out _));
            _throttle.TryBegin($"user{i}@example.com", Address, out _)!.End(SignInOutcome.SignedIn);
        }
    }

    [Fact]
    public void TryBegin_OfAnAccountThatManyAddressesFailAt_IsSlowedDownAndNeverRefused()
    {
        var delays = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            using var attempt = _throttle.TryBegin(Email, IPAddress.Parse($"198.51.100.{i}"), out _);
            delays.Add(attempt!.Delay.TotalSeconds);
            attempt.End(SignInOutcome.Refused);
        }

        Assert.All(delays.Take(SignInThrottle.AllowedFailuresOfAccount), delay => Assert.Equal(0, delay));
        Assert.Equal(delays.Order(), delays);
        Assert.Equal(SignInThrottle.LongestDelay.TotalSeconds, delays[^1]);
        Assert.Equal(TimeSpan.Zero, _throttle.TryBegin("other@example.com", Address, out _)!.Delay);
        _time.Advance(SignInThrottle.Window);
        Assert.Equal(TimeSpan.Zero, _throttle.TryBegin(Email, Address, out _)!.Delay);
    }

    [Fact]
    public void TryBegin_OfMorePairsThanItHolds_ForgetsTheOldest()
    {
        Fail(5);
        for (var i = 0; i < SignInThrottle.LargestCount; i++)
            Assert.True(Fail($"user{i}@example.com", new IPAddress([10, 0, (byte)(i >> 8), (byte)i])));

        Assert.NotNull(_throttle.TryBegin(Email, Address, out _));
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            Assert.True(Fail(Email, Address));
    }

    private bool Fail(string email, IPAddress address)
    {
        using var attempt = _throttle.TryBegin(email, address, out _);
        attempt?.End(SignInOutcome.Refused);
        return attempt is not null;
    }
}
