using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 20 to 23 of docs/clients.md.</summary>
public sealed class TokenTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule20_Heartbeat_TokenRefused_IsSentAgainWithAnotherOnce()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(401, 400100));
        var (presence, tokens) = Room(3600);

        await presence.StartHeartbeatAsync();

        Assert.Equal(2, tokens.Asked);
        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Equal(_world.Server.Beats[0].Body, _world.Server.Beats[1].Body);
        Assert.NotEqual(_world.Server.Beats[0].Token, _world.Server.Beats[1].Token);
    }

    [Fact]
    public async Task Rule20_Heartbeat_EveryTokenRefused_Stops()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(401, 400100), times: 99);
        var (presence, tokens) = Room(3600);

        Assert.Equal(PresenceErrorKind.Unauthorized, (await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync())).Kind);
        _world.Advance(3600);

        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Equal(2, tokens.Asked);
    }

    [Fact]
    public async Task Rule20_Heartbeat_TokenRefusedAndNowhereToAsk_Stops()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(401, 400100), times: 99);

        Assert.Equal(PresenceErrorKind.Unauthorized, (await Assert.ThrowsAsync<PresenceException>(() => _world.Room().StartHeartbeatAsync())).Kind);

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule20_Heartbeat_SameTokenGivenAgain_IsNotSentTwice()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(401, 400100), times: 99);
        var presence = _world.Room(options => options.GetToken = _ => Task.FromResult(World.TokenOf("anna")));

        await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule20_Requests_RefusedAtOnce_ShareTheNewToken()
    {
        var (presence, tokens) = Room(3600);
        await presence.StartHeartbeatAsync();
        _world.Server.Answer(request => request.IsCount, () => FakeServer.Refusal(401, 400100), times: 2);
        var given = new TaskCompletionSource<string>();
        tokens.Next(() => given.Task);

        var reads = Task.WhenAll(presence.GetRoomUserCountAsync(), presence.GetRoomUserCountAsync());
        given.SetResult(World.TokenOf("anna", "new"));
        await reads;

        Assert.Equal(2, tokens.Asked);
    }

    [Fact]
    public async Task Rule20_Request_RefusedAfterAnotherRenewed_TakesTheNewToken()
    {
        var (presence, tokens) = Room(3600);
        await presence.StartHeartbeatAsync();
        var late = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsCount, _ => late.Task);
        _world.Server.Answer(request => request.IsCount, () => FakeServer.Refusal(401, 400100));
        var first = presence.GetRoomUserCountAsync();
        await presence.GetRoomUserCountAsync();

        late.SetResult(FakeServer.Refusal(401, 400100));
        await first;

        Assert.Equal(2, tokens.Asked);
    }

    [Fact]
    public async Task Rule21_Token_At80PercentOfItsLife_IsRenewedBesideTheHeartbeat()
    {
        _world.Server.Next = _world.Server.Interval = 10;
        var (presence, tokens) = Room(100);
        await presence.StartHeartbeatAsync();

        _world.Advance(79);
        Assert.Equal(1, tokens.Asked);
        tokens.Next(() => new TaskCompletionSource<string>().Task); // so slow that it never comes
        _world.Advance(1);

        Assert.Equal(2, tokens.Asked);
        Assert.Equal(9, _world.Server.Beats.Count); // not delayed
        _world.Advance(20);
        Assert.Equal(3, tokens.Asked); // the attempt before was given up
        Assert.NotEqual(_world.Server.Beats[0].Token, _world.Server.Beats[^1].Token);
    }

    [Fact]
    public async Task Rule21_Token_OverAfterSleep_IsReplacedBeforeUse()
    {
        var (presence, tokens) = Room(100);
        await presence.StartHeartbeatAsync();
        var given = new TaskCompletionSource<string>();
        tokens.Next(() => given.Task);

        _world.Sleep(1_000_000);
        _world.Advance(5);
        Assert.Single(_world.Server.Beats);
        given.SetResult(World.TokenOf("anna", "late"));

        Assert.Equal(World.TokenOf("anna", "late"), _world.Server.Beats[1].Token);
    }

    [Fact]
    public async Task Rule21_Token_OverWhenItIsNew_IsUsedAllTheSame()
    {
        var (presence, tokens) = Room(-86_400); // this device's clock is a day ahead
        await presence.StartHeartbeatAsync();

        _world.Advance(600);

        Assert.Equal(1, tokens.Asked);
        Assert.True(_world.Server.Beats.Count > 20);
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.b.c")]
    [InlineData("a.WzFd.c")] // an array
    public async Task Rule21_Token_WithoutAReadablePayload_IsUsedAsItIs(string token)
    {
        await _world.Room(options => options.Token = token).StartHeartbeatAsync();

        Assert.Equal(token, _world.Server.Beats[0].Token);
    }

    [Fact]
    public async Task Rule22_GetToken_Fails_IsAFailedAttempt()
    {
        var (presence, tokens) = Room(3600);
        var cause = new InvalidOperationException("backend down");
        tokens.Next(() => throw cause);
        var started = presence.StartHeartbeatAsync();
        Assert.Equal((PresenceStatus.Retrying, PresenceErrorKind.Unavailable), (presence.State.Status, presence.State.Error!.Kind));
        Assert.Same(cause, presence.State.Error.InnerException);

        _world.Advance(1);

        await started;
        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule22_GetToken_AnswersNothing_Stops()
    {
        var presence = _world.Room(options =>
        {
            options.Token = null;
            options.GetToken = _ => Task.FromResult("");
        });

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());

        Assert.Equal((PresenceErrorKind.Unauthorized, "GetToken returned no token."), (error.Kind, error.Message));
    }

    [Fact]
    public async Task Rule22_StartHeartbeat_WithoutTokenAndGetToken_SaysWhatIsMissing()
    {
        var presence = _world.Room(options => options.Token = null);

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());

        Assert.StartsWith("Set Token or GetToken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule23_Requests_OfEveryKind_CarryTheTokenInTheHeaderAlone()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        var (watched, stream) = Watched.Of(_world, presence);
        stream.Event("snapshot", 1);
        await presence.GetRoomUserCountAsync();
        await watched.DisposeAsync();
        await presence.StopHeartbeatAsync();

        Assert.Equal(4, _world.Server.Requests.Count);
        Assert.All(_world.Server.Requests, request =>
        {
            Assert.Equal(World.TokenOf("anna"), request.Token);
            Assert.DoesNotContain(World.TokenOf("anna")[..10], request.Path, StringComparison.Ordinal);
            Assert.False(request.Message.Headers.Contains("Cookie"));
        });
    }

    private (RoomPresence Presence, Tokens Tokens) Room(double lifeSeconds)
    {
        var tokens = new Tokens(_world, lifeSeconds);
        return (_world.Room(options =>
        {
            options.Token = null;
            options.GetToken = tokens.GetAsync;
        }), tokens);
    }
}
