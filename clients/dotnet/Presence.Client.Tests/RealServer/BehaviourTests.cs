using Presence.Client.Server;
using Presence.Client.Tests.Support;
using Presence.Dashboard.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>The rules of docs/clients.md against the product itself, over HTTP and in real time.</summary>
public sealed class BehaviourTests(RealServerFixture server) : IClassFixture<RealServerFixture>
{
    [Fact]
    public async Task Rule1And8And25And26_StartReadWatchAndStop_ARoomOfTwo_IsSeenByBothAndByTheServer()
    {
        await using var anna = server.Viewer("anna", "Größe 2");
        await using var berta = server.Viewer("bérta/2", "Größe 2");
        await using var watched = new Watched(berta);
        Assert.Equal(0, await watched.NextAsync());

        await anna.StartHeartbeatAsync();
        await berta.StartHeartbeatAsync();

        await UntilAsync(watched, 2); // both may come at once
        await Eventually.TrueAsync(async () => await anna.GetRoomUserCountAsync() == 2, "a count of 2");
        var viewers = await anna.GetRoomOnlineUsersAsync(new RoomViewerQuery { Sort = RoomViewerSort.Name });
        Assert.Equal(
            [("anna", "ANNA", ViewerState.Visible, 1), ("bérta/2", "BÉRTA/2", ViewerState.Visible, 1)],
            viewers.Select(viewer => (viewer.UserId, viewer.DisplayName!, viewer.State, viewer.Sessions)));

        await anna.StopHeartbeatAsync();
        await UntilAsync(watched, 1);
    }

    [Fact]
    public async Task Rule2_Heartbeats_LongerThanTheTimeout_KeepTheViewer()
    {
        await using var presence = server.Viewer("carla", "stays");
        var beats = 0;
        presence.StateChanged += (_, change) => Interlocked.Add(ref beats, change.State.Status == PresenceStatus.Present ? 1 : 0);
        await presence.StartHeartbeatAsync();
        Assert.Equal((1, 6), (presence.State.Receipt!.HeartbeatInterval.TotalSeconds, presence.State.Receipt.PresenceTimeout!.Value.TotalSeconds));
        var joinedAt = Assert.Single(await presence.GetRoomOnlineUsersAsync()).JoinedAt;

        await Eventually.TrueAsync(() => Volatile.Read(ref beats) > 8, "8 heartbeats");

        Assert.Equal(joinedAt, Assert.Single(await presence.GetRoomOnlineUsersAsync()).JoinedAt);
    }

    [Fact]
    public async Task Rule2_Interval_ChangedWhileItRuns_IsInForceWithTheNextHeartbeat()
    {
        await using var presence = server.Viewer("carla", "paced");
        await presence.StartHeartbeatAsync();

        await server.Backend.SaveRoomAsync(new RoomDefinition("paced") { HeartbeatInterval = TimeSpan.FromSeconds(300), PresenceTimeout = TimeSpan.FromSeconds(600) });

        await Eventually.TrueAsync(() => presence.State.Receipt is { HeartbeatInterval.TotalSeconds: 300, PresenceTimeout.TotalSeconds: 600 }, "the new interval");
    }

    [Fact]
    public async Task Rule7And12_ViewerStateAndTwoInstances_AreOneSessionOfTheServer()
    {
        var app = new PresenceApp();
        await using var one = server.Viewer("dora", "shared", options => options.App = app);
        await using var other = server.Viewer("dora", "shared", options => options.App = app);
        await one.StartHeartbeatAsync();
        await other.StartHeartbeatAsync();
        await ExpectAsync("shared", count => count is { Count: 1, Sessions: 1, Hidden: 0 });

        one.SetViewerState(ViewerState.Hidden);
        await ExpectAsync("shared", count => count is { Hidden: 1 });
        await one.StopHeartbeatAsync();
        await ExpectAsync("shared", count => count is { Count: 1, Sessions: 1, Hidden: 0 });
        await other.StopHeartbeatAsync();

        await ExpectAsync("shared", count => count is { Count: 0 });
    }

    [Fact]
    public async Task Rule9And10_SuspendAndResume_WhilePresent_IsGoneAndBackAtOnce()
    {
        var app = new PresenceApp();
        await server.Backend.SaveRoomAsync(new RoomDefinition("aside") { HeartbeatInterval = TimeSpan.FromSeconds(300), PresenceTimeout = TimeSpan.FromSeconds(600) });
        await using var presence = server.Viewer("elsa", "aside", options => options.App = app);
        await presence.StartHeartbeatAsync();
        await ExpectAsync("aside", count => count.Count == 1);

        await app.SuspendAsync();
        await ExpectAsync("aside", count => count.Count == 0);
        app.Resume();

        await ExpectAsync("aside", count => count.Count == 1);
    }

