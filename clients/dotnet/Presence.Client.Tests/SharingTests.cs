using System.Net;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rule 12 of docs/clients.md.</summary>
public sealed class SharingTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule12_TwoInstances_OfOneRoomAndUser_SendTheHeartbeatsOfOne()
    {
        var one = _world.Room();
        var other = _world.Room(options => options.Token = World.TokenOf("anna", "another"));
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();
        _world.Advance(28.08);

        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Same(one.State, other.State);
    }

    [Fact]
    public async Task Rule12_TwoInstances_TheSenderStops_TheOtherGoesOnWithoutALeave()
    {
        var one = _world.Room();
        var other = _world.Room();
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();

        await one.StopHeartbeatAsync();
        Assert.Empty(_world.Server.Leaves);
        Assert.Equal(2, _world.Server.Beats.Count);
        _world.Advance(28.08);
        Assert.Equal(3, _world.Server.Beats.Count);

        await other.StopHeartbeatAsync();
        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule12_TwoInstances_TheFollowerStops_NobodyLeaves()
    {
        var one = _world.Room();
        var other = _world.Room();
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();

        await other.StopHeartbeatAsync();
        _world.Advance(28.08);

        Assert.Equal(["POST", "POST"], _world.Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task Rule12_AnotherInstance_StartedWhileTheLastLeaves_EntersAfterwards()
    {
        var one = _world.Room();
        await one.StartHeartbeatAsync();
        var left = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsLeave, _ => left.Task);
        _ = one.StopHeartbeatAsync();

        _ = _world.Room().StartHeartbeatAsync();
        Assert.Single(_world.Server.Beats);
        left.SetResult(new HttpResponseMessage(HttpStatusCode.NoContent));

        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule12_TwoInstances_OfOtherUsersRoomsSessionsOrApps_DoNotShare()
    {
        await _world.Room().StartHeartbeatAsync();
        await _world.Room(options => options.Token = World.TokenOf("berta")).StartHeartbeatAsync();
        await _world.Room(options => options.RoomId = "stage").StartHeartbeatAsync();
        await _world.Room(options => options.SessionId = "tv").StartHeartbeatAsync();
        await _world.Room(options => options.App = new PresenceApp()).StartHeartbeatAsync();

        Assert.Equal(5, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule12_TwoInstances_TheSendersTokenIsRefused_TheOtherTriesItsOwn()
    {
        var one = _world.Room();
        var other = _world.Room(options => options.Token = World.TokenOf("anna", "better"));
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();
        var seen = new List<PresenceStatus>();
        other.StateChanged += (_, change) => seen.Add(change.State.Status);
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(401, 400100));

        _world.Advance(28.08);

        Assert.Equal((PresenceStatus.Refused, PresenceErrorKind.Unauthorized), (one.State.Status, one.State.Error!.Kind));
        Assert.Equal([PresenceStatus.Present], seen);
        Assert.Equal(World.TokenOf("anna", "better"), _world.Server.Beats[^1].Token);
    }
}
