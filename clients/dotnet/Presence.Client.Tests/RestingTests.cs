using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 29 and 30 of docs/clients.md.</summary>
public sealed class RestingTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule29_Watch_WhileHidden_Rests()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());

        _world.App.SetHidden(true);
        _world.Advance(600);
        Assert.True(stream.IsClosed);
        Assert.Single(_world.Server.Streams);
        var next = Watched.Another(_world);
        _world.App.SetHidden(false);
        next.Event("snapshot", 7);

        Assert.Equal(7, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule29_Watch_HiddenBeforeTheFirstEvent_GoesBackToTheStream()
    {
        await using var watched = Watched.Of(_world, _world.Room()).Watched;
        var next = Watched.Another(_world);

        _world.App.SetHidden(true);
        _world.App.SetHidden(false);

        Assert.Equal(["stream", "stream"], _world.Server.Requests.Select(request => request.Path.Split("/lobby/")[1]));
        Assert.False(next.IsClosed);
    }

    [Fact]
    public async Task Rule29_Watch_AskingWhileHidden_Rests()
    {
        await using var watched = new Watched(_world.Room(options => options.ReadsStreams = false));

        _world.App.SetHidden(true);
        _world.Advance(600);
        Assert.Single(_world.Server.Counts);
        _world.App.SetHidden(false);

        Assert.Equal(2, _world.Server.Counts.Count);
    }

    [Fact]
    public async Task Rule29_Watch_WhileSuspended_Rests()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;

        await _world.App.SuspendAsync();
        _world.Advance(600);
        Assert.True(stream.IsClosed);
        Assert.Single(_world.Server.Requests);
        _world.App.Resume();

        Assert.Equal(2, _world.Server.Streams.Count);
    }

    [Fact]
    public async Task Rule30_Watch_WhilePresenceIsOff_AsksLessAndLessOften()
    {
        _world.Jitter = 0;
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(403, 400300), times: 3);
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;

        _world.Advance(419.999);
        Assert.Equal(3, _world.Server.Streams.Count);
        _world.Advance(0.001);
        stream.Event("snapshot", 1);

        Assert.Equal(Enumerable.Repeat(PresenceErrorKind.Disabled, 3), watched.Troubles.Select(trouble => trouble.Kind));
        Assert.Equal(4, _world.Server.Streams.Count);
        Assert.Equal(1, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule30_Resume_WhilePresenceIsOff_WatchesAtOnce()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(403, 400300));
        var presence = _world.Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;

        presence.Resume();
        stream.Event("snapshot", 4);

        Assert.Equal(4, await watched.NextAsync());
    }

    [Theory]
    [InlineData(403, 499601, PresenceErrorKind.Removed)]
    [InlineData(403, 400312, PresenceErrorKind.Banned)]
    [InlineData(403, 400301, PresenceErrorKind.Refused)]
    [InlineData(401, 400100, PresenceErrorKind.Unauthorized)]
    public async Task Rule30_Watch_Refused_EndsAndMayBeginAgain(int status, int code, PresenceErrorKind kind)
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(status, code));
        var presence = _world.Room();
        var (watched, stream) = Watched.Of(_world, presence);

        _world.Advance(600);
        var error = await watched.EndAsync();
        Assert.Equal((kind, true), (error?.Kind, error?.IsFinal));
        Assert.Single(_world.Server.Requests);

        await using var again = new Watched(presence);
        stream.Event("snapshot", 9);
        Assert.Equal(9, await again.NextAsync());
    }
}
