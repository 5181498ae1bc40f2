using Presence.Dashboard.Authentication.Accounts;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class SignInThrottleTests
{
    private const string Email = "mod@example.com";
    private const string Address = "192.0.2.7";

    private readonly ManualTimeProvider _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_time);

    [Fact]
    public void WaitBefore_AfterFiveFailures_IsTheRestOfFiveMinutes()
    {
        Fail(4);
        Assert.Null(_throttle.WaitBefore(Email, Address));
        _time.Advance(TimeSpan.FromMinutes(1));

        Fail(1);

        Assert.Equal(4, _throttle.WaitBefore("MOD@example.com", Address)!.Value.TotalMinutes, 3);
        _time.Advance(TimeSpan.FromMinutes(4.1));
        Assert.Null(_throttle.WaitBefore(Email, Address));
    }

    [Fact]
    public void WaitBefore_FromAnotherAddress_IsNothing()
    {
        Fail(5);

        Assert.Null(_throttle.WaitBefore(Email, "192.0.2.8"));
        Assert.Null(_throttle.WaitBefore("other@example.com", Address));
    }

    [Fact]
    public void RecordSuccess_AfterFourFailures_StartsOver()
    {
        Fail(4);
        _throttle.RecordSuccess(Email, Address);
        Fail(4);

        Assert.Null(_throttle.WaitBefore(Email, Address));
    }

    [Fact]
    public void RecordFailure_OfMorePairsThanItHolds_ForgetsTheOldest()
    {
        Fail(5);
        for (var i = 0; i < SignInThrottle.LargestCount; i++)
            _throttle.RecordFailure($"user{i}@example.com", Address);

        Assert.Null(_throttle.WaitBefore(Email, Address));
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _throttle.RecordFailure(Email, Address);
    }
}
