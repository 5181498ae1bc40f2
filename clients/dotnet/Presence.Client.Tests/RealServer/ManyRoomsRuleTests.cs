using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 35 and 36 of docs/clients.md against the product.</summary>
public sealed class ManyRoomsRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule35_Watch_OfSixtyRooms_HoldsOneStreamAndTellsEveryRoom()
    {
        var rooms = Enumerable.Range(0, 60).Select(number => $"{RoomId}-{number:00}").ToArray();
        await Server.Backend.SendHeartbeatsAsync([new(rooms[3], "berta"), new(rooms[55], "berta"), new(rooms[55], "carla")]);
        var watches = rooms.Select(room => new Watched(Device.Room(options => options.RoomId = room))).ToArray();

        await Device.HearsAsync(watches[3], 1);
        await Device.HearsAsync(watches[55], 2);
        await Device.HearsAsync(watches[49], 0);
        await Device.UntilAsync(() => Server.OpenStreams == 1, "one stream");
        await Server.Backend.SendHeartbeatsAsync([new(rooms[7], "berta")]);
        await Device.HearsAsync(watches[7], 1);

        Assert.Equal(50, Network.Streams[^1].Request.Path.Split("rooms[]=").Length - 1);
        Assert.Equal(Network.Streams.Count - 1, Network.Responses.Count(wire => wire.IsClosed));
        foreach (var watch in watches)
            await watch.DisposeAsync();
        await Device.UntilAsync(() => Server.OpenStreams == 0, "no stream left");
    }

    [Fact]
    public async Task Rule35_Watch_OfARoomTheViewerIsRemovedFrom_EndsAndTheOthersGoOn()
    {
        await using var lobby = new Watched(Device.Room());
        await using var stage = new Watched(Device.Room(options => options.RoomId = RoomId + "-stage"));
        await Device.HearsAsync(lobby, 0);
        await Device.HearsAsync(stage, 0);

        await Server.Backend.RemoveFromRoomAsync(RoomId + "-stage", Device.UserId, TimeSpan.FromHours(1), "spam");

        Assert.Equal((PresenceErrorKind.Removed, "spam"), await Device.EndAsync(stage) is { } error ? (error.Kind, error.Reason) : default);
        await JoinAsync("berta");
        await Device.HearsAsync(lobby, 1);
    }

    [Fact]
    public async Task Rule36_Watch_WithAMinimumInterval_TellsTheLatestOnceAnInterval()
    {
        await using var watched = new Watched(Device.Room(), TimeSpan.FromSeconds(20));
        await using var other = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);
        var heardAt = Device.Now;
        await JoinAsync("berta");
        await Device.HearsAsync(other, 1);
        await JoinAsync("carla");
        await Device.HearsAsync(other, 2);
        await Device.AdvanceAsync(heardAt + TimeSpan.FromSeconds(19) - Device.Now);
        Assert.False(watched.HasNext);

        await Device.UntilAsync(() => watched.HasNext, "the next count");

        Assert.Equal(2, await watched.NextAsync());
        Assert.True(Device.Now - heardAt >= TimeSpan.FromSeconds(20), $"{Device.Now - heardAt}");
    }
}
