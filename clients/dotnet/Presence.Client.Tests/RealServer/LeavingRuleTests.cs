using System.Web;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 8 to 13 of docs/clients.md against the product.</summary>
public sealed class LeavingRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    private string NextRoomId => RoomId + "-next";

    [Fact]
    public async Task Rule8_StopHeartbeat_WhilePresent_IsGoneAtOnce()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        await presence.StopHeartbeatAsync();

        Assert.Equal(0, (await CountAsync()).Count);
        await Device.AdvanceAsync(120);
        Assert.Single(Network.Beats);
    }

    [Fact]
    public async Task Rule8_StopHeartbeat_HeartbeatStillOnItsWay_CannotBeOvertakenByTheLeave()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var heartbeat = Network.Hold(request => request.IsBeat);
        Device.App.SetHidden(true);

        var stopped = presence.StopHeartbeatAsync();
        await Device.AdvanceAsync(5);
        Assert.Empty(Network.Leaves);
        heartbeat.SetResult();
        await stopped;

        Assert.Equal((202, 204), (Network.Beats[1].Status, Assert.Single(Network.Leaves).Status));
        Assert.Equal(0, (await CountAsync()).Count);
        await Device.AdvanceAsync(2);
        Assert.Empty(await Server.ViewersAsync(RoomId));
    }

    [Fact]
    public async Task Rule8_StopHeartbeat_LeaveIsLost_IsTriedOnceAndTheTimeoutDoesTheRest()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        Network.Lose(request => request.IsLeave);

        var stopped = presence.StopHeartbeatAsync();
        await Device.AdvanceAsync(10);
        await stopped;
        await Device.AdvanceAsync(48);
        Assert.Equal(1, (await CountAsync()).Count);
        await Device.AdvanceAsync(3);

        Assert.Single(Network.Leaves);
        Assert.Equal(0, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule9_Suspend_WhilePresent_LeavesByBeaconWithTheTokenInItsBody()
    {
        var token = Server.TokenOf(Device.UserId);
        await Device.Room(options => options.Token = token).StartHeartbeatAsync();

        await Device.App.SuspendAsync();

        Assert.Equal(0, (await CountAsync()).Count);
        var beacon = Assert.Single(Network.Beacons);
        Assert.Equal(($"/api/v1/presence/rooms/{RoomId}/leave", "", 204), (beacon.Request.Path, beacon.Request.Token, beacon.Status));
        Assert.Equal(token, HttpUtility.ParseQueryString(beacon.Request.Body!)["token"]);
        await Device.AdvanceAsync(120);
        Assert.Equal(2, Network.Sent.Count);
    }

    [Fact]
    public async Task Rule9_Suspend_HeartbeatStillOnItsWay_IsTakenBack()
    {
        await Device.Room().StartHeartbeatAsync();
        var heartbeat = Network.Hold(request => request.IsBeat);
        Device.App.SetHidden(true);

        await Device.App.SuspendAsync();
        heartbeat.TrySetResult();
        await Network.SettleAsync();

        Assert.Null(Network.Beats[1].Status); // or it would arrive after the leave, and the viewer stay until the timeout
        Assert.Equal(0, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule10_Resume_AfterSuspend_IsBackAtOnce()
    {
        await Device.Room().StartHeartbeatAsync();
        await Device.App.SuspendAsync();
        await Device.AdvanceAsync(600);

        Device.App.Resume();
        await Network.SettleAsync();

        Assert.Equal(Device.Now, Network.Beats[1].SentAt);
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule10_Resume_BeaconStillOnItsWay_IsNotEndedByIt()
    {
        await Device.Room().StartHeartbeatAsync();
        var beacon = Network.Hold(request => request.IsBeacon);
        var suspended = Device.App.SuspendAsync();

        Device.App.Resume();
        Assert.Single(Network.Beats);
        beacon.SetResult();
        await suspended;
        await Network.SettleAsync();

        Assert.Equal(2, Network.Beats.Count);
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_WhilePresent_IsNeverInBothRooms()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        var leave = Network.Hold(request => request.IsLeave);

        var entered = presence.SwitchRoomAsync(NextRoomId);
        await Device.AdvanceAsync(5);
        Assert.Equal((1, 0), ((await CountAsync()).Count, (await CountAsync(NextRoomId)).Count));
        leave.SetResult();
        await entered;

        Assert.Equal((0, 1), ((await CountAsync()).Count, (await CountAsync(NextRoomId)).Count));
        Assert.Equal(["POST", "DELETE", "POST"], Network.Sent.Select(passage => passage.Request.Method));
    }

    [Fact]
    public async Task Rule12_TwoInstances_OfOneRoomAndUser_AreOneSessionUntilTheLastStops()
    {
        var one = Device.Room();
        var other = Device.Room();
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();
        await Device.AdvanceAsync(60);
        var before = await ViewerAsync();
        Assert.Equal((1, 3), (before.Sessions, Network.Beats.Count));

        await one.StopHeartbeatAsync();
        await Device.AdvanceAsync(120);
        var after = await ViewerAsync();
        Assert.Equal((before.JoinedAt, 1), (after.JoinedAt, after.Sessions));
        Assert.Empty(Network.Leaves);
        await other.StopHeartbeatAsync();

        Assert.Equal(0, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule12_TwoInstances_TheFollowerStops_TheViewerStays()
    {
        var one = Device.Room();
        var other = Device.Room();
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();

        await other.StopHeartbeatAsync();
        await Device.AdvanceAsync(120);

        Assert.Equal((1, 1), ((await CountAsync()).Count, (await ViewerAsync()).Sessions));
    }

    [Fact]
    public async Task Rule13_Stopping_Cancelled_LeavesAndEndsWatching()
    {
        using var stopping = new CancellationTokenSource();
        var presence = Device.Room(options => options.Stopping = stopping.Token);
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 1);

        await stopping.CancelAsync();
        await Network.SettleAsync();

        Assert.Equal(0, (await CountAsync()).Count);
        Assert.Null(await Device.EndAsync(watched));
        await watched.DisposeAsync();
        await Device.UntilAsync(() => Server.OpenStreams == 0, "the end of the stream");
    }
}