    [Fact]
    public async Task Rule11_SwitchRoom_WhilePresent_IsInTheOtherRoomOnly()
    {
        await using var presence = server.Viewer("emma", "first");
        await presence.StartHeartbeatAsync();

        await presence.SwitchRoomAsync("second");

        await ExpectAsync("first", count => count.Count == 0);
        await ExpectAsync("second", count => count.Count == 1);
    }

    [Fact]
    public async Task Rule18And30_Removal_WhilePresent_StopsItWithItsReasonUntilItIsLifted()
    {
        await using var presence = server.Viewer("fred", "strict");
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await UntilAsync(watched, 1);

        var removal = await server.Backend.RemoveFromRoomAsync("strict", "fred", TimeSpan.FromHours(1), "spam");

        await Eventually.TrueAsync(() => presence.State.Status == PresenceStatus.Refused, "the refusal");
        var error = presence.State.Error!;
        Assert.Equal((PresenceErrorKind.Removed, "spam", removal.Until), (error.Kind, error.Reason, error.Until));
        Assert.Equal(PresenceErrorKind.Removed, (await EndAsync(watched))?.Kind);
        Assert.Equal(PresenceErrorKind.Removed, (await Assert.ThrowsAsync<PresenceException>(() => presence.GetRoomUserCountAsync())).Kind);

        await server.Backend.ReadmitToRoomAsync("strict", "fred");
        await presence.StartHeartbeatAsync();
        await ExpectAsync("strict", count => count.Count == 1);
    }

    [Fact]
    public async Task Rule18_Ban_WhilePresent_StopsItUntilItIsLifted()
    {
        await using var presence = server.Viewer("frida", "banned");
        await presence.StartHeartbeatAsync();

        await server.Backend.BanAsync("frida", TimeSpan.FromHours(1));

        await Eventually.TrueAsync(() => presence.State.Error?.Kind == PresenceErrorKind.Banned, "the ban");
        await server.Backend.LiftBanAsync("frida");
        await presence.StartHeartbeatAsync();
    }

    [Fact]
    public async Task Rule17And18_RoomIsSwitchedOffThenEnded_IsDisabledThenEnded()
    {
        await using var presence = server.Viewer("gina", "closing");
        await presence.StartHeartbeatAsync();

        var room = await server.Backend.GetRoomAsync("closing");
        room.IsEnabled = false;
        room = await server.Backend.SaveRoomAsync(room);
        await Eventually.TrueAsync(() => presence.State is { Status: PresenceStatus.Disabled, Error.Code: 400300 }, "the switch");
        await presence.StopHeartbeatAsync();
        room.IsEnabled = null;
        room.IsEnded = true;
        await server.Backend.SaveRoomAsync(room);

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        Assert.Equal((PresenceErrorKind.Ended, 499603), (error.Kind, error.Code));
    }

    [Fact]
    public async Task Rule20_Token_RevokedWhilePresent_IsRenewedOnceAndNothingIsLost()
    {
        var login = new PresenceLogin(server.Address, DashboardHost.ClientKey);
        var tokens = new List<string>();
        await using var presence = server.Viewer("hanna", "renewed", options =>
        {
            options.Token = null;
            options.GetToken = async cancellation =>
            {
                tokens.Add(await login.LogInAsync("hanna", "laptop", cancellationToken: cancellation));
                return tokens[^1];
            };
        });
        await presence.StartHeartbeatAsync();

        await server.RevokeAsync(tokens[0]);

        await Eventually.TrueAsync(() => tokens.Count == 2 && presence.State.Status == PresenceStatus.Present, "the new token");
        await ExpectAsync("renewed", count => count is { Count: 1, Sessions: 1 });
    }

    [Fact]
    public async Task Rule33And34_UserPresence_StartedAndSwitched_IsWhatTheServerSays()
    {
        await using var presence = new UserPresence(new PresenceOptions { BaseUrl = server.Address, Token = RealServerFixture.TokenOf("ida"), App = new PresenceApp() });
        await presence.StartHeartbeatAsync();
        Assert.Equal(1, presence.State.Receipt!.HeartbeatInterval.TotalSeconds);

        Assert.True(await presence.IsEnabledAsync());
        await presence.DisableAsync();
        Assert.False(await presence.IsEnabledAsync());
        await presence.EnableAsync();

        Assert.True(await presence.IsEnabledAsync());
    }

    private static async Task UntilAsync(Watched watched, int count)
    {
        while (await watched.NextAsync() != count)
        {
            // On its way there.
        }
    }

    /// <summary>The end of a watch, whatever is counted on the way there.</summary>
    private static async Task<PresenceException?> EndAsync(Watched watched)
    {
        try
        {
            while (true)
                await watched.NextAsync();
        }
        catch (PresenceException exception)
        {
            return exception;
        }
    }

    private Task ExpectAsync(string roomId, Func<RoomCount, bool> expected) =>
        Eventually.TrueAsync(async () => expected(await server.Backend.GetRoomUserCountAsync(roomId)), $"the count of {roomId}");
}
