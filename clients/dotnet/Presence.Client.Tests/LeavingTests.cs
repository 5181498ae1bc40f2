using System.Web;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 8 to 11 and 13 of docs/clients.md.</summary>
public sealed class LeavingTests
{
    private readonly World _world = new();

    private string SessionId => (string?)_world.Server.Beats[0].Json["sessionId"] ?? "";

    [Fact]
    public async Task Rule8_StopHeartbeat_WhilePresent_LeavesItsSession()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        await presence.StopHeartbeatAsync();

        Assert.Equal($"/api/v1/presence/rooms/lobby/heartbeat?sessionId={SessionId}", Assert.Single(_world.Server.Leaves).Path);
        Assert.Equal(PresenceStatus.Idle, presence.State.Status);
        _world.Advance(120);
        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule8_StopHeartbeat_WhileAHeartbeatIsUnderWay_LeavesAfterItsAnswer()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeat, _ => answer.Task);
        var presence = _world.Room();
        var started = presence.StartHeartbeatAsync();

        var stopped = presence.StopHeartbeatAsync();
        Assert.Empty(_world.Server.Leaves);
        answer.SetResult(FakeServer.Json(202, """{"nextHeartbeatInSeconds":28}"""));
        await stopped;

        Assert.Single(_world.Server.Leaves);
        Assert.Equal(PresenceErrorKind.Stopped, (await Assert.ThrowsAsync<PresenceException>(() => started)).Kind);
    }

    [Fact]
    public async Task Rule8_StopHeartbeat_ServerCannotBeReached_IsDoneAfterOneTry()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        _world.Server.Answer(request => request.IsLeave, FakeServer.Unreachable, times: 9);

        await presence.StopHeartbeatAsync();

        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule8_StopHeartbeat_BeforeAnythingWasSent_SendsNothingAndWaitsForNoToken()
    {
        var presence = _world.Room(options =>
        {
            options.Token = null;
            options.GetToken = _ => new TaskCompletionSource<string>().Task;
        });
        _ = presence.StartHeartbeatAsync();

        await presence.StopHeartbeatAsync();

        Assert.Empty(_world.Server.Requests);
    }

    [Fact]
    public async Task Rule8_StartHeartbeat_RightAfterStop_WaitsForTheLeave()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        var left = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsLeave, _ => left.Task);
        _ = presence.StopHeartbeatAsync();
        var started = presence.StartHeartbeatAsync();
        Assert.Single(_world.Server.Beats);
        left.SetResult(new HttpResponseMessage(System.Net.HttpStatusCode.NoContent));
        await started;

        Assert.Equal(["POST", "DELETE", "POST"], _world.Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task Rule8_Dispose_WhilePresent_Leaves()
    {
        await using (var presence = _world.Room())
            await presence.StartHeartbeatAsync();

        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule9_Suspend_WhilePresent_LeavesByBeaconWithTheTokenInTheBody()
    {
        await _world.Room().StartHeartbeatAsync();

        await _world.App.SuspendAsync();

        var beacon = Assert.Single(_world.Server.Beacons);
        Assert.Equal(("/api/v1/presence/rooms/lobby/leave", ""), (beacon.Path, beacon.Token));
        var fields = HttpUtility.ParseQueryString(beacon.Body!);
        Assert.Equal((World.TokenOf("anna"), SessionId), (fields["token"], fields["sessionId"]));
        _world.App.SetHidden(true);
        _world.Advance(120);
        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule9_Suspend_WhileAHeartbeatIsUnderWay_TakesItBack()
    {
        await _world.Room().StartHeartbeatAsync();
        _world.Server.Swallow(request => request.IsBeat);
        _world.App.SetHidden(true);

        await _world.App.SuspendAsync();

        Assert.True(_world.Server.Beats[1].Cancelled.IsCancellationRequested);
        Assert.Single(_world.Server.Beacons);
        Assert.Equal(0, _world.Clock.Timers);
    }

    [Fact]
    public async Task Rule9_Suspend_WhileNotPresent_HasNothingToLeave()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        _ = _world.Room().StartHeartbeatAsync();

        await _world.App.SuspendAsync();

        Assert.Empty(_world.Server.Beacons);
        Assert.Empty(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule9_StopHeartbeat_AfterTheBeacon_DoesNotLeaveTwice()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        await _world.App.SuspendAsync();
        await presence.StopHeartbeatAsync();

        Assert.Empty(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule10_Resume_AfterSuspend_IsPresentAtOnce()
    {
        await _world.Room().StartHeartbeatAsync();
        await _world.App.SuspendAsync();
        _world.Advance(600);

        _world.App.Resume();

        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule10_Resume_WhileTheBeaconIsUnderWay_IsPresentWhenItHasArrived()
    {
        await _world.Room().StartHeartbeatAsync();
        var left = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeacon, _ => left.Task);
        _ = _world.App.SuspendAsync();

        _world.App.Resume();
        Assert.Single(_world.Server.Beats);
        left.SetResult(new HttpResponseMessage(System.Net.HttpStatusCode.NoContent));

        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule10_Resume_OfAnAppThatWasNotSuspended_SendsNothingMore()
    {
        await _world.Room().StartHeartbeatAsync();

        _world.App.Resume();

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_WhilePresent_LeavesTheOldRoomFirst()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        await presence.SwitchRoomAsync("stage");

        Assert.Equal(
            ["POST /api/v1/presence/rooms/lobby/heartbeat", "DELETE /api/v1/presence/rooms/lobby/heartbeat", "POST /api/v1/presence/rooms/stage/heartbeat"],
            _world.Server.Requests.Select(request => $"{request}"));
        Assert.Equal("stage", presence.RoomId);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_TwiceAtOnce_EntersTheLastOnly()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        var left = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsLeave, _ => left.Task);

        _ = presence.SwitchRoomAsync("stage");
        var entered = presence.SwitchRoomAsync("garden");
        left.SetResult(new HttpResponseMessage(System.Net.HttpStatusCode.NoContent));
        await entered;

        Assert.Equal(["lobby", "garden"], _world.Server.Beats.Select(beat => beat.Path.Split('/')[5]));
        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_WhileNotPresent_EntersNothing()
    {
        var presence = _world.Room();

        await presence.SwitchRoomAsync("stage");

        Assert.Empty(_world.Server.Requests);
        await presence.StartHeartbeatAsync();
        Assert.Contains("/stage/", _world.Server.Requests[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_ToTheRoomItIsIn_ChangesNothing()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        await presence.SwitchRoomAsync("lobby");

        Assert.Single(_world.Server.Requests);
    }

    [Fact]
    public async Task Rule13_Stopping_Cancelled_LeavesAndEndsWatching()
    {
        using var stopping = new CancellationTokenSource();
        var presence = _world.Room(options => options.Stopping = stopping.Token);
        await presence.StartHeartbeatAsync();
        var (watched, stream) = Watched.Of(_world, presence);

        await stopping.CancelAsync();

        Assert.Single(_world.Server.Leaves);
        Assert.Equal(PresenceStatus.Idle, presence.State.Status);
        Assert.Null(await watched.EndAsync());
        await watched.DisposeAsync();
        Assert.True(stream.IsClosed);
        Assert.Equal(0, _world.Clock.Timers);
        Assert.Equal(PresenceErrorKind.Stopped, (await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync())).Kind);
    }

    [Fact]
    public async Task Rule13_StartHeartbeat_WaitCancelled_StopsWhatItBegan()
    {
        _world.Server.Swallow(request => request.IsBeat);
        using var waiting = new CancellationTokenSource();
        var presence = _world.Room();
        var started = presence.StartHeartbeatAsync(waiting.Token);

        await waiting.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started);
        Assert.Equal(PresenceStatus.Idle, presence.State.Status);
    }

    [Fact]
    public async Task Rule13_StartHeartbeat_SecondWaitCancelled_GoesOn()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeat, _ => answer.Task);
        using var waiting = new CancellationTokenSource();
        var presence = _world.Room();
        var first = presence.StartHeartbeatAsync();
        var second = presence.StartHeartbeatAsync(waiting.Token);

        await waiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        answer.SetResult(FakeServer.Json(202, """{"nextHeartbeatInSeconds":28}"""));

        await first;
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }
}
