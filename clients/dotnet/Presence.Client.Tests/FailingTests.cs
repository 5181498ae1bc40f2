using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 14 to 19 of docs/clients.md.</summary>
public sealed class FailingTests
{
    private readonly World _world = new();

    public static TheoryData<string, int, string> NotOfTheServer => new()
    {
        { "500 of the server", 500, """{"status":"error","code":500000,"message":"ours"}""" },
        { "503 while it restores", 503, """{"status":"error","code":499503,"message":"restoring"}""" },
        { "a proxy's 404", 404, "<html>" },
        { "a proxy's 403 in JSON", 403, """{"error":"forbidden"}""" },
        { "a redirect", 302, "" },
        { "a sign-in page", 200, "<html>" },
        { "nothing at all", 202, "null" },
        { "an acceptance without a pace", 202, """{"success":true}""" },
        { "a pace without sense", 202, """{"nextHeartbeatInSeconds":-1}""" },
    };

    [Fact]
    public void Rule14_Heartbeat_ServerUnreachable_IsTriedAfterARandomPartOfEverMore()
    {
        _world.Jitter = 0.75;

        Assert.Equal([0.75, 1.5, 3, 6, 12, 22.5, 22.5], WaitsAfter(7));
    }

    [Fact]
    public void Rule14_Heartbeat_RandomPartIsNothing_IsTriedAtOnce()
    {
        _world.Jitter = 0;

        Assert.Equal([0, 0, 0], WaitsAfter(3));
    }

    [Fact]
    public async Task Rule14_Heartbeat_ShortInterval_IsTriedAtLeastAsOften()
    {
        _world.Jitter = 0.999;
        _world.Server.Interval = _world.Server.Next = 2;
        await _world.Room().StartHeartbeatAsync();
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable, times: 50);

        _world.Advance(20);

