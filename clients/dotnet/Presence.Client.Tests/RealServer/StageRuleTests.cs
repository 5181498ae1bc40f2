using Presence.Client.Tests.Support;
using Presence.Engine.Stage;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 38 and 39 of docs/clients.md against the product.</summary>
public sealed class StageRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule38_AcceptAsync_InvitationOfAHost_IsHeardWithTheNextHeartbeatAndSeenByTheHost()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        await Server.InviteAsync(RoomId, Device.UserId);
        Assert.Null(presence.Invitation);

        await Device.AdvanceAsync(30);
        Assert.Equal("pending", presence.Invitation!.Status);
        await presence.AcceptAsync();

        Assert.Equal(InvitationStatus.Accepted, Server.InvitationIn(RoomId));
        await presence.StopHeartbeatAsync();
        Assert.Null(presence.Invitation);
        Assert.Equal(InvitationStatus.Cancelled, Server.InvitationIn(RoomId)); // who leaves is off the stage
    }

    [Fact]
    public async Task Rule38_InvitationChanged_WhileTheCountIsWatched_IsHeardAtOnce()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 1);
        var due = presence.State.NextHeartbeatAt;

        await Server.InviteAsync(RoomId, Device.UserId);
        await Device.UntilAsync(() => presence.Invitation is not null, "the invitation");

        Assert.Equal("pending", presence.Invitation!.Status);
        Assert.True(Device.Now < due);
    }

    [Fact]
    public async Task Rule39_RaiseHand_AndLower_AreSeenByTheHost()
    {
        var presence = Device.Room();
        await presence.StartHeartbeatAsync();

        presence.RaiseHand();
        await Device.UntilAsync(() => presence.IsHandRaised, "the hand");
        Assert.Equal(1, await Server.HandsAsync(RoomId));

        presence.LowerHand();
        await Device.UntilAsync(() => !presence.IsHandRaised, "no hand");
        Assert.Equal(0, await Server.HandsAsync(RoomId));
    }
}
