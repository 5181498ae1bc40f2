using Presence.Client.Server;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 20 to 23 of docs/clients.md against the product.</summary>
public sealed class TokenRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    private TokenBackend Tokens => Device.Tokens;

    [Fact]
    public async Task Rule20_Token_Revoked_IsReplacedOnceAndNothingIsLost()
    {
        await Device.RoomWithTokens().StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;

        await Server.RevokeAsync(Tokens.Given[0]);
        await Device.AdvanceAsync(30);

        Assert.Equal([202, 401, 202], Network.Beats.Select(beat => beat.Status));
        Assert.Equal(Network.Beats[1].Request.Body, Network.Beats[2].Request.Body);
        Assert.Equal([Tokens.Given[0], Tokens.Given[0], Tokens.Given[1]], Network.Beats.Select(beat => beat.Request.Token));
        Assert.Equal((joinedAt, 1), ((await ViewerAsync()).JoinedAt, (await ViewerAsync()).Sessions));
    }

    [Fact]
    public async Task Rule20_Token_OverByTheServersClockAlone_IsReplaced()
    {
        Tokens.LifeSeconds = 100;
        Device.SetWallClock(-86_400);
        await Device.RoomWithTokens().StartHeartbeatAsync();
        var joinedAt = (await ViewerAsync()).JoinedAt;

        await Device.AdvanceAsync(300);

        Assert.Contains(Network.Beats, beat => beat.Status == 401);
        Assert.All(Network.Beats.Zip(Network.Beats.Skip(1)).Where(pair => pair.First.Status == 401), pair => Assert.Equal((202, pair.First.SentAt), (pair.Second.Status, pair.Second.SentAt)));
        Assert.Equal(joinedAt, (await ViewerAsync()).JoinedAt);
    }

    [Fact]
    public async Task Rule20_Token_RefusedAsIsTheNext_Stops()
    {
        for (var tokens = 0; tokens < 3; tokens++)
            Tokens.Next(() => Task.FromResult(new ViewerTokens(new string('x', 32), Server.Clock).Sign(new ViewerIdentity(Device.UserId), TimeSpan.FromMinutes(Tokens.Given.Count + 5))));
        var presence = Device.RoomWithTokens();

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        await Device.AdvanceAsync(600);

        Assert.Equal((PresenceErrorKind.Unauthorized, PresenceStatus.Refused), (error.Kind, presence.State.Status));
        Assert.Equal([401, 401], Network.Sent.Select(passage => passage.Status));
        Assert.Equal(2, Tokens.Given.Count);
    }

    [Fact]
    public async Task Rule20_Token_RevokedAndNowhereToAsk_Stops()
    {
        var token = Server.TokenOf(Device.UserId);
        var presence = Device.Room(options => options.Token = token);
        await presence.StartHeartbeatAsync();

        await Server.RevokeAsync(token);
        await Device.AdvanceAsync(600);

        Assert.Equal((PresenceStatus.Refused, PresenceErrorKind.Unauthorized), (presence.State.Status, presence.State.Error!.Kind));
        Assert.Equal([202, 401], Network.Beats.Select(beat => beat.Status));
    }

    [Fact]
    public async Task Rule20_Requests_RefusedAtOnce_ShareTheNewToken()
    {
        var presence = Device.RoomWithTokens();
        await presence.StartHeartbeatAsync();
        await Server.RevokeAsync(Tokens.Given[0]);
        var given = new TaskCompletionSource();
        Tokens.Next(async () =>
        {
            await given.Task;
            return Server.TokenOf(Device.UserId);
        });

        var reads = Task.WhenAll(presence.GetRoomUserCountAsync(), presence.GetRoomUserCountAsync());
        await Device.UntilAsync(() => Network.Counts.Count(read => read.Status == 401) == 2, "two refusals");
        given.SetResult();

        var counts = await reads;
        Assert.Equal([1, 1], counts);
        Assert.Equal(2, Tokens.Given.Count);
    }

    [Fact]
    public async Task Rule21_Token_At80PercentOfItsLife_IsRenewedAndTheServerNeverRefusesOne()
    {
        await Server.Backend.SaveRoomAsync(new RoomDefinition(RoomId) { HeartbeatInterval = TimeSpan.FromSeconds(10), PresenceTimeout = TimeSpan.FromSeconds(60) });
        Tokens.LifeSeconds = 100;
        await Device.RoomWithTokens().StartHeartbeatAsync();

        await Device.AdvanceAsync(400);

        Assert.All(Network.Beats, beat => Assert.Equal(202, beat.Status));
        Assert.All(Tokens.AskedAt.Zip(Tokens.AskedAt.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 80, 90));
        Assert.Equal(5, Tokens.Given.Count);
    }

    [Fact]
    public async Task Rule21_Token_OverAfterSleep_IsReplacedBeforeUse()
    {
        Tokens.LifeSeconds = 100;
        await Device.RoomWithTokens().StartHeartbeatAsync();

        var given = new TaskCompletionSource();
        Tokens.Next(async () =>
        {
            await given.Task;
            return Server.TokenOf(Device.UserId);
        });

        await Device.SleepAsync(400);
        await Device.AdvanceAsync(5);
        Assert.Single(Network.Beats);
        given.SetResult();
        await Device.UntilAsync(() => Network.Beats.Count == 2, "the heartbeat with another token");
        await Network.SettleAsync();

        Assert.Equal([202, 202], Network.Beats.Select(beat => beat.Status));
        Assert.Equal(Tokens.Given, Network.Beats.Select(beat => beat.Request.Token));
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule21_Token_OverWhenItIsNew_IsLeftToTheServerToJudge()
    {
        Device.SetWallClock(2 * 86_400); // the device's clock is ahead by more than a token's life
        await Device.RoomWithTokens().StartHeartbeatAsync();

        await Device.AdvanceAsync(300);

        Assert.Single(Tokens.Given);
        Assert.All(Network.Beats, beat => Assert.Equal(202, beat.Status));
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule22_Token_CannotBeHad_IsAFailedAttempt()
    {
        Tokens.Next(() => throw new InvalidOperationException("backend down"));
        var presence = Device.RoomWithTokens();
        var started = presence.StartHeartbeatAsync();
        await Network.SettleAsync();
        Assert.Equal((PresenceStatus.Retrying, PresenceErrorKind.Unavailable), (presence.State.Status, presence.State.Error!.Kind));
        Assert.Empty(Network.Sent);

        await Device.AdvanceAsync(0.5);

        await started;
        Assert.Equal(1, (await CountAsync()).Count);
    }

    [Fact]
    public async Task Rule23_Token_InWhateverIsSent_StandsInTheHeaderOrABeaconsBody()
    {
        var token = Server.TokenOf(Device.UserId);
        var presence = Device.Room(options => options.Token = token);
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 1);
        await presence.GetRoomOnlineUsersAsync();
        await Device.App.SuspendAsync();
        Device.App.Resume();
        await Network.SettleAsync();
        await presence.StopHeartbeatAsync();
        await Network.SettleAsync();

        Assert.True(Network.Sent.Count > 5);
        Assert.All(Network.Sent, passage =>
        {
            var request = passage.Request;
            Assert.DoesNotContain(token[..20], request.Path, StringComparison.Ordinal);
            Assert.Equal(request.IsBeacon ? "" : token, request.Token);
            Assert.Equal(request.IsBeacon, request.Body?.Contains(token, StringComparison.Ordinal) == true);
            Assert.InRange(passage.Status!.Value, 200, 204);
        });
    }

    [Fact]
    public async Task Rule23_Cookies_GivenBesideTheServer_AreNotBroughtBack()
    {
        var presence = new RoomPresence(new RoomPresenceOptions
        {
            BaseUrl = Server.Address,
            RoomId = RoomId,
            Token = Server.TokenOf(Device.UserId),
            App = Device.App,
            TimeProvider = Device.Clock,
        });

        await presence.StartHeartbeatAsync(); // over connections of its own making
        Assert.Equal(1, await presence.GetRoomUserCountAsync());
        await presence.StopHeartbeatAsync();

        Assert.Equal(0, Server.CookiesBroughtBack);
    }
}
