using Presence.Client.Tests.Support;
using Presence.Dashboard.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>A server that goes and comes back under a running client.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Rule14And27_Server_RestartedWhilePresent_HasTheViewerBackWithoutALeave()
    {
        await using var host = await DashboardHost.StartAsync(RealServerFixture.Options(timeout: 300));
        await using var presence = new RoomPresence(new RoomPresenceOptions
        {
            BaseUrl = host.BaseAddress,
            RoomId = "kept",
            Token = RealServerFixture.TokenOf("jana"),
            App = new PresenceApp(),
        });
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        Assert.Equal(1, await watched.NextAsync());
        var joinedAt = Assert.Single(await presence.GetRoomOnlineUsersAsync()).JoinedAt;

        await host.StopAsync(); // membership is written before it ends
        await Eventually.TrueAsync(() => presence.State.Status == PresenceStatus.Retrying, "the failure");
        await host.StartAgainAsync();

        await Eventually.TrueAsync(() => presence.State.Status == PresenceStatus.Present, "the return");
        var viewer = Assert.Single(await presence.GetRoomOnlineUsersAsync());
        Assert.Equal(("jana", joinedAt, 1), (viewer.UserId, viewer.JoinedAt, viewer.Sessions));
    }
}
