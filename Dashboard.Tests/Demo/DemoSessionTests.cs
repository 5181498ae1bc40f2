using Presence.Dashboard.Demo;

namespace Presence.Dashboard.Tests.Demo;

public sealed class DemoSessionTests
{
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(10);

    [Fact]
    public void Next_NewVisit_SignsInThenBeats()
    {
        var session = new DemoSession(Visit());

        Assert.Equal(Arrival, session.DueAt);
        Assert.Equal(DemoStep.SignIn, session.Next(Arrival));

        session.Apply(DemoStep.SignIn, new DemoReply(DemoAnswer.Accepted), Arrival);

        Assert.Equal(Arrival, session.DueAt);
        Assert.Equal(DemoStep.Heartbeat, session.Next(Arrival));
    }

    [Fact]
    public void Apply_AcceptedHeartbeat_WaitsExactlyAsToldAndEchoesTheSettings()
    {
        var session = Watching();

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.Accepted, TimeSpan.FromSeconds(27.3), SettingsVersion: 4), TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(47.3), session.DueAt);
        Assert.Equal(4, session.SettingsVersion);
    }

    [Fact]
    public void Next_StayIsOver_LeavesOrVanishes()
    {
        var polite = Watching(DemoEnding.Leaves);
        var gone = Watching(DemoEnding.Vanishes);

        Assert.Equal(DemoStep.Leave, polite.Next(polite.Visit.LeavesAt));
        Assert.Equal(DemoStep.End, gone.Next(gone.Visit.LeavesAt));
    }

    [Fact]
    public void Apply_HeartbeatNearTheEnd_IsDueAtTheEnd()
    {
        var session = Watching();
        var nearTheEnd = session.Visit.LeavesAt - TimeSpan.FromSeconds(3);

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.Accepted, TimeSpan.FromSeconds(30)), nearTheEnd);

        Assert.Equal(session.Visit.LeavesAt, session.DueAt);
    }

    [Fact]
    public void Apply_PresenceIsOff_ComesBackLaterEachTimeAndThenBeatsAgain()
    {
        var session = Watching();
        var now = TimeSpan.FromSeconds(20);
        var waits = new List<TimeSpan>();

        for (var i = 0; i < 6; i++)
        {
            session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.NotNow), now);
            waits.Add(session.DueAt - now);
            now = session.DueAt;
        }

        Assert.Equal(waits.Order(), waits);
        Assert.True(waits[0] >= TimeSpan.FromSeconds(15));
        Assert.InRange(waits[^1], TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(70));
        Assert.Equal(DemoStep.Heartbeat, session.Next(now));
    }

    [Fact]
    public void Next_StayIsOverWhilePresenceIsOff_EndsWithoutLeaving()
    {
        var session = Watching(DemoEnding.Leaves);

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.NotNow), TimeSpan.FromSeconds(20));

        Assert.Equal(DemoStep.End, session.Next(session.Visit.LeavesAt));
    }

    [Fact]
    public void Apply_RetryAfter_IsHonoured()
    {
        var session = Watching();

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.NotNow, Wait: TimeSpan.FromSeconds(17)), TimeSpan.FromSeconds(20));

        Assert.True(session.DueAt >= TimeSpan.FromSeconds(37));
    }

    [Fact]
    public void Apply_TokenRefused_SignsInAgainAfterAWait()
    {
        var session = Watching();

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.TokenRefused), TimeSpan.FromSeconds(20));

        Assert.True(session.DueAt > TimeSpan.FromSeconds(20));
        Assert.Equal(DemoStep.SignIn, session.Next(session.DueAt));
    }

    [Fact]
    public void Apply_Refused_GivesUp()
    {
        var session = Watching();

        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.Refused), TimeSpan.FromSeconds(20));

        Assert.True(session.IsOver);
    }

    private static DemoSession Watching(DemoEnding ending = DemoEnding.Leaves)
    {
        var session = new DemoSession(Visit(ending));
        session.Apply(DemoStep.SignIn, new DemoReply(DemoAnswer.Accepted), Arrival);
        session.Apply(DemoStep.Heartbeat, new DemoReply(DemoAnswer.Accepted, TimeSpan.FromSeconds(10), SettingsVersion: 1), Arrival);
        return session;
    }

    private static DemoVisit Visit(DemoEnding ending = DemoEnding.Leaves) => new()
    {
        Number = 1,
        Viewer = DemoPeople.User(0),
        Device = "web",
        RoomId = "room",
        ArrivesAt = Arrival,
        LeavesAt = TimeSpan.FromMinutes(20),
        Ending = ending,
    };
}
