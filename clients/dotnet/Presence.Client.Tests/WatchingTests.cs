using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 26 to 28 of docs/clients.md.</summary>
public sealed class WatchingTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule26_Watch_Events_TellTheCountWheneverItChanges()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        Assert.Equal("text/event-stream", $"{_world.Server.Streams[0].Message.Headers.Accept}");

        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());
        stream.Event("joined", 3);
        Assert.Equal(3, await watched.NextAsync());
        stream.Send(":\n\nevent: gap\ndata: {}\n\n");
        stream.Event("snapshot", 3);
        stream.Event("left", 2);
        Assert.Equal(2, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule26_Watch_EventsCutAnywhere_AreReadAllTheSame()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;

        foreach (var part in new[] { "event: snap", "shot\r", "\ndata: {\"cou", "nt\":4", "1}\r\n\r", "\ndata: nonsense\n\n", "data: [1]\n", "data: {\"count\":\"x\"}\n" })
            stream.Send(part);

        Assert.Equal(41, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule26_Watch_LastEventTellsOfABan_EndsWithItAtOnce()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());

        stream.Send("""
            event: end
            data: {"status":"error","code":499601,"message":"Removed.","data":{"until":"2026-11-22T20:00:00.000Z","reason":"spam"}}


            """);

        var end = await watched.EndAsync();
        Assert.Equal((PresenceErrorKind.Removed, "spam", new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero)), (end?.Kind, end?.Reason, end?.Until));
        Assert.Single(_world.Server.Streams);
    }

    [Fact]
    public async Task Rule26_Watch_SlowReader_HearsTheLatest()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        stream.Event("snapshot", 1);
        Assert.Equal(1, await watched.NextAsync());

        for (var count = 2; count <= 500; count++)
            stream.Event("count", count);

        while (await watched.NextAsync() is var heard && heard != 500)
            Assert.InRange(heard, 2, 499);
    }

    [Fact]
    public async Task Rule26_Watch_ManyWatchers_ShareOneStream()
    {
        var presence = _world.Room();
        var (watched, stream) = Watched.Of(_world, presence);
        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());

        var late = new Watched(presence);
        Assert.Equal(2, await late.NextAsync());
        stream.Event("count", 5);
        Assert.Equal((5, 5), (await watched.NextAsync(), await late.NextAsync()));
        await watched.DisposeAsync();
        stream.Event("count", 6);
        Assert.Equal(6, await late.NextAsync());

        Assert.Single(_world.Server.Streams);
        Assert.False(stream.IsClosed);
        await late.DisposeAsync();
        Assert.True(stream.IsClosed);
    }

    [Fact]
    public async Task Rule26_Watch_SwitchRoom_FollowsToIt()
    {
        var presence = _world.Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;
        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());
        var next = Watched.Another(_world);

        await presence.SwitchRoomAsync("stage");
        next.Event("snapshot", 2);

        Assert.Equal(2, await watched.NextAsync());
        Assert.True(stream.IsClosed);
        Assert.Equal("/api/v1/presence/rooms/stage/stream", _world.Server.Requests[^1].Path);
    }

    [Fact]
    public async Task Rule26_Watch_CountOfTheOldRoomNotHeardYet_IsForgotten()
    {
        var presence = _world.Room();
        var stream = Watched.Another(_world);
        await using var counts = presence.WatchCountAsync().GetAsyncEnumerator();
        var first = counts.MoveNextAsync();
        stream.Event("snapshot", 2);
        Assert.True(await first);
        stream.Event("joined", 3);
        var next = Watched.Another(_world);

        await presence.SwitchRoomAsync("stage");
        var second = counts.MoveNextAsync();
        next.Event("snapshot", 40);

        Assert.True(await second);
        Assert.Equal(40, counts.Current);
    }

    [Fact]
    public async Task Rule27_Watch_StreamEndsOrBreaks_IsOpenedAgainAfterAPartOfASecond()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        stream.Event("snapshot", 2);
        Assert.Equal(2, await watched.NextAsync());
        stream.End();
        var second = Watched.Another(_world);
        _world.Advance(0.499);
        Assert.Single(_world.Server.Streams);
        _world.Advance(0.001);
        Assert.Equal(2, _world.Server.Streams.Count);

        second.Event("snapshot", 3);
        Assert.Equal(3, await watched.NextAsync());
        second.Break();
        var third = Watched.Another(_world);
        _world.Advance(0.5);
        third.Event("snapshot", 4);

        Assert.Equal(4, await watched.NextAsync());
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule27_Watch_StreamOfTheNextRoomBreaks_IsWaitedForAsAnyOther()
    {
        var presence = _world.Room();
        await using var watched = Watched.Of(_world, presence).Watched;
        var next = Watched.Another(_world);
        await presence.SwitchRoomAsync("stage");
        next.Event("snapshot", 2);

        next.Break();
        _world.Advance(0.499);
        Assert.Equal(2, _world.Server.Streams.Count);
        _world.Advance(0.001);

        Assert.Equal(3, _world.Server.Streams.Count);
    }

    [Fact]
    public async Task Rule27_Watch_StreamWithoutAByteForThirtySeconds_IsDead()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;
        stream.Event("snapshot", 2);

        _world.Advance(29);
        stream.Send(":\n\n");
        _world.Advance(29.999);
        Assert.False(stream.IsClosed);
        Watched.Another(_world);
        _world.Advance(0.501);

        Assert.True(stream.IsClosed);
        Assert.Equal(2, _world.Server.Streams.Count);
    }

    [Theory]
    [InlineData(404, 400400)]
    [InlineData(429, 499602)]
    public async Task Rule28_Watch_NoStreamToBeHad_AsksAtThePaceOfTheHeartbeats(int status, int code)
    {
        _world.Jitter = 0;
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(status, code, retryAfter: "5"));
        await using var watched = new Watched(_world.Room());
        Assert.Equal(3, await watched.NextAsync());
        _world.Server.Count = 4;

        _world.Advance(29.999);
        Assert.Single(_world.Server.Counts);
        _world.Advance(0.001);

        Assert.Equal(4, await watched.NextAsync());
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule28_Watch_PlatformCannotReadStreams_AsksAndNeverTriesOne()
    {
        _world.Server.Interval = 10;
        await using var watched = new Watched(_world.Room(options => options.ReadsStreams = false));

        _world.Advance(600);

        Assert.Equal(3, await watched.NextAsync());
        Assert.Empty(_world.Server.Streams);
        Assert.True(_world.Server.Counts.Count > 59, $"{_world.Server.Counts.Count} counts");
    }

    [Theory]
    [InlineData("")]
    [InlineData(":\n\n")]
    public async Task Rule28_Watch_StreamSilentFromTheStart_AsksInstead(string comment)
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;

        _world.Advance(9);
        if (comment.Length > 0)
            stream.Send(comment);
        _world.Advance(1);

        Assert.True(stream.IsClosed);
        Assert.Equal(3, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule28_Watch_TooManyRequestsWhileAsking_WaitsAsItIsTold()
    {
        _world.Server.Answer(request => request.IsCount, () => FakeServer.Refusal(429, 400311, retryAfter: "60"), times: 99);
        await using var watched = new Watched(_world.Room(options => options.ReadsStreams = false));

        _world.Advance(600);

        Assert.True(_world.Server.Counts.Count < 11, $"{_world.Server.Counts.Count} counts");
        Assert.Equal(PresenceErrorKind.Limited, watched.Troubles[0].Kind);
    }

    [Fact]
    public async Task Rule28_Watch_StreamEndsBeforeAnEvent_AsksInstead()
    {
        var (watched, stream) = Watched.Of(_world, _world.Room());
        await using var _ = watched;

        stream.End();

        Assert.Equal(3, await watched.NextAsync());
        Assert.Single(_world.Server.Streams);
    }

    [Fact]
    public async Task Rule28_Watch_StreamFailsThreeTimes_AsksInstead()
    {
        _world.Server.Answer(request => request.IsStream, FakeServer.Unreachable, times: 3);
        await using var watched = new Watched(_world.Room());

        _world.Advance(5);

        Assert.Equal(3, _world.Server.Streams.Count);
        Assert.Equal(3, await watched.NextAsync());
        Assert.Equal(Enumerable.Repeat(PresenceErrorKind.Unavailable, 3), watched.Troubles.Select(trouble => trouble.Kind));
    }

    [Fact]
    public async Task Rule28_Watch_AfterTenRounds_TriesTheStreamAgain()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(429, 499602));
        await using var watched = new Watched(_world.Room());
        Assert.Equal(3, await watched.NextAsync());
        var stream = Watched.Another(_world);

        _world.Advance(290);
        stream.Event("snapshot", 8);

        Assert.Equal(10, _world.Server.Counts.Count);
        Assert.Equal(8, await watched.NextAsync());
    }

    [Theory]
    [InlineData(28.08)]
    [InlineData(29.9)] // after the count would be asked for
    public async Task Rule28_Watch_WhileAHeartbeatRuns_ItBringsTheCount(double next)
    {
        _world.Server.Next = next;
        var presence = _world.Room(options => options.ReadsStreams = false);
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        Assert.Equal(3, await watched.NextAsync());
        _world.Server.Count = 5;

        _world.Advance(600);

        Assert.Equal(5, await watched.NextAsync());
        Assert.EndsWith("?include=count", _world.Server.Beats[1].Path, StringComparison.Ordinal);
        Assert.Single(_world.Server.Counts); // until the next heartbeat
    }

    [Fact]
    public async Task Rule28_Watch_WhileTheHeartbeatFails_AsksForItself()
    {
        var presence = _world.Room(options => options.ReadsStreams = false);
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        Assert.Equal(3, await watched.NextAsync());
        _world.Advance(30);
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable, times: 999);
        _world.Server.Count = 6;

        _world.Advance(90);

        Assert.Equal(6, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule28_Heartbeat_WhileNobodyAsksForTheCount_DoesNotAskForIt()
    {
        var presence = _world.Room();
        var (watched, stream) = Watched.Of(_world, presence);
        await using var _ = watched;
        stream.Event("snapshot", 1);

        await presence.StartHeartbeatAsync();

        Assert.EndsWith("/heartbeat", _world.Server.Beats[0].Path, StringComparison.Ordinal);
    }
}
