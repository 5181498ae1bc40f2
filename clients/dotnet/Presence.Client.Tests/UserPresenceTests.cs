using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 33 and 34 of docs/clients.md.</summary>
public sealed class UserPresenceTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule33_StartHeartbeat_OfAUser_IsPacedByTheSettings()
    {
        var presence = _world.User();
        await presence.StartHeartbeatAsync();
        Assert.Equal(["POST /api/v1/presence/heartbeat"], _world.Server.Beats.Select(beat => $"{beat}"));
        Assert.Equal((30, 28.5), (presence.State.Receipt!.HeartbeatInterval.TotalSeconds, presence.State.Receipt.NextHeartbeatIn.TotalSeconds));
        _world.Server.Interval = 10;

        _world.Advance(28.5);
        Assert.Equal(2, _world.Server.Beats.Count);
        _world.Advance(9.5);
        Assert.Equal(3, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule33_StopHeartbeat_OfAUser_HasNoLeave()
    {
        var presence = _world.User();
        await presence.StartHeartbeatAsync();

        await _world.App.SuspendAsync();
        await presence.StopHeartbeatAsync();
        _world.Advance(120);

        Assert.Equal(["GET", "POST"], _world.Server.Requests.Select(request => request.Method).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rule33_Visibility_OfAUsersApp_IsNotSaid()
    {
        await _world.User().StartHeartbeatAsync();

        _world.App.SetHidden(true);

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule33_Heartbeat_OfAUserWhilePresenceIsOff_AsksSlowly()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        var presence = _world.User();

        Assert.Equal(PresenceErrorKind.Disabled, (await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync())).Kind);
        _world.Advance(60);

        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }

    [Fact]
    public async Task Rule34_EnableAndDisable_OfAUser_SetItsSwitch()
    {
        _world.Server.Answer(request => request.Method == "PUT", () => FakeServer.Json(200, """{"enabled":true,"enabledAt":"2026-11-21T20:00:00.000Z"}"""), times: 2);
        var presence = _world.User();

        await presence.DisableAsync();
        await presence.EnableAsync();

        Assert.Equal(
            [("PUT /api/v1/presence/settings/user", """{"enabled":false}"""), ("PUT /api/v1/presence/settings/user", """{"enabled":true}""")],
            _world.Server.Requests.Select(request => ($"{request}", request.Body!)));
    }

    [Fact]
    public async Task Rule34_IsEnabled_OfAUser_ReadsItsSwitch()
    {
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, """{"user":{"enabled":false},"network":{"heartbeatInterval":30}}"""));

        Assert.False(await _world.User().IsEnabledAsync());
    }
}
