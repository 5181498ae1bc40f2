using Presence.Client.Server;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>What a backend asks of the server, as it goes over the wire.</summary>
public sealed class PresenceServerTests
{
    private const string Key = "pd_test";

    private readonly World _world = new();

    [Fact]
    public async Task SendHeartbeats_ManyMoreThanOneRequestTakes_AreSentInPartsAndNumberedThrough()
    {
        _world.Server.Answer(_ => true, () => FakeServer.Json(202, """{"accepted":1000,"rejected":[]}"""), times: 2);
        _world.Server.Answer(_ => true, () => FakeServer.Json(202, """{"accepted":0,"rejected":[{"index":0,"code":400000,"message":"no"}]}"""));

        var receipt = await Server().SendHeartbeatsAsync(Enumerable.Range(0, 2001).Select(number => new UserHeartbeat("lobby", $"user-{number}") { State = ViewerState.Hidden }));

        Assert.Equal([1000, 1000, 1], _world.Server.Requests.Select(request => request.Json["heartbeats"]!.AsArray().Count));
        Assert.Equal("""{"roomId":"lobby","userId":"user-2000","state":"hidden"}""", _world.Server.Requests[2].Json["heartbeats"]![0]!.ToJsonString());
        Assert.Equal((2000, 2000), (receipt.Accepted, Assert.Single(receipt.Rejected).Index));
        Assert.All(_world.Server.Requests, request => Assert.Equal([Key], request.Message.Headers.GetValues("x-server-key")));
    }

    [Fact]
    public async Task Removals_AcrossPages_AreRead()
    {
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, """{"removals":[{"roomId":"lobby","userId":"anna","until":"2026-11-22T20:00:00.000Z","removedAt":"2026-11-21T20:00:00.000Z","removedBy":"backend"}],"cursor":"a+b"}"""));
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, """{"removals":[{"userId":"berta","until":"2026-11-22T20:00:00.000Z","removedAt":"2026-11-21T20:00:00.000Z","removedBy":"backend"}]}"""));
        var read = new List<string>();

        await foreach (var removal in Server().GetRemovalsAsync("lobby"))
            read.Add(removal.UserId);

        Assert.Equal(["anna", "berta"], read);
        Assert.Equal("/api/v1/admin/rooms/lobby/removals?cursor=a%2Bb", _world.Server.Requests[1].Path);
    }

    [Fact]
    public async Task FindBans_AcrossPages_KeepTheFilter()
    {
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, """{"bans":[],"cursor":"a+b"}"""));
        _world.Server.Answer(_ => true, () => FakeServer.Json(200, """{"bans":[]}"""));

        await foreach (var ban in Server().FindBansAsync(new BanQuery { State = BanState.Past, By = "mia@example.com" }))
            Assert.Fail(ban.UserId);

        Assert.Equal("/api/v1/admin/bans?state=past&by=mia%40example.com&cursor=a%2Bb", _world.Server.Requests[1].Path);
    }

    [Fact]
    public async Task SaveRoom_ReadBefore_NamesTheVersionItWasRead()
    {
        _world.Server.Answer(request => request.Method == "GET", () => Versioned("\"4\"", """{"roomId":"lobby","title":"Finals","status":"ended","overrides":{"presenceTimeoutSeconds":90},"version":4}"""));
        _world.Server.Answer(request => request.Method == "PUT", () => Versioned("\"5\"", """{"roomId":"lobby","status":"live","overrides":{},"version":5}"""), times: 2);
        var server = Server();
        var room = await server.GetRoomAsync("lobby");
        Assert.Equal(("Finals", true, TimeSpan.FromSeconds(90), null), (room.Title, room.IsEnded, room.PresenceTimeout, room.HeartbeatInterval));
        room.IsEnded = false;

        await server.SaveRoomAsync(room);
        await server.SaveRoomAsync(new RoomDefinition("lobby") { Title = "New" });

        Assert.Equal("""{"title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90}}""", _world.Server.Requests[1].Body);
        Assert.Equal(["\"4\"", "*"], _world.Server.Requests.Skip(1).Select(request => request.Message.Headers.GetValues("If-Match").Single()));
    }

    [Theory]
    [InlineData("a/b", "/api/v1/admin/removals/a%2Fb")]
    [InlineData("50%", "/api/v1/admin/removals/50%25")]
    public async Task LiftBan_UserWithSignsOfAddresses_IsOnePartOfIt(string userId, string path)
    {
        await Server().LiftBanAsync(userId);

        Assert.Equal(path, _world.Server.Requests[0].Path);
    }

    [Fact]
    public void New_WithoutAKey_SaysWhatIsMissing() =>
        Assert.StartsWith("ServerKey is missing", Assert.Throws<ArgumentException>(() => new PresenceServer(new PresenceServerOptions { BaseUrl = new Uri("https://presence.test") })).Message, StringComparison.Ordinal);

    private static HttpResponseMessage Versioned(string etag, string body)
    {
        var response = FakeServer.Json(200, body);
        response.Headers.TryAddWithoutValidation("ETag", etag);
        return response;
    }

    private PresenceServer Server() => new(new PresenceServerOptions { BaseUrl = new Uri("https://presence.test"), ServerKey = Key, HttpClient = _world.Http, TimeProvider = _world.Clock });
}
