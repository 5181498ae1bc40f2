using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 35 and 36 of docs/clients.md.</summary>
public sealed class ManyRoomsTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule35_Watch_OfSeveralRooms_SharesOneStream()
    {
        var first = Watched.Another(_world);
        await using var lobby = Watch("lobby");
        first.Event("snapshot", 1);
        var second = Watched.Another(_world);
        await using var stage = Watch("stage");
        await using var comma = Watch("a,b");
        Assert.Single(_world.Server.Streams);

        _world.Advance(0.25);
        second.EventOf("a,b", "snapshot", 3);
        second.EventOf("stage", "snapshot", 2);
        second.EventOf("lobby", "snapshot", 1);
        second.Send("event: gap\ndata: {\"roomId\":\"lobby\"}\n\n");
        second.EventOf("lobby", "count", 9);

        Assert.True(first.IsClosed);
        Assert.Equal("/api/v1/presence/stream?rooms[]=a%2Cb&rooms[]=lobby&rooms[]=stage", Uri.UnescapeDataString(_world.Server.Streams[^1].Path).Replace("a,b", "a%2Cb", StringComparison.Ordinal));
        Assert.Equal((2, 3), (await stage.NextAsync(), await comma.NextAsync()));
        Assert.Equal(9, await LastAsync(lobby, 9));
        Assert.Equal(2, _world.Server.Requests.Count);
    }

    [Fact]
    public async Task Rule35_Watch_OfARoomThatIsStreamedAlready_HearsItsCountAtOnce()
    {
        var stream = Watched.Another(_world);
        await using var first = Watch("lobby");
        stream.Event("snapshot", 5);

        await using var second = Watch("lobby");
        _world.Advance(1);

        Assert.Equal(5, await second.NextAsync());
        Assert.Single(_world.Server.Streams);
    }

    [Fact]
    public async Task Rule35_Watch_OfMoreRoomsThanAStreamTakes_AsksForTheRest()
    {
        var streams = Enumerable.Range(0, 2).Select(_ => Watched.Another(_world)).ToArray();
        var watches = Enumerable.Range(0, 60).Select(number => Watch($"room {number}")).ToArray();
        streams[0].Event("snapshot", 7);
        _world.Advance(0.25);
        for (var number = 0; number < 50; number++)
            streams[1].EventOf($"room {number}", "snapshot", 7);

        Assert.Equal(50, _world.Server.Streams[^1].Path.Split("rooms[]=").Length - 1);
        Assert.Equal((2, 10), (_world.Server.Streams.Count, _world.Server.Counts.Count));
        for (var number = 0; number < 60; number++)
            Assert.Equal(number < 50 ? 7 : 3, await watches[number].NextAsync());
        foreach (var watch in watches)
            await watch.DisposeAsync();
        Assert.Equal((0, 0), (_world.App.Listeners, _world.Clock.Timers));
    }

    [Fact]
    public async Task Rule35_Watch_RoomTheStreamsTokenMayNotRead_IsAskedForAndTheOthersGoOn()
    {
        _world.Jitter = 0;
        var first = Watched.Another(_world);
        await using var lobby = Watch("lobby");
        first.Event("snapshot", 8);
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(403, 400301, """{"roomIds":["stage"]}"""));
        var second = Watched.Another(_world);
        await using var stage = Watch("stage");

        _world.Advance(0.25);
        second.Event("snapshot", 9);

        Assert.Equal(3, await stage.NextAsync());
        Assert.Equal(9, await LastAsync(lobby, 9));
        Assert.Empty(stage.Troubles.Concat(lobby.Troubles));
    }

    [Fact]
    public async Task Rule35_Watch_OfAnotherToken_GoesOnWhenTheFirstIsRefused()
    {
        _world.Jitter = 0;
        var first = Watched.Another(_world);
        await using var lobby = Watch("lobby");
        first.Event("snapshot", 1);
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(401, 400100));
        var second = Watched.Another(_world);
        await using var stage = Watch("stage", World.TokenOf("berta"));

        _world.Advance(0.25);
        second.Event("snapshot", 2);

        Assert.Equal(1, await lobby.NextAsync());
        Assert.Equal(PresenceErrorKind.Unauthorized, (await lobby.EndAsync())?.Kind);
        Assert.Equal(2, await stage.NextAsync());
        Assert.Equal(World.TokenOf("berta"), _world.Server.Streams[^1].Token);
    }

    [Fact]
    public async Task Rule35_Watch_ServerUnreachable_TriesForAllRoomsAtOnce()
    {
        _world.Server.Answer(request => request.IsStream, FakeServer.Unreachable, times: 2);
        var stream = Watched.Another(_world);
        var watches = Enumerable.Range(0, 20).Select(number => Watch($"room {number}")).ToArray();

        _world.Advance(0.5);
        Assert.Equal(2, _world.Server.Streams.Count);
        _world.Advance(1);
        stream.EventOf("room 19", "snapshot", 9);

        Assert.Equal(20, _world.Server.Streams[^1].Path.Split("rooms[]=").Length - 1);
        Assert.Equal(9, await watches[19].NextAsync());
        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    [Fact]
    public async Task Rule36_Watch_WithAMinimumInterval_TellsTheLatestOnceAnInterval()
    {
        var stream = Watched.Another(_world);
        await using var watched = new Watched(_world.Room(), TimeSpan.FromSeconds(10));
        stream.Event("snapshot", 1);
        Assert.Equal(1, await watched.NextAsync());
        var toldAt = _world.Now;

        foreach (var count in new[] { 2, 3 })
        {
            _world.Advance(1);
            stream.Event("count", count);
        }
        while (!watched.HasNext)
        {
            _world.Advance(0.1); // whoever watches goes on elsewhere: a little time for the clock, and for it
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        Assert.True(_world.Now - toldAt >= TimeSpan.FromSeconds(10), $"{_world.Now - toldAt}");
        Assert.Equal(3, await watched.NextAsync());
        _world.Advance(15);
        stream.Event("count", 4);
        Assert.Equal(4, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule36_Watch_WithAMinimumInterval_TellsNothingOfTheRoomItLeft()
    {
        var stream = Watched.Another(_world);
        var presence = _world.Room();
        await using var watched = new Watched(presence, TimeSpan.FromSeconds(10));
        stream.Event("snapshot", 1);
        Assert.Equal(1, await watched.NextAsync());
        stream.Event("count", 2);
        var next = Watched.Another(_world);

        await presence.SwitchRoomAsync("stage");
        next.Event("snapshot", 30);

        Assert.Equal(30, await watched.NextAsync());
    }

    private Watched Watch(string roomId, string? token = null) => new(_world.Room(options =>
    {
        options.RoomId = roomId;
        options.Token = token ?? options.Token;
    }));

    private static async Task<int> LastAsync(Watched watched, int last)
    {
        int count;
        do
            count = await watched.NextAsync();
        while (count != last);
        return count;
    }
}
