using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>A server that stops and starts again on the same data, while its clients run on.</summary>
public sealed class RestartRuleTests
{
    [Fact]
    public async Task Rule14And27_Server_StoppedAndStartedAgain_IsTriedEverMoreRarelyAndLosesNobody()
    {
        await using var server = new ScriptedServer();
        await server.InitializeAsync();
        using var device = new Device(server);
        var presence = device.Room();
        var waits = new List<double>();
        presence.StateChanged += (_, change) =>
        {
            if (change.State.Status == PresenceStatus.Retrying)
                waits.Add((change.State.NextHeartbeatAt - device.Now)!.Value.TotalSeconds);
        };
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await device.HearsAsync(watched, 1);
        await device.AdvanceAsync(2);
        var joinedAt = Assert.Single(await server.ViewersAsync(device.RoomId)).JoinedAt;

        await server.StopAsync();
        await device.AdvanceAsync(35);
        Assert.Equal([0.5, 1, 2], waits.Take(3));
        await server.StartAgainAsync();
        await device.AdvanceAsync(presence.State.NextHeartbeatAt!.Value - device.Now);
        await device.UntilAsync(() => presence.State.Status == PresenceStatus.Present, "the return");

        var viewer = Assert.Single(await server.ViewersAsync(device.RoomId));
        Assert.Equal((device.UserId, joinedAt, 1), (viewer.UserId, viewer.JoinedAt, viewer.Sessions));
        await server.Backend.SendHeartbeatsAsync([new Client.Server.UserHeartbeat(device.RoomId, "berta")]);
        await device.AdvanceAsync(31); // the stream failed three times, so the count is asked for
        await device.HearsAsync(watched, 2);

        waits.Clear();
        device.Network.Refuse(request => request.IsBeat);
        await device.AdvanceAsync(31);
        Assert.Equal([0.5], waits); // the row began anew
    }
}
