using Presence.Client.Server;
using Presence.Dashboard.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>What a backend does with a server key, against the product itself.</summary>
public sealed class BackendTests(RealServerFixture server) : IClassFixture<RealServerFixture>
{
    [Fact]
    public async Task SendHeartbeats_OfManyUsers_AreCountedAndRejectedOneByOne()
    {
        var receipt = await server.Backend.SendHeartbeatsAsync(
        [
            new UserHeartbeat("bridge", "anna") { SessionId = "tv", State = ViewerState.Paused },
            new UserHeartbeat("a/b", "berta"),
            new UserHeartbeat("bridge", "carla"),
        ]);

        Assert.Equal(2, receipt.Accepted);
        Assert.Equal((1, 400000), (receipt.Rejected[0].Index, receipt.Rejected[0].Code));
        Assert.Equal(2, (await server.Backend.GetRoomUserCountAsync("bridge")).Count);
        Assert.Equal([("bridge", 2), ("empty", 0)], (await server.Backend.GetRoomsAsync(["bridge", "empty"])).Select(room => (room.RoomId, room.Count)));
    }

    [Fact]
    public async Task Removals_OfARoomAndTheNetwork_AreListedAndLifted()
    {
        await server.Backend.RemoveFromRoomAsync("turnstile", "50% of/it", TimeSpan.FromMinutes(5), "spam");
        await server.Backend.BanAsync("somebody", TimeSpan.FromMinutes(5));

        Assert.Equal(["50% of/it"], await UsersAsync(server.Backend.GetRemovalsAsync("turnstile")));
        Assert.Contains("somebody", await UsersAsync(server.Backend.GetBansAsync()));
        await server.Backend.ReadmitToRoomAsync("turnstile", "50% of/it");
        await server.Backend.LiftBanAsync("somebody");

        Assert.Empty(await UsersAsync(server.Backend.GetRemovalsAsync("turnstile")));
    }

    [Fact]
    public async Task Ban_UntilItIsLifted_HasNoEnd()
    {
        var ban = await server.Backend.RemoveFromRoomAsync("gate", "uma", Timeout.InfiniteTimeSpan);
        await server.Backend.BanAsync("uma", Timeout.InfiniteTimeSpan, "spam");

        Assert.Equal((true, 9999), (ban.Forever, ban.Until.Year));
        var found = Assert.Single(await ReadAsync(server.Backend.FindBansAsync(new BanQuery { UserId = "uma", IsFromNetwork = true })));
        Assert.Equal((null, "spam", true, 0), (found.RoomId, found.Reason, found.Forever, found.Devices));
    }

    [Fact]
    public async Task BanWithDevices_LoginFromTheDeviceAsSomeoneElse_IsRefusedUntilLifted()
    {
        var login = new PresenceLogin(server.Address, DashboardHost.ClientKey);
        var token = await login.LogInAsync("dora", "doras phone");
        await using var phone = server.Viewer("dora", "gate", options => options.Token = token);
        await phone.StartHeartbeatAsync(); // a login in use

        var ban = await server.Backend.BanWithDevicesAsync("dora", TimeSpan.FromMinutes(5), "spam");

        Assert.Equal((1, false), (ban.Devices, ban.Forever));
        Assert.Equal(PresenceErrorKind.Banned, (await Assert.ThrowsAsync<PresenceException>(() => login.LogInAsync("somebody else", "doras phone"))).Kind);
        await server.Backend.LiftBanAsync("dora");
        Assert.NotEmpty(await login.LogInAsync("somebody else", "doras phone"));
    }

    [Fact]
    public async Task FindBans_ActiveAndPast_TellHowEachEnded()
    {
        await server.Backend.RemoveFromRoomAsync("door", "finn", TimeSpan.FromMinutes(5));
        await server.Backend.RemoveFromRoomAsync("door", "finn", TimeSpan.FromMinutes(9), "again");
        await server.Backend.ReadmitToRoomAsync("door", "finn");
        await server.Backend.RemoveFromRoomAsync("door", "gina", TimeSpan.FromMinutes(5));

        var all = await ReadAsync(server.Backend.FindBansAsync(new BanQuery { State = BanState.All, RoomId = "door" }));

        Assert.Equal([("gina", "active", false), ("finn", "lifted", true), ("finn", "replaced", true)], all.Select(ban => (ban.UserId, ban.State, ban.EndedAt is not null)));
        Assert.NotNull(all[1].EndedBy);
        Assert.Equal(["again"], (await ReadAsync(server.Backend.FindBansAsync(new BanQuery { State = BanState.Past, Search = "again" }))).Select(ban => ban.Reason));
        Assert.Equal(["gina"], (await ReadAsync(server.Backend.FindBansAsync(new BanQuery { RoomId = "door", IsFromNetwork = false }))).Select(ban => ban.UserId));
    }

    [Fact]
    public async Task Settings_ChangedByTwo_TheSecondIsToldToReadAgain()
    {
        await using var host = await DashboardHost.StartAsync();
        var backend = new PresenceServer(new PresenceServerOptions { BaseUrl = host.BaseAddress, ServerKey = DashboardHost.ServerKey });
        var stale = await backend.GetSettingsAsync();
        var settings = await backend.GetSettingsAsync();
        settings.HeartbeatInterval = TimeSpan.FromSeconds(25);

        var changed = await backend.ChangeSettingsAsync(settings, "finals");

        Assert.Equal((25, settings.Version + 1), (changed.HeartbeatInterval.TotalSeconds, changed.Version));
        Assert.Equal(412, (await Assert.ThrowsAsync<PresenceException>(() => backend.ChangeSettingsAsync(stale))).Status);
    }

    [Fact]
    public async Task VouchFor_AUser_LetsItSignInOnceUnverifiedLoginsAreRefused()
    {
        var login = new PresenceLogin(server.Address, DashboardHost.ClientKey);
        var proof = await server.Backend.VouchForAsync("vera");

        Assert.Equal(400301, (await Assert.ThrowsAsync<PresenceException>(() => login.LogInAsync("vera", "phone"))).Code);
        Assert.NotEmpty(await login.LogInAsync("vera", "phone", "Vera", proof));
        Assert.NotEmpty(await login.LogInGuestAsync("kiosk"));
    }

    [Fact]
    public async Task Tokens_LimitedToRooms_AreRefusedElsewhere()
    {
        var token = new ViewerTokens(RealServerFixture.Secret).Sign(new ViewerIdentity("rita") { Rooms = ["team-*"], AvatarUrl = new Uri("https://example.com/rita.png") }, TimeSpan.FromHours(1));
        await using var inside = server.Viewer("rita", "team-red", options => options.Token = token);
        await using var outside = server.Viewer("rita", "stage", options => options.Token = token);

        await inside.StartHeartbeatAsync();

        Assert.Equal(400301, (await Assert.ThrowsAsync<PresenceException>(() => outside.StartHeartbeatAsync())).Code);
        Assert.Equal("https://example.com/rita.png", Assert.Single(await inside.GetRoomOnlineUsersAsync()).AvatarUrl);
    }

    [Theory]
    [InlineData("too short")]
    [InlineData("")]
    public void ViewerTokens_SecretTooShort_IsRefused(string secret) => Assert.Throws<ArgumentException>(() => new ViewerTokens(secret));

    private static async Task<IEnumerable<string>> UsersAsync(IAsyncEnumerable<Removal> removals) => (await ReadAsync(removals)).Select(removal => removal.UserId);

    private static async Task<List<T>> ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        var read = new List<T>();
        await foreach (var item in items)
            read.Add(item);
        return read;
    }
}
