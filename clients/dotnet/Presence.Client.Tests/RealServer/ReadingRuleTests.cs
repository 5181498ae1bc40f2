using Presence.Client.Server;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 24, 25, 29 and 30 of docs/clients.md against the product.</summary>
public sealed class ReadingRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule24_ReadingAndWatching_ForFiveMinutes_CountNobody(bool streams)
    {
        var presence = Device.Room(options => options.ReadsStreams = streams);
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 0);

        Assert.Equal(0, await presence.GetRoomUserCountAsync());
        Assert.Empty(await presence.GetRoomOnlineUsersAsync());
        await Device.AdvanceAsync(300);

        Assert.Empty(Network.Beats);
        Assert.Equal((0, 0), ((await CountAsync()).Count, (await CountAsync()).Sessions));
        Assert.Empty(await Server.ViewersAsync(RoomId));
    }

    [Fact]
    public async Task Rule25_Read_CannotBeSentTwice_IsTriedAThirdTime()
    {
        await JoinAsync("berta", "carla");
        Network.Refuse(request => request.IsCount, times: 2);

        var count = Device.Room().GetRoomUserCountAsync();
        await Device.AdvanceAsync(0.5 + 1);

        Assert.Equal(2, await count);
        Assert.Equal([null, null, 200], Network.Counts.Select(read => read.Status));
    }

    [Fact]
    public async Task Rule25_Read_CannotBeSentThreeTimes_IsGivenUp()
    {
        Network.Refuse(request => request.IsCount, times: 3);

        var count = Device.Room().GetRoomUserCountAsync();
        await Device.AdvanceAsync(60);

        Assert.Equal(PresenceErrorKind.Unavailable, (await Assert.ThrowsAsync<PresenceException>(() => count)).Kind);
        Assert.Equal(3, Network.Sent.Count);
    }

    [Fact]
    public async Task Rule25_Read_OfSomebodyRemoved_IsRefusedOnce()
    {
        var removal = await Server.Backend.RemoveFromRoomAsync(RoomId, Device.UserId, TimeSpan.FromHours(1), "spam");

        var error = await Assert.ThrowsAsync<PresenceException>(() => Device.Room().GetRoomOnlineUsersAsync());

        Assert.Equal((PresenceErrorKind.Removed, removal.Until, "spam"), (error.Kind, error.Until, error.Reason));
        Assert.Single(Network.Sent);
    }

    [Fact]
    public async Task Rule29_Watch_WhileHidden_HasNoStreamAndIsRightWhenItIsBack()
    {
        await using var watched = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);
        Assert.Equal(1, Server.OpenStreams);

        Device.App.SetHidden(true);
        await Device.UntilAsync(() => Server.OpenStreams == 0, "the end of the stream");
        await Device.AdvanceAsync(120);
        Assert.Single(Network.Sent);
        await JoinAsync("berta", "carla");
        Device.App.SetHidden(false);

        await Device.HearsAsync(watched, 2);
        Assert.Equal(2, Network.Streams.Count);
    }

    [Fact]
    public async Task Rule30_Watch_WhilePresenceIsOff_AsksLessAndLessOftenAndIsTold()
    {
        var presence = Device.Room();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 0);
        var room = await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { IsEnabled = false });
        await Device.UntilAsync(() => watched.Troubles.Count > 0, "the trouble");
        await Device.AdvanceAsync(240);

        Assert.All(watched.Troubles, trouble => Assert.Equal((PresenceErrorKind.Disabled, 400300), (trouble.Kind, trouble.Code)));
        var asked = Network.Streams.Skip(1).ToArray();
        Assert.Equal([57, 114], asked.Zip(asked.Skip(1)).Select(pair => Math.Round((pair.Second.SentAt - pair.First.SentAt).TotalSeconds)));
        room.IsEnabled = null;
        await Server.Backend.SaveRoomAsync(room);
        await JoinAsync("berta");
        presence.Resume();

        await Device.HearsAsync(watched, 1);
    }

    [Fact]
    public async Task Rule30_Watch_OfSomebodyRemoved_EndsWithTheReason()
    {
        await using var watched = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);

        await Server.Backend.RemoveFromRoomAsync(RoomId, Device.UserId, TimeSpan.FromHours(1), "spam");

        var error = await Device.EndAsync(watched);
        Assert.Equal((PresenceErrorKind.Removed, "spam", true), (error?.Kind, error?.Reason, error?.IsFinal));
        var asked = Network.Sent.Count;
        await Device.AdvanceAsync(300);
        Assert.Equal(asked, Network.Sent.Count);
    }
}
