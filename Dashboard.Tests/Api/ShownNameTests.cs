using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Api;

/// <summary>What was said last of a user is what is shown, however the user came and wherever it is shown.</summary>
public sealed class ShownNameTests : IAsyncLifetime
{
    private const string Picture = "https://example.com/a.png";

    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions
    {
        Time = _time,
        Configuration = { ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret },
    });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("server", true)]
    [InlineData("server", false)]
    [InlineData("jwt", true)]
    [InlineData("jwt", false)]
    [InlineData("jwt of before a restart", true)]
    public async Task StoredName_OfAViewerWhoComesWithoutOne_ShowsAndIsFound(string how, bool isStoredFirst)
    {
        if (isStoredFirst)
            await SayAsync("anna", "Anna Öst");
        if (how.EndsWith("restart", StringComparison.Ordinal))
            await _host.RestartAsync();
        await (how == "server" ? ServerBeatAsync("lobby", "anna") : _host.BeatAsync("lobby", Jwt("anna")));
        if (!isStoredFirst)
            await SayAsync("anna", "Anna Öst");

        await Eventually.TrueAsync(async () => (string?)(await ViewerAsync("lobby", "anna"))["displayName"] == "Anna Öst", "the name shows");
        Assert.Equal(Picture, (string?)(await ViewerAsync("lobby", "anna"))["avatarUrl"]);
        Assert.Equal(["anna"], await ListAsync("lobby", "?search=Anna%20%C3%96"));
    }

    [Fact]
    public async Task StoredName_OfAViewerWhoJoins_IsToldWithTheEvent()
    {
        await SayAsync("anna", "Anna");
        await _host.RestartAsync(); // nobody has asked for her since
        await using var stream = await StreamClient.OpenAsync(_host, "lobby", DashboardHost.ServerKey);
        Assert.Equal("snapshot", (await stream.NextAsync()).Name);

        await ServerBeatAsync("lobby", "anna");

        var joined = stream.NextAsync("joined");
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(250));
                return joined.IsCompleted;
            },
            "the join is told");
        Assert.Equal("Anna", (string?)(await joined).Data["displayName"]);
    }

    [Fact]
    public async Task StoredName_OfAUserOnline_Shows()
    {
        await SayAsync("anna", "Anna");
        await _host.RestartAsync();

        await _host.PostAsync("/api/v1/presence/heartbeat", Jwt("anna"));

        await Eventually.TrueAsync(() => Engine.OnlineUsers(new OnlineQuery { Search = "Ann" }).Users is [{ Profile.DisplayName: "Anna" }], "she is found by name");
    }

    [Fact]
    public async Task StoredNames_OfAThousandInOneRequest_AreAllFound()
    {
        var userIds = Enumerable.Range(0, 1000).Select(i => $"u{i}").ToArray();
        await _host.Services.GetRequiredService<UserStore>().VouchAsync(
            [.. userIds.Select(userId => new VerifiedUser(userId, new UserProfile("Named " + userId, null) { SaidAt = _time.GetUtcNow() }))], TestContext.Current.CancellationToken);

        await ServerBeatAsync("hall", userIds);

        await Eventually.TrueAsync(() => Engine.Viewers("hall", new ViewerQuery { Search = "named" }).Matching == 1000, "all are found");
    }

    [Fact]
    public async Task Rename_ByTheBackend_IsNotUndoneByTheTokenOfALogin()
    {
        var token = await _host.TokenAsync("anna", displayName: "Old");
        await _host.BeatAsync("first", token);
        await SayAsync("anna", "New");

        await _host.BeatAsync("second", token);

        Assert.Equal(("New", "New"), ((string?)(await ViewerAsync("first", "anna"))["displayName"], (string?)(await ViewerAsync("second", "anna"))["displayName"]));
        await _host.RestartAsync();
        await _host.BeatAsync("third", token);
        await Eventually.TrueAsync(async () => (string?)(await ViewerAsync("third", "anna"))["displayName"] == "New", "it stands after a restart");
    }

    [Fact]
    public async Task Rename_ByANewerLogin_IsNotUndoneByTheTokenOfTheOlderOne()
    {
        var older = await _host.TokenAsync("anna", displayName: "Old");
        await _host.TokenAsync("anna", "device-2", displayName: "New");

        await _host.BeatAsync("lobby", older);

        Assert.Equal("New", (string?)(await ViewerAsync("lobby", "anna"))["displayName"]);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(0)]
    [InlineData(null)]
    public async Task Rename_ByTheBackend_IsNotUndoneByAnOlderTokenOfItsOwn(int? issuedSeconds)
    {
        var token = Jwt("anna", "Old", issuedSeconds);
        await _host.BeatAsync("first", token);
        await Eventually.TrueAsync(async () => await StoredNameAsync("anna") == "Old", "the token's name is stored");
        await SayAsync("anna", "New");

        await _host.BeatAsync("second", token);
        await _host.BeatAsync("third", Jwt("anna", "Older", issuedSeconds ?? -100));

        foreach (var room in new[] { "first", "second", "third" })
            Assert.Equal("New", (string?)(await ViewerAsync(room, "anna"))["displayName"]);
        await _host.RestartAsync(); // stores whatever waited
        Assert.Equal("New", await StoredNameAsync("anna"));
    }

    [Fact]
    public async Task Rename_ByANewerTokenOfTheBackend_StandsAndKeepsThePicture()
    {
        await SayAsync("anna", "Old");
        _time.Advance(TimeSpan.FromSeconds(2));

        await _host.BeatAsync("lobby", Jwt("anna", "New"));

        Assert.Equal(("New", Picture), ((string?)(await ViewerAsync("lobby", "anna"))["displayName"], (string?)(await ViewerAsync("lobby", "anna"))["avatarUrl"]));
        await Eventually.TrueAsync(async () => await StoredNameAsync("anna") == "New", "it is stored");
        await SayAsync("anna", "Old");
        _time.Advance(TimeSpan.FromSeconds(2));
        await _host.BeatAsync("other", Jwt("anna", "New"));
        await Eventually.TrueAsync(async () => await StoredNameAsync("anna") == "New", "said again, it is stored again");
    }

    [Fact]
    public async Task Rename_AfterAViewerLeft_ShowsAmongThoseWhoLeft()
    {
        var token = await _host.TokenAsync("anna", displayName: "Old");
        await _host.BeatAsync("lobby", token);
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", token);

        await SayAsync("anna", "New");

        Assert.Equal("New", Assert.Single(Engine.Departures("lobby")).Profile?.DisplayName);
    }

    private string Jwt(string userId, string? name = null, int? issuedSeconds = 0)
    {
        var claims = TokenForge.Claims(_time, userId);
        claims["iat"] = issuedSeconds is { } seconds ? _time.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds() : null;
        claims["name"] = name;
        return TokenForge.Hs256(claims);
    }

    private async Task SayAsync(string userId, string name)
    {
        var body = new JsonObject { ["displayName"] = name, ["avatarUrl"] = Picture };
        Assert.Equal(200, (await _host.SendAsync(HttpMethod.Put, $"/api/v1/admin/users/{userId}", DashboardHost.ServerKey, body.ToJsonString(), ("If-Match", "*"))).Status);
    }

    private async Task ServerBeatAsync(string room, params string[] userIds)
    {
        var body = new JsonObject { ["heartbeats"] = new JsonArray([.. userIds.Select(userId => new JsonObject { ["roomId"] = room, ["userId"] = userId })]) };
        Assert.Equal(userIds.Length, (int)(await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, body.ToJsonString())).Json["accepted"]!);
    }

    private async Task<string?> StoredNameAsync(string userId)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return (string?)(await _host.GetAsync($"/api/v1/admin/users/{userId}", DashboardHost.ServerKey)).Json["displayName"];
    }

    private async Task<string[]> ListAsync(string room, string query = "") =>
        [.. (await _host.GetAsync($"/api/v1/presence/rooms/{room}/users{query}", DashboardHost.ServerKey)).Json["viewers"]!.AsArray().Select(viewer => (string)viewer!["userId"]!)];

    private async Task<JsonNode> ViewerAsync(string room, string userId) =>
        Assert.Single((await _host.GetAsync($"/api/v1/presence/rooms/{room}/users", DashboardHost.ServerKey)).Json["viewers"]!.AsArray(), viewer => (string)viewer!["userId"]! == userId)!;
}
