using System.Net;
using Presence.Client.Server;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 14 to 19 of docs/clients.md against the product.</summary>
public sealed class FailingRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule14_Heartbeat_Lost_IsGivenUpAfterAQuarterOfTheSpareTimeAndSentAgainInTime()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;
        Network.Lose(request => request.IsBeat, times: 2);

        await Device.AdvanceAsync(presence.State.Receipt!.NextHeartbeatIn);
        await Device.AdvanceAsync(7.499);
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
        await Device.AdvanceAsync(0.001);
        Assert.Equal((PresenceStatus.Retrying, PresenceErrorKind.Unavailable), (presence.State.Status, presence.State.Error!.Kind));
        await Device.AdvanceAsync(0.5 + 7.5 + 1);

        Assert.Equal([202, null, null, 202], Network.Beats.Select(beat => beat.Status));
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt); // the timeout was longer than the trouble
    }

    /// <summary>A fortieth of a day, with the worst luck in every wait. Up to three requests in a row are lost, as chance has it.</summary>
    [Theory]
    [InlineData(0.1, true)]
    [InlineData(0.1, false)]
    [InlineData(0.3, true)]
    [InlineData(0.3, false)]
    public async Task Rule14_Heartbeats_ThroughANetworkThatLosesThem_NeverShow(double loss, bool hangs)
    {
        Device.Jitter = 0.999;
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;
        var dice = new Random(11);
        var (lost, inARow, longest) = (0, 0, 0);
        bool IsLost(SeenRequest request)
        {
            inARow = request.IsBeat && inARow < 3 && dice.NextDouble() < loss ? inARow + 1 : 0;
            lost += inARow > 0 ? 1 : 0;
            longest = Math.Max(longest, inARow);
            return inARow > 0;
        }
        if (hangs)
            Network.Lose(IsLost, times: int.MaxValue);
        else
            Network.Refuse(IsLost, times: int.MaxValue);

        await Device.AdvanceAsync(2_160);

        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
        Assert.InRange(lost, loss * 40, loss * 200);
        Assert.InRange(longest, 1, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule14_Heartbeat_AnswerIsLost_IsSentAgainAndCountsOnce(bool saysSo)
    {
        var presence = Device.Room();
        if (saysSo)
            Network.BreakAnswer(request => request.IsBeat);
        else
            Network.LoseAnswer(request => request.IsBeat);
        var started = presence.StartHeartbeatAsync();
        await Network.SettleAsync();
        Assert.Equal(1, (await CountAsync()).Count); // the server knows of it, the client does not

        await Device.AdvanceAsync(11);

        await started;
        Assert.Equal([202, 202], Network.Beats.Select(beat => beat.Status));
        Assert.Equal((1, 1), ((await CountAsync()).Count, (await ViewerAsync()).Sessions));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Accepted)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Rule14_Heartbeat_SomebodyElseAnswers_IsAFailedAttempt(HttpStatusCode status)
    {
        Network.Answer(request => request.IsBeat, () => TroubledNetwork.Page(status), times: 2);
        var presence = Device.Room();
        var started = presence.StartHeartbeatAsync();
        await Network.SettleAsync();
        Assert.Equal((PresenceStatus.Retrying, PresenceErrorKind.Unavailable), (presence.State.Status, presence.State.Error!.Kind));
        Assert.Equal(0, (await CountAsync()).Count);

        await Device.AdvanceAsync(0.5 + 1);

        await started;
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule14_Heartbeat_SomebodyElseAcceptsIt_IsAFailedAttempt()
    {
        Network.Answer(request => request.IsBeat, () => FakeServer.Json(202, """{"success":true}"""));
        var presence = Device.Room();
        var started = presence.StartHeartbeatAsync();
        await Network.SettleAsync();
        Assert.Equal(PresenceStatus.Retrying, presence.State.Status);

        await Device.AdvanceAsync(0.5);

        await started;
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule15_Heartbeat_OverThePace_WaitsAsTheServerAsksAndTheRandomPart()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        for (var hidden = true; presence.State.Status == PresenceStatus.Present && Network.Beats.Count < 40; hidden = !hidden)
        {
            Device.App.SetHidden(hidden);
            await Network.SettleAsync();
        }
        var error = presence.State.Error!;
        Assert.Equal((PresenceErrorKind.Limited, 400311, 429), (error.Kind, error.Code, Network.Beats[^1].Status));
        var sent = Network.Beats.Count;

        await Device.AdvanceAsync(error.RetryAfter!.Value + TimeSpan.FromSeconds(0.499));
        Assert.Equal(sent, Network.Beats.Count);
        await Device.AdvanceAsync(0.001);

        Assert.Equal(202, Network.Beats[sent].Status);
        Assert.Equal(Device.App.IsHidden ? ViewerState.Hidden : ViewerState.Visible, (await ViewerAsync()).State);
    }

    [Fact]
    public async Task Rule15_Heartbeat_AProxyAsksToWait_IsWaitedForInFull()
    {
        Network.Answer(request => request.IsBeat, () => TroubledNetwork.Page(HttpStatusCode.TooManyRequests, retryAfter: "20"));
        var started = Device.Room().StartHeartbeatAsync();

        await Device.AdvanceAsync(20.499);
        Assert.Equal(0, (await CountAsync()).Count);
        await Device.AdvanceAsync(0.001);

        await started;
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule16_Network_GoneForTwoIntervalsAndBack_IsTriedOnceAMinuteAndPresentAtOnce()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        Device.App.SetOnline(false);
        Network.Refuse(_ => true, times: int.MaxValue);
        await Device.AdvanceAsync(180);
        Assert.Equal(PresenceStatus.Offline, presence.State.Status);
        Assert.Equal(0, (await CountAsync()).Count);
        var attempts = Network.Beats.Skip(1).ToArray();
        Assert.All(attempts.Zip(attempts.Skip(1)), pair => Assert.InRange((pair.Second.SentAt - pair.First.SentAt).TotalSeconds, 54, 60));

        Network.Heal();
        Device.App.SetOnline(true);
        await Network.SettleAsync();

        Assert.Equal(Device.Now, Network.Beats[^1].SentAt);
        Assert.Equal((1, PresenceStatus.Present), ((await CountAsync()).Count, presence.State.Status));
    }

    [Fact]
    public async Task Rule17_Room_SwitchedOffAndOn_IsAskedLessAndLessOftenAndHasTheViewerBackWhenToldTo()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var room = await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { IsEnabled = false });
        Assert.Equal(0, Assert.Single(await Server.Backend.GetRoomsAsync([RoomId])).Count);
        await Device.AdvanceAsync(30);
        Assert.Equal((PresenceStatus.Disabled, 400300), (presence.State.Status, presence.State.Error!.Code));
        Assert.Contains("room", presence.State.Error.Message, StringComparison.Ordinal);
        await Device.AdvanceAsync(450);
        var asked = Network.Beats.Skip(1).ToArray();
        Assert.Equal([57, 114, 228], asked.Zip(asked.Skip(1)).Select(pair => Math.Round((pair.Second.SentAt - pair.First.SentAt).TotalSeconds)));
        Assert.All(asked, beat => Assert.Equal(403, beat.Status));

        room.IsEnabled = null;
        await Server.Backend.SaveRoomAsync(room);
        presence.Resume();
        await Network.SettleAsync();

        Assert.Equal((1, PresenceStatus.Present), ((await CountAsync()).Count, presence.State.Status));
    }

    [Fact]
    public async Task Rule17_Network_SwitchedOffAndOn_HasTheViewerBackWithinAMinuteByItself()
    {
        var presence = Device.Room();
        await Server.ChangeAsync(settings => settings.IsEnabled = false);
        try
        {
            Assert.Equal(PresenceErrorKind.Disabled, (await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync())).Kind);
        }
        finally
        {
            await Server.ChangeAsync(settings => settings.IsEnabled = true);
        }

        await Device.AdvanceAsync(60);

        Assert.Equal((1, PresenceStatus.Present), ((await CountAsync()).Count, presence.State.Status));
    }

    [Fact]
    public async Task Rule18_Viewer_RemovedFromTheRoom_StopsUntilToldAlsoWhenTheTimeIsOver()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        var removal = await Server.Backend.RemoveFromRoomAsync(RoomId, Device.UserId, TimeSpan.FromSeconds(90), "spam");
        Assert.Equal(0, (await CountAsync()).Count);
        await Device.AdvanceAsync(600);

        var error = presence.State.Error!;
        Assert.Equal(2, Network.Beats.Count);
        Assert.Equal((PresenceStatus.Refused, PresenceErrorKind.Removed, 499601), (presence.State.Status, error.Kind, error.Code));
        Assert.Equal((removal.Until, "spam"), (error.Until, error.Reason));
        Assert.Equal(0, (await CountAsync()).Count);
        await presence.StartHeartbeatAsync();
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule18_Viewer_Banned_StopsUntilToldAfterTheBanWasLifted()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        var ban = await Server.Backend.BanAsync(Device.UserId, TimeSpan.FromHours(1), "spam");
        await Device.AdvanceAsync(300);
        var error = presence.State.Error!;
        Assert.Equal((PresenceErrorKind.Banned, 400312, ban.Until, "spam", 2), (error.Kind, error.Code, error.Until, error.Reason, Network.Beats.Count));
        await Server.Backend.LiftBanAsync(Device.UserId);
        await Device.AdvanceAsync(300);
        Assert.Equal(0, (await CountAsync()).Count);

        await presence.StartHeartbeatAsync();
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule18_Room_Ended_StopsItsViewers()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        var room = await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { IsEnded = true });
        await Device.AdvanceAsync(300);
        Assert.Equal((PresenceErrorKind.Ended, 499603, 2), (presence.State.Error!.Kind, presence.State.Error.Code, Network.Beats.Count));
        room.IsEnded = false;
        await Server.Backend.SaveRoomAsync(room);

        await presence.StartHeartbeatAsync();
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule19_Heartbeat_WithATokenForOtherRooms_IsRefusedOnce()
    {
        var presence = Device.Room(options => options.Token = Server.TokenOf(Device.UserId, rooms: "another"));

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        await Device.AdvanceAsync(300);

        Assert.Equal((PresenceErrorKind.Refused, 400301, PresenceStatus.Refused), (error.Kind, error.Code, presence.State.Status));
        Assert.Single(Network.Sent);
    }

    [Fact]
    public async Task Rule19_Heartbeat_WithASessionIdTheServerDoesNotTake_IsRefusedOnce()
    {
        var presence = Device.Room(options => options.SessionId = new string('s', 151));

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        await Device.AdvanceAsync(300);

        Assert.Equal((PresenceErrorKind.Refused, 400000, 422), (error.Kind, error.Code, error.Status));
        Assert.Single(Network.Sent);
    }
}
