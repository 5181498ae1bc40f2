using Presence.Client.Server;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 1 to 7 of docs/clients.md against the product.</summary>
public sealed class HeartbeatRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule1_StartHeartbeat_OfAViewer_IsCountedAtOnce()
    {
        Assert.Equal(0, (await CountAsync()).Count);

        await Device.Room().StartHeartbeatAsync();

        Assert.Equal(Device.Now, Assert.Single(Network.Beats).SentAt);
        Assert.Equal(1, (await CountAsync()).Count);
        var viewer = await ViewerAsync();
        Assert.Equal((Device.UserId, ViewerState.Visible, 1), (viewer.UserId, viewer.State, viewer.Sessions));
    }

    [Fact]
    public async Task Rule2_Heartbeat_ServerSaysWhen_IsSentExactlyThen()
    {
        var presence = Device.Room();
        var said = new List<TimeSpan>();
        presence.StateChanged += (_, change) =>
        {
            if (change.State is { Status: PresenceStatus.Present, Receipt: { } receipt })
                said.Add(receipt.NextHeartbeatIn);
        };
        await presence.StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;

        await Device.AdvanceAsync(300);

        var beats = Network.Beats;
        Assert.Equal(said.Take(beats.Count - 1), beats.Zip(beats.Skip(1), (one, next) => next.SentAt - one.AnsweredAt!.Value));
        Assert.All(said, wait => Assert.InRange(wait.TotalSeconds, 27, 30)); // spread by the server, so not one pace
        Assert.True(said.Distinct().Count() > 1);
        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
    }

    [Fact]
    public async Task Rule2_Interval_ChangedWhileItRuns_IsInForceWithTheNextAnswer()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { HeartbeatInterval = TimeSpan.FromSeconds(8), PresenceTimeout = TimeSpan.FromSeconds(20) });
        await Device.AdvanceAsync(26);
        Assert.Single(Network.Beats);
        await Device.AdvanceAsync(4);
        await Device.UntilAsync(() => presence.State.Receipt!.HeartbeatInterval.TotalSeconds == 8, "the answer that tells the new interval");
        Assert.Equal((8, 20), (presence.State.Receipt!.HeartbeatInterval.TotalSeconds, presence.State.Receipt.PresenceTimeout!.Value.TotalSeconds));
        var joinedAt = (await ViewerAsync()).JoinedAt;
        await Device.AdvanceAsync(60);

        Assert.InRange(Network.Beats.Count, 9, 11);
        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
    }

    [Fact]
    public async Task Rule3_Heartbeat_AnswerIsLate_NoOtherIsSentBeforeIt()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        Network.DelayAnswer(request => request.IsBeat, TimeSpan.FromSeconds(8));
        presence.SetViewerState(ViewerState.Paused);
        await Network.SettleAsync();
        Assert.Equal(ViewerState.Paused, (await ViewerAsync()).State); // the server has it long before the client knows

        Device.App.SetHidden(true);
        await Device.AdvanceAsync(7.999);
        Assert.Equal(2, Network.Beats.Count);
        await Device.AdvanceAsync(0.001);

        Assert.Equal(["visible", "paused", "hidden"], Network.Beats.Select(beat => beat.State));
        Assert.Equal(Network.Beats[1].AnsweredAt, Network.Beats[2].SentAt);
        Assert.Equal(ViewerState.Hidden, (await ViewerAsync()).State);
    }

    [Fact]
    public async Task Rule4_Heartbeat_SettingsVersion_IsThatOfTheLastAnswer()
    {
        var before = (await Server.Backend.GetSettingsAsync()).Version;
        await Device.Room().StartHeartbeatAsync();
        var changed = await Server.ChangeAsync(settings => settings.ListLimit--);
        try
        {
            await Device.AdvanceAsync(60);

            Assert.Equal(before + 1, changed.Version);
            Assert.Equal([null, before, changed.Version], Network.Beats.Take(3).Select(beat => (int?)beat.Request.Json["settingsVersion"]));
        }
        finally
        {
            await Server.ChangeAsync(settings => settings.ListLimit++);
        }
    }

    [Fact]
    public async Task Rule4_SessionId_OfAnotherStart_IsAnotherSessionOfTheSameViewer()
    {
        await Device.Room().StartHeartbeatAsync();
        await Device.Room(options => options.App = new PresenceApp()).StartHeartbeatAsync();

        Assert.Equal((1, 2), ((await CountAsync()).Count, (await ViewerAsync()).Sessions));
        Assert.All(Network.Beats, beat => Assert.Matches("^app-[0-9a-f]{32}$", (string?)beat.Request.Json["sessionId"]));
    }

    [Fact]
    public async Task Rule5_Heartbeat_TenMinutesInTheBackground_KeepTheViewer()
    {
        await Device.Room().StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;
        Device.App.SetHidden(true);

        await Device.AdvanceAsync(600);

        var viewer = await ViewerAsync();
        Assert.Equal((joinedAt, ViewerState.Hidden, false), (viewer.JoinedAt, viewer.State, viewer.Fading));
    }

    [Fact]
    public async Task Rule6_Heartbeat_AfterTheDeviceSlept_HasTheViewerBackWithinFiveSeconds()
    {
        await Device.Room().StartHeartbeatAsync();
        await Device.AdvanceAsync(3);

        await Device.SleepAsync(120);
        Assert.Equal(0, (await CountAsync()).Count);
        await Device.AdvanceAsync(5);

        Assert.Equal(2, Network.Beats.Count);
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule6_Heartbeat_WallClockSetBack_KeepsTheViewer()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;

        Device.SetWallClock(-86_400);
        await Device.AdvanceAsync(presence.State.Receipt!.NextHeartbeatIn);
        Assert.Equal(2, Network.Beats.Count);
        await Device.AdvanceAsync(120);

        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
    }

    [Fact]
    public async Task Rule7_ViewerState_Changes_AreKnownToTheServerAtOnce()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var seen = new List<(ViewerState, int)>();

        foreach (var change in new Action[] { () => Device.App.SetHidden(true), () => Device.App.SetHidden(false), () => presence.SetViewerState(ViewerState.Paused) })
        {
            change();
            await Network.SettleAsync();
            seen.Add(((await ViewerAsync()).State, (await CountAsync()).Hidden));
        }

        Assert.Equal([(ViewerState.Hidden, 1), (ViewerState.Visible, 0), (ViewerState.Paused, 0)], seen);
        Assert.All(Network.Beats, beat => Assert.Equal(Device.Now, beat.SentAt));
    }
}
