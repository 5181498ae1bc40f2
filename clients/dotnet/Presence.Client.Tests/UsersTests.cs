using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rule 37 of docs/clients.md.</summary>
public sealed class UsersTests
{
    private readonly World _world = new();

    private IReadOnlyList<SeenRequest> Lists => [.. _world.Server.Requests.Where(IsList)];

    [Fact]
    public async Task Rule37_WatchUsers_Events_TellAllUsersWheneverOneChanges()
    {
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;
        Assert.Equal("/api/v1/presence/users/stream?ids[]=anna&ids[]=berta", _world.Server.Streams[0].Path);

        var text = Snapshot(true, false) + Change("berta", true);
        stream.Send(text[..40]);
        stream.Send(text[40..110]);
        stream.Send(text[110..130]);
        Assert.Equal("+anna -berta", await watched.NextAsync());
        stream.Send(text[130..]);
        Assert.Equal("+anna +berta", await watched.NextAsync());
        stream.Send($"data: nonsense\n\ndata: {{\"users\":[1]}}\n\n{Change("berta", true)}:\n\n{Change("anna", false)}");
        Assert.Equal("-anna +berta", await watched.NextAsync());
        Assert.False(watched.HasNext);
    }

    [Fact]
    public async Task Rule37_WatchUsers_StreamThatEndsOrFallsSilent_IsOpenedAgainAndStartsWithAll()
    {
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;
        stream.Send(Snapshot(true, false));
        Assert.Equal("+anna -berta", await watched.NextAsync());
        var second = Watched.Another(_world);
        stream.End();
        _world.Advance(0.499);
        Assert.Single(_world.Server.Streams);
        _world.Advance(0.001);
        second.Send(Snapshot(true, true));
        Assert.Equal("+anna +berta", await watched.NextAsync());

        var third = Watched.Another(_world);
        _world.Advance(29.999);
        Assert.False(second.IsClosed);
        _world.Advance(0.001);
        Assert.True(second.IsClosed);
        _world.Advance(0.5);
        third.Send(Snapshot(false, true));

        Assert.Equal("-anna +berta", await watched.NextAsync());
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule37_WatchUsers_WithoutAStream_PollsAndTriesTheStreamAgainAfterTenRounds()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(429, 499602));
        _world.Server.Answer(IsList, () => Answer("anna"), times: 10);
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;
        Assert.Equal("+anna -berta", await watched.NextAsync());
        Assert.Equal("/api/v1/presence/users/list?userIds[]=anna&userIds[]=berta", Lists[0].Path);

        for (var round = 1; round < 10; round++)
            _world.Advance(28.5);
        Assert.Equal((10, 1), (Lists.Count, _world.Server.Streams.Count));
        _world.Advance(28.5);
        Assert.Equal((10, 2), (Lists.Count, _world.Server.Streams.Count));
        stream.Send(Snapshot(true, true));

        Assert.Equal("+anna +berta", await watched.NextAsync());
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule37_WatchUsers_StreamThatSaysNothing_IsGivenUpForPolling()
    {
        _world.Server.Answer(IsList, () => Answer("berta"));
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;

        _world.Advance(10);

        Assert.Equal("-anna +berta", await watched.NextAsync());
        Assert.True(stream.IsClosed);
    }

    [Fact]
    public async Task Rule37_WatchUsers_ServerUnreachableThreeTimes_Polls()
    {
        _world.Server.Answer(request => request.IsStream, FakeServer.Unreachable, times: 3);
        _world.Server.Answer(IsList, () => Answer("anna"));
        var (watched, _) = WatchedUsers.Of(_world);
        await using var ending = watched;

        _world.Advance(0.5);
        _world.Advance(1);

        Assert.Equal("+anna -berta", await watched.NextAsync());
        Assert.Equal(3, _world.Server.Streams.Count);
        Assert.All(watched.Troubles, trouble => Assert.Equal(PresenceErrorKind.Unavailable, trouble.Kind));
    }

    [Fact]
    public async Task Rule37_WatchUsers_WhilePresenceIsOff_AsksSlowly()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(403, 400300));
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;
        Assert.Equal(PresenceErrorKind.Disabled, Assert.Single(watched.Troubles).Kind);

        _world.Advance(56.999);
        Assert.Single(_world.Server.Streams);
        _world.Advance(0.001);
        stream.Send(Snapshot(false, true));

        Assert.Equal("-anna +berta", await watched.NextAsync());
    }

    [Fact]
    public async Task Rule37_WatchUsers_RefusedForGood_EndsWithIt()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(403, 400312));
        var (watched, _) = WatchedUsers.Of(_world);
        await using var ending = watched;

        Assert.Equal(PresenceErrorKind.Banned, (await watched.EndAsync())?.Kind);
        _world.Advance(600);
        Assert.Single(_world.Server.Requests);
        Assert.Equal((0, 0), (_world.App.Listeners, _world.Clock.Timers));
    }

    [Fact]
    public async Task Rule37_WatchUsers_AppInTheBackground_Pauses()
    {
        var (watched, stream) = WatchedUsers.Of(_world);
        await using var _ = watched;
        stream.Send(Snapshot(true, false));
        Assert.Equal("+anna -berta", await watched.NextAsync());

        _world.App.SetHidden(true);
        Assert.True(stream.IsClosed);
        _world.Advance(600);
        Assert.Single(_world.Server.Requests);
        var next = Watched.Another(_world);
        _world.App.SetHidden(false);
        next.Send(Snapshot(false, false));

        Assert.Equal("-anna -berta", await watched.NextAsync());
    }

    [Fact]
    public async Task Rule37_WatchUsers_Ended_LeavesNothing()
    {
        var (watched, stream) = WatchedUsers.Of(_world);

        await watched.DisposeAsync();
        _world.Advance(600);

        Assert.True(stream.IsClosed);
        Assert.Single(_world.Server.Requests);
        Assert.Equal((0, 0), (_world.App.Listeners, _world.Clock.Timers));
    }

    [Fact]
    public void Rule37_WatchUsers_NoneOrTooMany_AreRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => _world.User().WatchUsersAsync([]));
        Assert.Throws<ArgumentException>(() => _world.User().WatchUsersAsync(Enumerable.Range(0, 101).Select(number => $"{number}")));
    }

    private static bool IsList(SeenRequest request) => request.Path.StartsWith("/api/v1/presence/users/list?", StringComparison.Ordinal);

    private static string Snapshot(bool anna, bool berta) => $"event: snapshot\nid: a.AQ\ndata: {{\"users\":[{User("anna", anna)},{User("berta", berta)}]}}\n\n";

    private static string Change(string userId, bool isOnline) => $"event: presence\nid: a.AQ\ndata: {User(userId, isOnline)}\n\n";

    private static string User(string userId, bool isOnline) => $"{{\"userId\":\"{userId}\",\"online\":{(isOnline ? "true" : "false")}}}";

    private static HttpResponseMessage Answer(string online) => FakeServer.Json(
        200, $"{{\"presences\":[{string.Join(',', new[] { "anna", "berta" }.Select(userId => $"{{\"userId\":\"{userId}\"{(userId == online ? ",\"lastHeartbeat\":\"2026-11-21T20:00:00.000Z\"" : "")}}}"))}]}}");
}
