using System.Text;
using Presence.Engine.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class ExpectedPresenceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExpectedPresence _presence;

    public ExpectedPresenceTests() => _presence = new ExpectedPresence(new Traffic(_time), _time);

    [Fact]
    public void Heartbeat_OnItsWay_MayCountAndNeedNot()
    {
        Assert.Equal((false, false), Now());

        _presence.Sending(Heartbeat());

        Assert.Equal((false, true), Now());
    }

    [Fact]
    public void Heartbeat_Taken_CountsUntilItsPromiseEnds()
    {
        Beat();
        Assert.Equal((true, true), Now());

        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Equal((true, true), Now());
        _time.Advance(TimeSpan.FromSeconds(0.5)); // the sweep may be late
        Assert.Equal((false, true), Now());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false), Now());
        Assert.True(_presence.IsOver(_time.GetTimestamp()));
    }

    [Fact]
    public void Heartbeat_AnswerLost_MayCountForAnotherPromise()
    {
        Beat();
        _time.Advance(TimeSpan.FromSeconds(50));
        var lost = Heartbeat();
        _presence.Sending(lost);
        _presence.Unanswered(lost);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((false, true), Now());
    }

    [Fact]
    public void Leave_OnItsWayThenAnswered_MayCountThenNot()
    {
        Beat();
        var leave = new InFlightRequest(new HttpRequestMessage(HttpMethod.Delete, "http://localhost/heartbeat"), _time.GetTimestamp());

        _time.Advance(TimeSpan.FromSeconds(1));
        _presence.Sending(leave with { SentAt = _time.GetTimestamp() });
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, true), Now());
        _presence.Answered(leave, 204, default);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, false), Now());
    }

    [Fact]
    public void Window_AcrossTheFirstHeartbeat_IsNotAllItsOwn()
    {
        var before = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        Beat();

        Assert.False(_presence.MustCount(before, _time.GetTimestamp()));
        Assert.True(_presence.MayCount(before, _time.GetTimestamp()));
    }

    private (bool Must, bool May) Now() => (_presence.MustCount(_time.GetTimestamp(), _time.GetTimestamp()), _presence.MayCount(_time.GetTimestamp(), _time.GetTimestamp()));

    private void Beat()
    {
        var beat = Heartbeat();
        _presence.Sending(beat);
        _presence.Answered(beat, 202, Encoding.UTF8.GetBytes("""{"presenceTimeoutSeconds":60}"""));
    }

    private InFlightRequest Heartbeat() => new(new HttpRequestMessage(HttpMethod.Post, "http://localhost/api/v1/presence/rooms/lobby/heartbeat"), _time.GetTimestamp());
}
