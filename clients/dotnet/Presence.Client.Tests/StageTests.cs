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
    public async Task Rule38_InvitationChanged_StreamTellsFirst_IsAskedForAtOnceAndToldOnce()
    {
        var presence = Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;
        await presence.StartHeartbeatAsync();
        _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation("pending")}}"""));

        Tell(stream, "pending");
        Assert.Equal(["pending"], _told);
        Tell(stream, "pending"); // the stream was opened again
        Assert.Equal(2, _world.Server.Beats.Count);
        Tell(stream, "expired");

        Assert.Equal(["pending", null], _told);
        Assert.Equal(3, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule38_InvitationChanged_StreamTellsWhileAHeartbeatIsUnderWay_IsToldOnceByTheNext()
    {
        var presence = Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;
        stream.Event("snapshot", 1);
        await presence.StartHeartbeatAsync();
        var answer = HeldBeat();
        _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation("pending")}}"""));
        _world.Advance(29);

        Tell(stream, "pending");
        answer.SetResult(Reply("")); // as it was before the invitation

        Assert.Equal(["pending"], _told);
    }

    [Fact]
    public async Task Rule38_InvitationChanged_StreamTellsOfAnotherRoom_ChangesNothing()
    {
        var presence = Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;
        await presence.StartHeartbeatAsync();

        Tell(stream, "pending", "stage");

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule38_RejectAsync_WhileAHeartbeatIsUnderWay_IsNotToldAgain()
    {
        var presence = Room();
        _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation("pending")}}"""));
        await presence.StartHeartbeatAsync();
        var answer = HeldBeat();
        _world.Advance(30);
        _world.Server.Answer(request => request.Path.Contains("/invitation/", StringComparison.Ordinal), () => FakeServer.Json(200, Invitation("rejected")));

        await presence.RejectAsync();
        answer.SetResult(Reply($$""","invitation":{{Invitation("pending")}}""")); // as it was before the answer

        Assert.Equal(["pending", null], _told);
        Assert.Null(presence.Invitation);
    }

    [Fact]
    public async Task Rule38_InvitationChanged_AfterAStop_IsToldAgainOnReturn()
    {
        var presence = Room();
        _world.Server.Answer(request => request.IsBeat, () => Reply($$""","invitation":{{Invitation("pending")}}"""), times: 2);
        await presence.StartHeartbeatAsync();

        await presence.StopHeartbeatAsync();
        await presence.StartHeartbeatAsync(); // the viewer was present on another device meanwhile

        Assert.Equal(["pending", null, "pending"], _told);
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

    /// <summary>The next heartbeat waits for its reply.</summary>
    private TaskCompletionSource<HttpResponseMessage> HeldBeat()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeat, _ => answer.Task);
        return answer;
    }

    private static void Tell(FakeStream stream, string status, string roomId = "lobby") => stream.Send($"event: invitation\ndata: {Invitation(status, roomId)}\n\n");

    private static string Invitation(string status, string roomId = "lobby") => $$"""{"id":"inv_1","roomId":"{{roomId}}","status":"{{status}}","invitedAt":"2026-11-21T20:00:00.000Z","expiresAt":"2026-11-21T20:02:00.000Z"}""";

    private static HttpResponseMessage Reply(string more) =>
        FakeServer.Json(202, $$"""{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":30,"settingsVersion":7{{more}}}""");
}
