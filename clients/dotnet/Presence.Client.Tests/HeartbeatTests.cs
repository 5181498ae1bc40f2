using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 1 to 7 of docs/clients.md.</summary>
public sealed class HeartbeatTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule1_StartHeartbeat_FirstHeartbeat_IsSentAtOnce()
    {
        var presence = _world.Room();

        await presence.StartHeartbeatAsync();

        Assert.Equal(["POST /api/v1/presence/rooms/lobby/heartbeat"], _world.Server.Requests.Select(request => $"{request}"));
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }

    [Fact]
    public async Task Rule1_StartHeartbeat_RoomWithSpacesAndAccents_IsEncodedInTheAddress()
    {
        await _world.Room(options => options.RoomId = "Größe 2").StartHeartbeatAsync();

        Assert.Equal("/api/v1/presence/rooms/Gr%C3%B6%C3%9Fe%202/heartbeat", _world.Server.Requests[0].Path);
    }

    [Fact]
    public async Task Rule1_StartHeartbeat_ServerBelowAPath_KeepsThePath()
    {
        await _world.Room(options => options.BaseUrl = new Uri("https://example.test/presence/")).StartHeartbeatAsync();

        Assert.Equal("/presence/api/v1/presence/rooms/lobby/heartbeat", _world.Server.Requests[0].Path);
    }

    [Fact]
    public async Task Rule2_Heartbeat_ServerSaysWhen_WaitsExactlyThat()
    {
        await _world.Room().StartHeartbeatAsync();
        _world.Server.Next = 9.5; // the interval was changed meanwhile

        _world.Advance(28.079);
        Assert.Single(_world.Server.Beats);
        _world.Advance(0.001);
        Assert.Equal(2, _world.Server.Beats.Count);

        _world.Advance(9.499);
        Assert.Equal(2, _world.Server.Beats.Count);
        _world.Advance(0.001);
        Assert.Equal(3, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule2_State_AfterEachHeartbeat_TellsTheReceiptAndWhenTheNextIsDue()
    {
        var presence = _world.Room();
        var seen = new List<PresenceStatus>();
        presence.StateChanged += (_, change) => seen.Add(change.State.Status);

        await presence.StartHeartbeatAsync();

        var receipt = presence.State.Receipt!;
        Assert.Equal((30, 60, 7), (receipt.HeartbeatInterval.TotalSeconds, receipt.PresenceTimeout!.Value.TotalSeconds, receipt.SettingsVersion));
        Assert.Equal(TimeSpan.FromSeconds(28.08), presence.State.NextHeartbeatAt - _world.Now);
        Assert.Same(presence.State, presence.State);
        _world.Advance(28.08);
        Assert.Equal([PresenceStatus.Starting, PresenceStatus.Present, PresenceStatus.Present], seen);
    }

    [Fact]
    public async Task Rule3_Heartbeat_WhileAnotherIsUnderWay_WaitsForItsAnswer()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        _world.Server.Swallow(request => request.IsBeat);

        _world.App.SetHidden(true);
        _world.App.SetHidden(false);
        presence.SetViewerState(ViewerState.Paused);

        Assert.Equal(2, _world.Server.Beats.Count);
        _world.Advance(11);
        Assert.Equal("paused", (string?)_world.Server.Beats[2].Json["state"]);
    }

    [Fact]
    public async Task Rule3_StartHeartbeat_CalledAgain_ChangesNothing()
    {
        var presence = _world.Room();

        var first = presence.StartHeartbeatAsync();

        Assert.Same(first, presence.StartHeartbeatAsync());
        await first;
        _world.Advance(30);
        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule4_Heartbeat_WhatItSays_IsSessionStateAndVersion()
    {
        await _world.Room(options =>
        {
            options.Device = "Pixel 9";
            options.AppVersion = "3.1";
            options.Listed = false;
        }).StartHeartbeatAsync();
        _world.Advance(28.08);

        var said = _world.Server.Beats.Select(beat => beat.Json.ToJsonString()).ToArray();
        var session = (string?)_world.Server.Beats[0].Json["sessionId"];
        Assert.Matches("^app-[0-9a-f]{32}$", session);
        Assert.Equal($$"""{"sessionId":"{{session}}","state":"visible","device":"Pixel 9","appVersion":"3.1","listed":false}""", said[0]);
        Assert.Equal($$"""{"sessionId":"{{session}}","state":"visible","device":"Pixel 9","appVersion":"3.1","listed":false,"settingsVersion":7}""", said[1]);
    }

    [Fact]
    public async Task Rule4_SessionId_OfAnotherStart_IsAnother()
    {
        var other = new PresenceApp();
        await _world.Room().StartHeartbeatAsync();
        await _world.Room(options => options.App = other).StartHeartbeatAsync();

        Assert.Equal(2, _world.Server.Beats.Select(beat => (string?)beat.Json["sessionId"]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Rule4_SessionId_WhenGiven_IsThatOne()
    {
        await _world.Room(options => options.SessionId = "tv").StartHeartbeatAsync();

        Assert.Equal("tv", (string?)_world.Server.Beats[0].Json["sessionId"]);
    }

    [Fact]
    public async Task Rule5_Heartbeat_WhileTheAppIsInTheBackground_KeepsTime()
    {
        await _world.Room().StartHeartbeatAsync();
        _world.App.SetHidden(true);

        _world.Advance(28.08 * 10 + 1);

        Assert.Equal(2 + 10, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule6_Heartbeat_AfterSleep_IsSentWithinFiveSecondsOfWaking()
    {
        await _world.Room().StartHeartbeatAsync();
        _world.Advance(3);

        _world.Sleep(3600);
        _world.Advance(2);

        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Theory]
    [InlineData(28.08)]
    [InlineData(2)]
    public async Task Rule6_Heartbeat_WallClockSetBack_IsNotDelayed(double next)
    {
        _world.Server.Next = next;
        await _world.Room().StartHeartbeatAsync();

        _world.Sleep(-86_400);
        _world.Advance(next);

        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule7_ViewerState_Changes_AreSaidAtOnce()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();

        _world.App.SetHidden(true);
        _world.App.SetHidden(false);
        presence.SetViewerState(ViewerState.Paused);
        presence.SetViewerState(ViewerState.Paused);

        Assert.Equal(["visible", "hidden", "visible", "paused"], _world.Server.Beats.Select(beat => (string?)beat.Json["state"]));
    }

    [Fact]
    public void Rule7_ViewerState_DuringTheFirstHeartbeat_IsSaidAfterIt()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeat, _ => answer.Task);
        _ = _world.Room().StartHeartbeatAsync();

        _world.App.SetHidden(true);
        Assert.Single(_world.Server.Beats);
        answer.SetResult(FakeServer.Json(202, """{"nextHeartbeatInSeconds":28}"""));

        Assert.Equal(["visible", "hidden"], _world.Server.Beats.Select(beat => (string?)beat.Json["state"]));
    }

    [Fact]
    public void Rule7_ViewerState_BeforeTheFirstHeartbeatHasAToken_IsSaidByIt()
    {
        var token = new TaskCompletionSource<string>();
        _ = _world.Room(options =>
        {
            options.Token = null;
            options.GetToken = _ => token.Task;
        }).StartHeartbeatAsync();

        _world.App.SetHidden(true);
        token.SetResult(World.TokenOf("anna"));

        Assert.Equal("hidden", (string?)Assert.Single(_world.Server.Beats).Json["state"]);
    }

    [Fact]
    public void Rule7_ViewerState_WhileAnAttemptIsWaitedFor_DoesNotCutTheWaitShort()
    {
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable);
        _ = _world.Room().StartHeartbeatAsync();

        _world.App.SetHidden(true);

        Assert.Single(_world.Server.Beats);
    }
}
