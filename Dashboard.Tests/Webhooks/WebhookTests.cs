using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Dashboard.Webhooks;
using Presence.Engine.Audit;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Tests.Webhooks;

/// <summary>From an act or a join to a receiver's answer.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Route = "/api/v1/admin/webhooks";

    private readonly ManualTimeProvider _time = new();
    private WebhookReceiver _receiver = null!;
    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WebhookStore Store => _host.Services.GetRequiredService<WebhookStore>();

    public async ValueTask InitializeAsync()
    {
        _receiver = await WebhookReceiver.StartAsync();
        _host = await DashboardHost.StartAsync(HostileHttpsServer.Reached(new DashboardHostOptions { Time = _time }));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Events_ReachTheReceiverInOrderAndVerifyWithTheStandardsOwnLibrary()
    {
        var made = await CreateAsync(_receiver.UrlOf("all"));
        await BanAsync("ann");
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/lobby/removals/ann", DashboardHost.ServerKey);
        await _host.ChangeSettingsAsync(enabled: false);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 4, "all are there");
        var rotated = (await _host.PostAsync($"{Route}/{made["webhookId"]}/secret", DashboardHost.ServerKey)).Json;
        await _host.ChangeSettingsAsync(enabled: true);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 6, "all are there");

        var received = _receiver.At("all");
        Assert.Equal(["ban.created", "ban.lifted", "settings.changed", "presence.disabled", "settings.changed", "presence.enabled"], received.Select(request => request.Type));
        Assert.Equal(6, received.Select(request => request.Id).Distinct().Count());
        Assert.Equal(2, received[5].Signature.Split(' ').Length);
        var (old, @new) = (Text(made["secret"]), Text(rotated["secret"]));
        // The library's clock is the machine's: its messages are stamped anew with it.
        ReceivedWebhook[] today = [.. received.Take(1).Select(request => Stamp(request, [old])), Stamp(received[5], [old, @new]), Stamp(received[5], [@new])];
        Assert.Equal(
            ["ok", "ok", "ok", "No matching signature found", "No matching signature found"],
            await ReceivedWebhook.VerifyAsync((today[0], old), (today[1], old), (today[1], @new), (today[2], old), (today[1] with { Body = today[1].Body + " " }, old)));
        // And the header as it was sent is that of its own second.
        var sent = received[5];
        Assert.Equal(sent.Signature, Stamp(sent, [old, @new], DateTimeOffset.FromUnixTimeSeconds(long.Parse(sent.Timestamp, System.Globalization.CultureInfo.InvariantCulture))).Signature);
    }

    [Fact]
    public async Task Receiver_ThatAsksBack_ReadsWhatTheEventTells()
    {
        var answers = new ConcurrentQueue<(int Told, int Read)>();
        await CreateAsync(
            _receiver.UrlOf("curious", async (_, request) => answers.Enqueue((
                request.Json["data"]!["new"]!["heartbeatIntervalSeconds"]!.GetValue<int>(),
                (await _host.GetAsync("/api/v1/admin/settings", DashboardHost.ServerKey)).Json["heartbeatIntervalSeconds"]!.GetValue<int>()))),
            """["settings.changed"]""");

        for (var interval = 31; interval <= 40; interval++)
        {
            await _host.ChangeSettingsAsync(interval: interval);
            await Eventually.TrueAsync(() => answers.Count == interval - 30, "it has asked back");
        }

        Assert.Equal(Enumerable.Range(31, 10).Select(interval => (interval, interval)), answers);
    }

    [Fact]
    public async Task Delivery_ThatFails_IsTriedAgainLaterAndHoldsBackWhatIsBehindIt()
    {
        var fails = 2;
        var made = await CreateAsync(_receiver.UrlOf("shaky", (http, _) =>
        {
            if (Interlocked.Decrement(ref fails) < 0)
                return Task.CompletedTask;
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "600";
            return http.Response.WriteAsync("later");
        }));
        var quick = await CreateAsync(_receiver.UrlOf("quick"));
        await BanAsync("ann");
        await BanAsync("ben");

        await Eventually.TrueAsync(() => _receiver.At("quick").Count == 2, "another endpoint doesn't wait");
        await Eventually.TrueAsync(async () => (await LogAsync(made))[1]["attempts"]!.GetValue<int>() == 1, "it was tried");
        var failed = (await LogAsync(made))[1];
        Assert.Equal(("pending", 503, "later"), (Text(failed["state"]), failed["status"]!.GetValue<int>(), Text(failed["answer"])));
        Assert.InRange(failed["nextAt"]!.GetValue<DateTimeOffset>(), _time.GetUtcNow().AddSeconds(599), _time.GetUtcNow().AddSeconds(601));
        Assert.Single(_receiver.At("shaky"));
        _time.Advance(TimeSpan.FromSeconds(602));
        await WokenUntilAsync(async () => (await LogAsync(made))[1]["attempts"]!.GetValue<int>() == 2, "it was tried again");
        _time.Advance(TimeSpan.FromSeconds(602));
        await WokenUntilAsync(async () => (await LogAsync(made)).Count(delivery => Text(delivery["state"]) == "delivered") == 2, "both are delivered");

        var received = _receiver.At("shaky");
        Assert.Equal(["ann", "ann", "ann", "ben"], received.Select(request => Text(request.Json["data"]!["userId"])));
        Assert.Equal(2, received.Select(request => request.Id).Distinct().Count());
        Assert.Null(Store.Find(Text(made["webhookId"]))!.FailingSince);
        Assert.Equal(200, (await _host.PostAsync($"{Route}/{quick["webhookId"]}/pause", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Endpoint_ThatFailsForADay_IsPausedAndResumedGetsEverything()
    {
        var isUp = false;
        var made = await CreateAsync(_receiver.UrlOf("down", (http, _) =>
        {
            http.Response.StatusCode = isUp ? 200 : 500;
            return Task.CompletedTask;
        }));
        var id = Text(made["webhookId"]);
        await BanAsync("ann");
        await BanAsync("ben");
        await WokenUntilAsync(() => Task.FromResult(!_receiver.Received.IsEmpty), "it is tried");
        // The pause begins when the answer is stored.
        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(300));
                return (await LogAsync(made)).Sum(delivery => delivery["attempts"]!.GetValue<int>()) > 0;
            },
            "the attempt is stored");
        _time.SetUtcNow(_time.GetUtcNow().AddHours(25)); // the clock alone: no loop of the host has to go through the day
        await WokenUntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(300));
                return Task.FromResult(Store.Find(id)!.State != WebhookState.Active);
            },
            "it is paused");

        Assert.Equal(WebhookState.Paused, Store.Find(id)!.State);
        Assert.Contains("for a day", Store.Find(id)!.Problem, StringComparison.Ordinal);
        Assert.Equal(["pending", "dead"], (await LogAsync(made)).Select(delivery => Text(delivery["state"])));
        var act = (await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { Acts = [AuditActs.WebhookPaused] }, 5, Cancel))[0];
        Assert.Equal((Actor.Server.Name, $"{id} {_receiver.Server.UrlOf("down")}"), (act.Actor, act.Object));
        isUp = true;
        var resumed = await _host.PostAsync($"{Route}/{id}/resume", DashboardHost.ServerKey);
        Assert.Equal("active", Text(resumed.Json["state"]));
        await Eventually.TrueAsync(async () => (await LogAsync(made))[0]["state"]!.GetValue<string>() == "delivered", "the one that waited is delivered");
        var dead = (await LogAsync(made))[1];
        Assert.Equal(200, (await _host.PostAsync($"{Route}/{id}/deliveries/{dead["deliveryId"]}/resend", DashboardHost.ServerKey)).Status);
        await Eventually.TrueAsync(async () => (await LogAsync(made))[0]["state"]!.GetValue<string>() == "delivered", "the one that was given up is sent again");
        Assert.Equal(Text(dead["eventId"]), _receiver.At("down")[^1].Id);
        Assert.Equal(404, (await _host.PostAsync($"{Route}/{id}/deliveries/999/resend", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Answers_OfEveryKind_AreTakenAsTheyShouldBe()
    {
        var gone = await CreateAsync(_receiver.UrlOf("gone", (http, _) => Task.FromResult(http.Response.StatusCode = 410)));
        var away = await CreateAsync(_receiver.UrlOf("away", (http, _) =>
        {
            http.Response.Redirect(_receiver.Server.UrlOf("target", host: 2));
            return Task.CompletedTask;
        }));
        var large = await CreateAsync(_receiver.UrlOf("large", async (http, _) =>
        {
            http.Response.StatusCode = 200;
            for (var piece = 0; piece < 100 && !http.RequestAborted.IsCancellationRequested; piece++)
                await http.Response.Body.WriteAsync(new byte[64 * 1024], http.RequestAborted);
        }));
        await BanAsync("ann");

        await Eventually.TrueAsync(() => Store.Find(Text(gone["webhookId"]))!.State == WebhookState.Disabled, "410 disables");
        await Eventually.TrueAsync(async () => (await LogAsync(away))[0]["attempts"]!.GetValue<int>() == 1, "a redirect is a failure");
        await Eventually.TrueAsync(async () => (await LogAsync(large))[0]["state"]!.GetValue<string>() == "delivered", "200 with any body is delivered");
        Assert.Equal("dead", Text((await LogAsync(gone))[0]["state"]));
        Assert.Equal((302, 0), ((await LogAsync(away))[0]["status"]!.GetValue<int>(), _receiver.Server.RequestsOf("target")));
        Assert.Equal(1_000, Text((await LogAsync(large))[0]["answer"]).Length);
        await BanAsync("ben");
        await Eventually.TrueAsync(() => _receiver.Server.RequestsOf("large") == 2, "the others go on");
        Assert.Single(await LogAsync(gone));
    }

    [Fact]
    public async Task Test_IsSentAtOnceAndAnsweredWithWhatTheReceiverSays()
    {
        var made = await CreateAsync(_receiver.UrlOf("tested", (http, _) =>
        {
            http.Response.StatusCode = 418;
            return http.Response.WriteAsync("short and stout");
        }));
        await _host.PostAsync($"{Route}/{made["webhookId"]}/pause", DashboardHost.ServerKey);

        var answer = (await _host.PostAsync($"{Route}/{made["webhookId"]}/test", DashboardHost.ServerKey)).Json;

        Assert.Equal((418, "short and stout", "test"), (answer["status"]!.GetValue<int>(), Text(answer["answer"]), Text(answer["type"])));
        Assert.Equal(Text(answer["eventId"]), Assert.Single(_receiver.At("tested")).Id);
        Assert.Equal("dead", Text(answer["state"])); // and not tried again
        Assert.Equal("ok", (await ReceivedWebhook.VerifyAsync((Stamp(_receiver.At("tested")[0], [Text(made["secret"])]), Text(made["secret"]))))[0]);
        Assert.Equal(404, (await _host.PostAsync($"{Route}/none/test", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Feed_AndRestart_AreToldOnce()
    {
        var made = await CreateAsync(_receiver.UrlOf("feed"), """["room.live","room.empty","viewer.joined","viewer.left","room.above","room.below"]""", thresholds: "[2]");
        await PassAsync(); // it begins
        var (ann, ben) = (await _host.TokenAsync("ann"), await _host.TokenAsync("ben", "device-2"));
        await _host.BeatAsync("lobby", ann);
        await _host.BeatAsync("lobby", ben);
        await PassAsync();
        await Eventually.TrueAsync(() => _receiver.At("feed").Count == 4, "all are there");
        await _host.RestartAsync();
        await PassAsync();
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", ben);
        await PassAsync();
        await Eventually.TrueAsync(() => _receiver.At("feed").Count == 6, "all are there");

        Assert.Equal(["room.live", "viewer.joined", "viewer.joined", "room.above", "viewer.left", "room.below"], _receiver.At("feed").Select(request => request.Type));
        Assert.Equal("""{"roomId":"lobby","threshold":2,"viewers":1}""", _receiver.At("feed")[5].Json["data"]!.ToJsonString());
        Assert.Equal(6, (await LogAsync(made)).Count);
    }

    [Theory]
    [InlineData("""{"url":"http://example.com/"}""", "url must be an absolute https URL")]
    [InlineData("""{"url":"https://ann:secret@example.com/"}""", "url must not hold a user")]
    [InlineData("""{"url":"https://10.0.0.1/"}""", "Presence__Outbound__AllowedNetworks")]
    [InlineData("""{"url":"https://[::ffff:169.254.169.254]/"}""", "isn't a public address")]
    [InlineData("""{"url":"https://example.com/","events":["room.lives"]}""", "Allowed: room.live")]
    [InlineData("""{"url":"https://example.com/","thresholds":[0]}""", "thresholds must be counts from 1")]
    [InlineData("""{"url":"https://example.com/","rooms":["a/b"]}""", "rooms has an entry")]
    [InlineData("""{"url":"https://example.com/","room":["a"]}""", "isn't a member")]
    [InlineData("""{}""", "url must have 1 to 2000")]
    public async Task Endpoint_ThatBreaksARule_IsRefusedWithFieldAndRule(string request, string message)
    {
        var answer = await _host.PostAsync(Route, DashboardHost.ServerKey, request);

        Assert.Equal(422, answer.Status);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("url", WebhookRules.LongestUrl)]
    [InlineData("rooms", WebhookFilter.MostRooms)]
    [InlineData("thresholds", WebhookFilter.MostThresholds)]
    public async Task Endpoint_AtALimit_IsTakenAndOneBeyondRefused(string field, int most)
    {
        string Request(int size) => field switch
        {
            "url" => $$"""{"url":"https://presence.invalid/{{new string('x', size - "https://presence.invalid/".Length)}}"}""",
            "rooms" => $$"""{"url":"https://presence.invalid/","rooms":[{{string.Join(',', Enumerable.Range(0, size).Select(room => $"\"r{room}\""))}}]}""",
            _ => $$"""{"url":"https://presence.invalid/","thresholds":[{{string.Join(',', Enumerable.Range(1, size))}}]}""",
        };

        Assert.Equal((201, 422), ((await _host.PostAsync(Route, DashboardHost.ServerKey, Request(most))).Status, (await _host.PostAsync(Route, DashboardHost.ServerKey, Request(most + 1))).Status));
    }

    [Fact]
    public async Task Receiver_ThatNeverAnswers_IsGivenUpAfterTenSeconds()
    {
        var made = await CreateAsync(_receiver.UrlOf("silent", (http, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)));
        await BanAsync("ann");
        await Eventually.TrueAsync(() => _receiver.Server.RequestsOf("silent") == 1, "it is called");

        _time.Advance(WebhookSender.LongestAnswer);

        await Eventually.TrueAsync(async () => (await LogAsync(made))[0]["attempts"]!.GetValue<int>() == 1, "it is given up");
        Assert.Contains("within 10 s", Text((await LogAsync(made))[0]["error"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Pauses_DoubleUpToAnHourWithJitterAndGiveWayToTheReceiversWish()
    {
        Assert.Equal([5, 10, 20, 40, 80], Enumerable.Range(1, 5).Select(attempt => WebhookRetry.After(attempt, 0.5, null).TotalSeconds));
        Assert.Equal(TimeSpan.FromHours(1), WebhookRetry.After(30, 0.5, null));
        Assert.Equal((4, 6), (WebhookRetry.After(1, 0, null).TotalSeconds, WebhookRetry.After(1, 1, null).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(10), WebhookRetry.After(1, 0.5, TimeSpan.FromMinutes(10)));
        Assert.Equal(TimeSpan.FromSeconds(5), WebhookRetry.After(1, 0.5, TimeSpan.FromSeconds(-3)));
        Assert.Equal(WebhookRetry.Longest, WebhookRetry.After(1, 0.5, TimeSpan.FromDays(300)));
    }

    private async Task<JsonNode> CreateAsync(string url, string events = "[]", string thresholds = "[]")
    {
        var answer = await _host.PostAsync(Route, DashboardHost.ServerKey, $$"""{"url":"{{url}}","events":{{(events == "[]" ? """["ban.created","ban.lifted","settings.changed","presence.disabled","presence.enabled"]""" : events)}},"thresholds":{{thresholds}}}""");
        Assert.Equal(201, answer.Status);
        return answer.Json;
    }

    private Task<Answer> BanAsync(string userId) => _host.PostAsync("/api/v1/admin/rooms/lobby/removals", DashboardHost.ServerKey, $$"""{"userId":"{{userId}}","durationSeconds":600}""");

    private async Task<List<JsonNode>> LogAsync(JsonNode webhook) =>
        [.. (await _host.GetAsync($"{Route}/{webhook["webhookId"]}/deliveries", DashboardHost.ServerKey)).Json["deliveries"]!.AsArray().Select(delivery => delivery!)];

    /// <summary>A lane may look at the clock a moment before the test sets it.</summary>
    private Task WokenUntilAsync(Func<Task<bool>> condition, string what) => Eventually.TrueAsync(
        () =>
        {
            Store.Woken!();
            return condition();
        },
        what);

    private Task PassAsync() => _host.Services.GetRequiredService<WebhookReader>().PassAsync(Cancel);

    private static ReceivedWebhook Stamp(ReceivedWebhook request, string[] secrets, DateTimeOffset? at = null)
    {
        var headers = WebhookSignature.Headers(secrets, request.Id, at ?? TimeProvider.System.GetUtcNow(), System.Text.Encoding.UTF8.GetBytes(request.Body)).ToDictionary(header => header.Name, header => header.Value);
        return request with { Timestamp = headers["webhook-timestamp"], Signature = headers["webhook-signature"] };
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