        Assert.True(_world.Server.Beats.Count > 9, $"{_world.Server.Beats.Count} beats");
    }

    [Fact]
    public async Task Rule14_Heartbeat_AcceptedAfterFailures_StartsTheRowAnew()
    {
        var presence = _world.Room();
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable, times: 4);
        var started = presence.StartHeartbeatAsync();
        _world.Advance(60);
        await started;
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable);

        _world.Clock.Advance((presence.State.NextHeartbeatAt - _world.Now)!.Value);

        Assert.Equal(PresenceStatus.Retrying, presence.State.Status);
        Assert.Equal(TimeSpan.FromSeconds(0.5), presence.State.NextHeartbeatAt - _world.Now);
    }

    [Fact]
    public void Rule14_Heartbeat_NoAnswerWithinTenSeconds_IsGivenUp()
    {
        _world.Server.Swallow(request => request.IsBeat);
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        _world.Advance(9.999);
        Assert.Equal(PresenceStatus.Starting, presence.State.Status);
        _world.Advance(0.001);

        Assert.Equal(PresenceStatus.Retrying, presence.State.Status);
        Assert.Equal((PresenceErrorKind.Unavailable, "No reply within 10 s."), (presence.State.Error!.Kind, presence.State.Error.Message));
        Assert.True(_world.Server.Beats[0].Cancelled.IsCancellationRequested);
    }

    [Fact]
    public void Rule14_Heartbeat_HandlerDeafToItsToken_IsGivenUpAllTheSame()
    {
        _world.Server.Answer(request => request.IsBeat, _ => new TaskCompletionSource<HttpResponseMessage>().Task);
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        _world.Advance(10);

        Assert.Equal(PresenceStatus.Retrying, presence.State.Status);
    }

    [Theory]
    [MemberData(nameof(NotOfTheServer))]
    public async Task Rule14_Heartbeat_AnswerNotTheServers_IsTriedAgain(string what, int status, string body)
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Json(status, body));
        var presence = _world.Room();
        var started = presence.StartHeartbeatAsync();
        Assert.True(presence.State.Status == PresenceStatus.Retrying, what);
        Assert.Equal((PresenceErrorKind.Unavailable, false), (presence.State.Error!.Kind, presence.State.Error.IsFinal));

        _world.Advance(1);

        await started;
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
        Assert.Null(presence.State.Error);
    }

    [Fact]
    public void Rule15_Heartbeat_RefusedWithRetryAfter_WaitsThatAndTheRandomPart()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(429, 400311, retryAfter: "7"));
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        Assert.Equal((PresenceErrorKind.Limited, TimeSpan.FromSeconds(7)), (presence.State.Error!.Kind, presence.State.Error.RetryAfter));
        _world.Advance(7.499);
        Assert.Single(_world.Server.Beats);
        _world.Advance(0.001);
        Assert.Equal(2, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule15_ViewerState_ChangedWhileTheRefusedHeartbeatIsUnderWay_DoesNotCutTheWaitShort()
    {
        await _world.Room().StartHeartbeatAsync();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsBeat, _ => answer.Task);
        _world.Advance(28.08);

        _world.App.SetHidden(true);
        answer.SetResult(FakeServer.Refusal(429, 400311, retryAfter: "7"));
        _world.Advance(7.499);
        Assert.Equal(2, _world.Server.Beats.Count);
        _world.Advance(0.001);

        Assert.Equal("hidden", (string?)_world.Server.Beats[2].Json["state"]);
    }

    [Fact]
    public void Rule15_Heartbeat_RetryAfterIsADate_WaitsForIt()
    {
        var at = _world.Now + TimeSpan.FromSeconds(20);
        _world.Server.Answer(request => request.IsBeat, () =>
        {
            var response = FakeServer.Json(503, "");
            response.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(at);
            return response;
        });
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        Assert.Equal(TimeSpan.FromSeconds(20), presence.State.Error!.RetryAfter);
    }

    [Fact]
    public void Rule15_Heartbeat_RetryAfterBeyondAnyTimer_IsNotTriedAtOnce()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(503, 499503, retryAfter: "2000000000"));
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        _world.Advance(3600);

        Assert.Equal(PresenceStatus.Retrying, presence.State.Status);
        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public async Task Rule16_Heartbeat_WhileOffline_IsTriedOnceAMinuteAtMost()
    {
        _world.Jitter = 0;
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        _world.App.SetOnline(false);
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable, times: 99);

        _world.Advance(28.08 + 240);

        Assert.Equal((PresenceStatus.Offline, PresenceErrorKind.Unavailable), (presence.State.Status, presence.State.Error!.Kind));
        Assert.Equal(1 + 1 + 4, _world.Server.Beats.Count);
    }

    [Fact]
    public async Task Rule16_Network_BackAgain_IsPresentAtOnce()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        _world.App.SetOnline(false);
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable);
        _world.Advance(30);
        Assert.Equal(PresenceStatus.Offline, presence.State.Status);

        _world.App.SetOnline(true);

        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }

    [Fact]
    public async Task Rule16_Network_SaidToBeBackWhilePresent_SendsNothingMore()
    {
        await _world.Room().StartHeartbeatAsync();

        _world.App.SetOnline(true);

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public void Rule16_Heartbeat_OfflineButTheServerIsThisDevice_IsTriedAsEver()
    {
        _world.App.SetOnline(false);
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable);
        var presence = _world.Room(options => options.BaseUrl = new Uri("http://localhost:5080"));
        _ = presence.StartHeartbeatAsync();

        _world.Advance(1);

        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }

    [Fact]
    public async Task Rule17_Heartbeat_WhilePresenceIsOff_AsksLessAndLessOftenAndComesBack()
    {
        _world.Jitter = 0;
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300), times: 7);
        var presence = _world.Room();

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        Assert.Equal((PresenceErrorKind.Disabled, 400300, false), (error.Kind, error.Code, error.IsFinal));
        Assert.Equal((PresenceStatus.Disabled, "code 400300"), (presence.State.Status, presence.State.Error!.Message));
        foreach (var (attempts, minutes) in new[] { (2, 1), (3, 2), (4, 4), (5, 8), (6, 15), (7, 15) })
        {
            _world.Advance((minutes * 60) - 0.001);
            Assert.Equal(attempts - 1, _world.Server.Beats.Count);
            _world.Advance(0.001);
            Assert.Equal(attempts, _world.Server.Beats.Count);
        }
        _world.Advance(900);

        Assert.Equal(PresenceStatus.Present, presence.State.Status);
        Assert.Null(presence.State.Error);
    }

    [Fact]
    public void Rule17_Heartbeat_OffOnceMore_BeginsWithAMinuteAgain()
    {
        _world.Jitter = 0;
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300), times: 3);
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();
        _world.Advance(420);
        Assert.Equal(PresenceStatus.Present, presence.State.Status);

        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        _world.Advance(28.08);

        Assert.Equal(60, (presence.State.NextHeartbeatAt - _world.Now)!.Value.TotalSeconds, 0.1);
    }

    [Fact]
    public void Rule17_Resume_WhilePresenceIsOff_AsksAtOnceAndBeginsWithAMinuteAgain()
    {
        _world.Jitter = 0;
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300), times: 5);
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();
        _world.Advance(420);
        Assert.Equal(4, _world.Server.Beats.Count);

        presence.Resume();
        Assert.Equal(5, _world.Server.Beats.Count);
        _world.Advance(60);

        Assert.Equal((6, PresenceStatus.Present), (_world.Server.Beats.Count, presence.State.Status));
    }

    [Fact]
    public void Rule17_Resume_OfOneThatFollows_AsksTheOneThatSends()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        var (first, second) = (_world.Room(), _world.Room());
        _ = first.StartHeartbeatAsync();
        _ = second.StartHeartbeatAsync();

        second.Resume();

        Assert.Equal((PresenceStatus.Present, PresenceStatus.Present, 2), (first.State.Status, second.State.Status, _world.Server.Beats.Count));
    }

    [Fact]
    public async Task Rule17_Resume_WhilePresent_SendsNothing()
    {
        var presence = _world.Room();
        presence.Resume();
        await presence.StartHeartbeatAsync();

        presence.Resume();

        Assert.Single(_world.Server.Beats);
    }

    [Fact]
    public void Rule17_Heartbeat_WhilePresenceIsOff_AsksUpToATenthEarly()
    {
        _world.Jitter = 0.999;
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        Assert.InRange((presence.State.NextHeartbeatAt - _world.Now)!.Value.TotalSeconds, 54, 54.1);
    }

    [Fact]
    public async Task Rule17_StopHeartbeat_WhilePresenceIsOff_HasNothingToLeave()
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(403, 400300));
        var presence = _world.Room();
        _ = presence.StartHeartbeatAsync();

        await presence.StopHeartbeatAsync();

        Assert.Empty(_world.Server.Leaves);
    }

    [Theory]
    [InlineData(403, 499601, PresenceErrorKind.Removed)]
    [InlineData(403, 400312, PresenceErrorKind.Banned)]
    [InlineData(409, 499603, PresenceErrorKind.Ended)]
    public async Task Rule18_Heartbeat_RemovedBannedOrEnded_StopsWithATypedErrorAndBeginsAgainWhenTold(int status, int code, PresenceErrorKind kind)
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        var data = kind == PresenceErrorKind.Ended ? null : """{"until":"2026-11-22T20:00:00.000Z","reason":"spam"}""";
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(status, code, data));

        _world.Advance(3600);

        var error = presence.State.Error!;
        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Equal((PresenceStatus.Refused, kind, code, status, true), (presence.State.Status, error.Kind, error.Code, error.Status, error.IsFinal));
        Assert.Equal(data is null ? (null, null) : (new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero), "spam"), (error.Until, error.Reason));
        Assert.Equal(0, _world.Clock.Timers);

        await presence.StartHeartbeatAsync();
        Assert.Equal(PresenceStatus.Present, presence.State.Status);
    }

    [Theory]
    [InlineData(422, 400000)]
    [InlineData(403, 400301)]
    [InlineData(404, 400400)]
    [InlineData(415, 499415)]
    public async Task Rule19_Heartbeat_RefusedWithAnotherCode_Stops(int status, int code)
    {
        _world.Server.Answer(request => request.IsBeat, () => FakeServer.Refusal(status, code));
        var presence = _world.Room();

        var error = await Assert.ThrowsAsync<PresenceException>(() => presence.StartHeartbeatAsync());
        _world.Advance(3600);

        Assert.Equal((PresenceErrorKind.Refused, code, $"code {code}"), (error.Kind, error.Code, error.Message));
        Assert.Equal(PresenceStatus.Refused, presence.State.Status);
        Assert.Single(_world.Server.Beats);
        Assert.Empty(_world.Server.Leaves);
    }

    /// <summary>Makes the heartbeats fail so often and tells how long was waited after each, in seconds.</summary>
    private double[] WaitsAfter(int failures)
    {
        _world.Server.Answer(request => request.IsBeat, FakeServer.Unreachable, failures);
        var presence = _world.Room();
        var waits = new List<double>();
        presence.StateChanged += (_, change) =>
        {
            if (change.State.Status == PresenceStatus.Retrying)
                waits.Add((change.State.NextHeartbeatAt - _world.Now)!.Value.TotalSeconds);
        };
        _ = presence.StartHeartbeatAsync();
        _world.Advance(600);
        return [.. waits];
    }
}
