using System.Runtime.CompilerServices;
using Presence.Client.Server;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 31 to 34 of docs/clients.md against the product.</summary>
public sealed class MannersRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule31_ABadDay_NobodyListens_NothingIsHeardOfItAndTheViewerIsBack()
    {
        var unobserved = new List<string>();
        void Hear(object? sender, UnobservedTaskExceptionEventArgs fault) => unobserved.Add($"{fault.Exception}");
        TaskScheduler.UnobservedTaskException += Hear;
        try
        {
            await HaveABadDayAsync();
            for (var round = 0; round < 3; round++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Hear;
        }

        Assert.DoesNotContain(unobserved, fault => fault.Contains("Presence.Client", StringComparison.Ordinal));
        Assert.Equal((1, 1), ((await CountAsync()).Count, (await ViewerAsync()).Sessions));
    }

    [Fact]
    public async Task Rule31_Listener_ThatFails_LosesNoViewer()
    {
        var reported = new List<Exception>();
        var presence = Device.Room(options => options.ListenerFailed = reported.Add);
        presence.StateChanged += (_, _) => throw new InvalidOperationException("a listener's own");
        await presence.StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;

        await Device.AdvanceAsync(120);

        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
        Assert.Equal(Network.Beats.Count + 1, reported.Count);
    }

    [Fact]
    public async Task Rule32_Stop_OfEverything_LeavesNothingHereOrThere()
    {
        var presence = Device.Room();
        var user = Device.User();
        await presence.StartHeartbeatAsync();
        await user.StartHeartbeatAsync();
        var watched = new Watched(presence);
        await Device.HearsAsync(watched, 1);

        await watched.DisposeAsync();
        await presence.StopHeartbeatAsync();
        await user.DisposeAsync();
        await Device.UntilAsync(() => Server.OpenStreams == 0 && Device.Clock.Timers == 0, "the end of the stream");
        var sent = Network.Sent.Count;

        Assert.Equal((0, 0), (Device.Clock.Timers, Device.App.Listeners));
        Assert.Equal(0, (await CountAsync()).Sessions);
        Assert.All(Network.Responses, wire => Assert.True(wire.IsClosed));
        await Device.AdvanceAsync(120);
        Assert.Equal(sent, Network.Sent.Count);
    }

    [Fact]
    public async Task Rule33_UserPresence_PacedByTheSettings_IsOnlineUntilTheTimeoutAfterItsLastHeartbeat()
    {
        var before = (await Server.Backend.GetSettingsAsync()).HeartbeatInterval;
        var presence = Device.User();
        await presence.StartHeartbeatAsync();
        Assert.NotNull(await LastHeartbeatAsync());
        try
        {
            await Server.ChangeAsync(settings => settings.HeartbeatInterval = TimeSpan.FromSeconds(20));
            await Device.AdvanceAsync(28.5 + 19 + 19);
        }
        finally
        {
            await Server.ChangeAsync(settings => settings.HeartbeatInterval = before);
        }

        Assert.Equal([28.5, 19, 19], Network.Beats.Zip(Network.Beats.Skip(1), (one, next) => (next.SentAt - one.AnsweredAt!.Value).TotalSeconds));
        await presence.StopHeartbeatAsync();
        await Device.AdvanceAsync(58);
        Assert.NotNull(await LastHeartbeatAsync());
        await Device.AdvanceAsync(3);
        Assert.Null(await LastHeartbeatAsync());
        Assert.All(Network.Sent, passage => Assert.Contains(passage.Request.Path, new[] { "/api/v1/presence/heartbeat", "/api/v1/presence/settings" }));
    }

    [Fact]
    public async Task Rule34_Switch_OfTheUser_IsApartFromTheHeartbeat()
    {
        var presence = Device.User();
        await presence.StartHeartbeatAsync();
        var online = await OnlineAsync();
        Assert.True(await presence.IsEnabledAsync());

        await presence.DisableAsync();
        Assert.False(await presence.IsEnabledAsync());
        Assert.Null(await LastHeartbeatAsync());
        Assert.Equal(online, await OnlineAsync());
        await Device.AdvanceAsync(120);
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
        await presence.EnableAsync();

        Assert.True(await presence.IsEnabledAsync());
        Assert.NotNull(await LastHeartbeatAsync());
    }

    /// <summary>Whatever can happen, in a method of its own, so that nothing of it is on the stack when it is collected.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task HaveABadDayAsync()
    {
        var presence = Device.RoomWithTokens();
        _ = presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        Network.Refuse(_ => true, times: 20);
        await Device.AdvanceAsync(60);
        Network.LoseAnswer(_ => true);
        Network.BreakAnswer(_ => true);
        Network.Answer(_ => true, () => TroubledNetwork.Page(System.Net.HttpStatusCode.BadGateway), times: 5);
        await Device.AdvanceAsync(60);
        Network.Lose(_ => true, times: 20);
        await Device.AdvanceAsync(60);
        Device.Tokens.Next(() => throw new InvalidOperationException("backend down"));
        if (Device.Tokens.Given.Count > 0)
            await Server.RevokeAsync(Device.Tokens.Given[^1]);
        await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { IsEnabled = false });
        await Device.AdvanceAsync(60);
        _ = Device.App.SuspendAsync();
        Device.App.Resume();
        Network.Heal();
        await Server.Backend.ForgetRoomAsync(RoomId);
        await Device.AdvanceAsync(120);
    }

    private async Task<string?> LastHeartbeatAsync() =>
        (string?)(await Server.ReadAsync($"/api/v1/presence/users/list?userIds={Device.UserId}"))["presences"]![0]!["lastHeartbeat"];

    private async Task<int> OnlineAsync() => (int)(await Server.ReadAsync("/api/v1/presence/network/users/count"))["count"]!;
}
