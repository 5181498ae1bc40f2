using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 24 and 25 of docs/clients.md.</summary>
public sealed class ReadingTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule24_ReadingAndWatching_SendNoHeartbeat()
    {
        var presence = _world.Room(options => options.ReadsStreams = false);
        await using var watched = new Watched(presence);
        await presence.GetRoomUserCountAsync();
        _world.Server.Answer(request => request.Path.Contains("/users?", StringComparison.Ordinal), () => FakeServer.Json(200, """{"viewers":[]}"""));
        await presence.GetRoomOnlineUsersAsync();
        _world.Advance(300);

        Assert.Empty(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule25_GetRoomUserCount_Answers_TheCount()
    {
        _world.Server.Count = 1240;

        Assert.Equal(1240, await _world.Room().GetRoomUserCountAsync());
        Assert.Equal("/api/v1/presence/rooms/lobby/users/count", _world.Server.Requests[0].Path);
    }

    [Fact]
    public async Task Rule25_GetRoomOnlineUsers_WithAQuery_AnswersTheViewers()
    {
        const string Answer = """
            {"viewers":[{"userId":"anna","displayName":"Anna","joinedAt":"2026-11-21T22:31:07.593Z","lastHeartbeatAt":"2026-11-21T22:37:40.614Z","state":"paused","fading":true,"sessions":2,"user":{"userId":"anna","metadata":{"level":7},"tags":["vip"],"avatarCustomUrl":"https://example.com/a.png"}}]}
            """;
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, Answer), times: 2);
        var presence = _world.Room();

        var viewer = Assert.Single(await presence.GetRoomOnlineUsersAsync());
        await presence.GetRoomOnlineUsersAsync(new RoomViewerQuery { Limit = 20, Sort = RoomViewerSort.LastJoined, Search = "a b", State = ViewerState.Visible });

        Assert.Equal(("anna", "Anna", null, ViewerState.Paused, true, 2), (viewer.UserId, viewer.DisplayName, viewer.AvatarUrl, viewer.State, viewer.Fading, viewer.Sessions));
        Assert.Equal((7, "vip", "https://example.com/a.png"), (viewer.User!.Metadata.GetProperty("level").GetInt32(), Assert.Single(viewer.User.Tags), viewer.User.AvatarCustomUrl));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 22, 31, 7, 593, TimeSpan.Zero), viewer.JoinedAt);
        Assert.Equal(["users?include=user", "users?limit=20&sort=-joined&search=a%20b&state=visible&include=user"], _world.Server.Requests.Select(request => request.Path.Split("/lobby/")[1]));
    }

    [Fact]
    public async Task Rule25_Read_FailsTwice_IsTriedAThirdTime()
    {
        _world.Server.Answer(request => request.IsCount, FakeServer.Unreachable);
        _world.Server.Answer(request => request.IsCount, () => FakeServer.Refusal(503, 499503, retryAfter: "1"));
        var count = _world.Room().GetRoomUserCountAsync();

        _world.Advance(0.499);
        Assert.Single(_world.Server.Requests);
        _world.Advance(0.001);
        Assert.Equal(2, _world.Server.Requests.Count);
        _world.Advance(2);

        Assert.Equal(3, await count);
    }

    [Fact]
    public async Task Rule25_Read_FailsThreeTimes_IsGivenUp()
    {
        _world.Server.Answer(request => request.IsCount, FakeServer.Unreachable, times: 9);
        var count = _world.Room().GetRoomUserCountAsync();

        _world.Advance(60);

        Assert.Equal(PresenceErrorKind.Unavailable, (await Assert.ThrowsAsync<PresenceException>(() => count)).Kind);
        Assert.Equal(3, _world.Server.Requests.Count);
    }

    [Fact]
    public async Task Rule25_Read_Refused_IsNotTriedAgain()
    {
        _world.Server.Answer(request => request.IsCount, () => FakeServer.Refusal(403, 499601, """{"until":"2026-11-22T20:00:00.000Z"}"""));

        var error = await Assert.ThrowsAsync<PresenceException>(() => _world.Room().GetRoomUserCountAsync());

        Assert.Equal((PresenceErrorKind.Removed, new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero)), (error.Kind, error.Until));
    }

    [Fact]
    public async Task Rule25_Read_CancelledWhileItWaits_Ends()
    {
        _world.Server.Answer(request => request.IsCount, FakeServer.Unreachable, times: 9);
        using var reading = new CancellationTokenSource();
        var count = _world.Room().GetRoomUserCountAsync(reading.Token);

        await reading.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => count);
        Assert.Equal(0, _world.Clock.Timers);
    }
}
