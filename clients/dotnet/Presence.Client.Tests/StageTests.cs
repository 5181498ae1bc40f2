using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 38 and 39 of docs/clients.md.</summary>
public sealed class StageTests
{
    private readonly World _world = new();
    private readonly List<string?> _told = [];

    [Fact]
    public async Task Rule38_InvitationChanged_RepliesOfHeartbeats_TellEachStatusOnceAndTheEnd()
    {
        var presence = Room();
        foreach (var status in (string[])["pending", "pending", "accepted"])
            _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation(status)}}"""));

        await presence.StartHeartbeatAsync();
        Assert.Equal(("inv_1", "pending"), (presence.Invitation!.Id, presence.Invitation.Status));
        for (var i = 0; i < 3; i++)
            _world.Advance(30);

        Assert.Equal(["pending", "accepted", null], _told);
        Assert.Null(presence.Invitation);
    }

    [Fact]
    public async Task Rule38_AcceptAsync_OpenInvitation_IsAnsweredWithTheViewersToken()
    {
        var presence = Room();
        _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation("pending")}}"""));
        await presence.StartHeartbeatAsync();
        _world.Server.Answer(request => request.Path.Contains("/invitation/", StringComparison.Ordinal), () => FakeServer.Json(200, Invitation("accepted")));

        Assert.Equal("accepted", (await presence.AcceptAsync()).Status);

        Assert.Equal("/api/v1/presence/rooms/lobby/invitation/inv_1/accept", _world.Server.Requests[^1].Path);
        Assert.Equal(["pending", "accepted"], _told);
        await presence.StopHeartbeatAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => presence.RejectAsync());
    }

    [Fact]
    public async Task Rule39_RaiseHand_WhileItRuns_IsSaidAtOnceAndOnce()
    {
        var presence = Room();
        await presence.StartHeartbeatAsync();
        _world.Server.Answer(request => request.IsBeat, () => Reply(""","handRaised":true"""));

        presence.RaiseHand();

        Assert.Equal([null, true], _world.Server.Beats.Select(beat => (bool?)beat.Json["handRaised"]));
        Assert.True(presence.IsHandRaised);
        _world.Advance(30);
        Assert.Equal([null, true, null], _world.Server.Beats.Select(beat => (bool?)beat.Json["handRaised"]));
        Assert.False(presence.IsHandRaised); // its reply has no hand: a moderator lowered it
    }

    private RoomPresence Room()
    {
        var presence = _world.Room();
        presence.InvitationChanged += (_, change) => _told.Add(change.Invitation?.Status);
        return presence;
    }

    private static string Invitation(string status) => $$"""{"id":"inv_1","roomId":"lobby","status":"{{status}}","invitedAt":"2026-11-21T20:00:00.000Z","expiresAt":"2026-11-21T20:02:00.000Z"}""";

    private static HttpResponseMessage Reply(string more) =>
        FakeServer.Json(202, $$"""{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":30,"settingsVersion":7{{more}}}""");
}
