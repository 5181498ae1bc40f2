using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Tests.Support;
using Presence.Dashboard.Webhooks;
using Presence.Engine.Audit;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Tests.Webhooks;

/// <summary>The sender over a real file and real TLS, without a host around it: what is guaranteed whatever receivers and the server do.</summary>
/// <remarks>
/// Time moves only while every lane sleeps, and never for the deadlines of requests: how fast the machine is changes nothing. A pause of
/// the sender that nobody ends by moving the clock would last for ever.
/// </remarks>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private const int MostUnsaved = 20;

    private readonly ManualTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly OutboundGuard _guard = HostileHttpsServer.Guard(new ManualTimeProvider());
    private WebhookReceiver _receiver = null!;
    private PresenceDatabase _database = null!;
    private WebhookStore _store = null!;
    private WebhookSender _sender = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await WebhookReceiver.StartAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _guard.Dispose();
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>500 events and 3 kills; with PRESENCE_FULL=1 10,000 events and 20 kills.</summary>
    [Fact]
    public async Task Events_WithAReceiverThatIsDownHalfOfTheTimeAndAServerThatIsKilled_AllArriveInOrder()
    {
        const int piece = 10;
        const int untilKill = 5;
        var (events, kills) = ProofLength.IsFull ? (10_000, 20) : (500, 3);
        var (requests, refused, lostAnswers, ofPiece, writtenWhileDown) = (0, 0, 0, 0, 0);
        var arrived = new List<string>[] { [], [] };
        TaskCompletionSource? amid = null;
        var shaky = await CreateAsync("shaky", http =>
        {
            var number = ++requests;
            if (IsDown())
            {
                refused++;
                if (number % 2 == 0)
                    http.Abort();
                http.Response.StatusCode = 503;
                return Task.CompletedTask;
            }
            arrived[0].Add(http.Request.Headers["webhook-id"]!);
            if (number % 50 == 0) // it is taken, and the answer is lost
            {
                lostAnswers++;
                http.Abort();
            }
            return Task.CompletedTask;
        });
        var steady = await CreateAsync("steady", http =>
        {
            arrived[1].Add(http.Request.Headers["webhook-id"]!);
            return ++ofPiece == untilKill && amid?.TrySetResult() == true ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted) : Task.CompletedTask;
        });

        for (var number = 0; number < events; number += piece)
        {
            var isKill = number % (events / kills) < piece;
            amid = isKill ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            ofPiece = 0;
            writtenWhileDown += IsDown() ? piece : 0;
            await WriteAsync(number, piece);
            if (isKill)
            {
                await amid!.Task.WaitAsync(Cancel); // the steady one never answers this request, and what it answered before is not stored
                await KillAsync();
                amid = null;
                await StartAsync();
            }
            await MoveOnAsync(lanes: 2);
        }
        for (var step = 0; (await _store.CountPendingAsync(Cancel)).Count > 0; step++)
        {
            Assert.InRange(step, 0, 1_000);
            await MoveOnAsync(lanes: 2);
        }

        foreach (var (endpoint, got) in new[] { (shaky, arrived[0]), (steady, arrived[1]) })
        {
            var stored = new List<WebhookDelivery>();
            for (long? before = null; await _store.ListDeliveriesAsync(endpoint.Id, null, null, before, 1_000, Cancel) is { Count: > 0 } page; before = page[^1].Id)
                stored.AddRange(page);
            Assert.Equal(events, stored.Count);
            Assert.All(stored, delivery => Assert.Equal(WebhookDeliveryState.Delivered, delivery.State));
            Assert.Equal(stored.Select(delivery => delivery.EventId).Reverse(), got.Distinct());
        }
        Assert.Equal(kills * untilKill, arrived[1].Count - events); // repeated: what was not stored, and no more
        Assert.InRange(arrived[0].Count - events, lostAnswers, lostAnswers + (kills * MostUnsaved));
        Assert.InRange(writtenWhileDown, events * 3 / 10, events * 7 / 10);
        Assert.InRange(refused, events / 100, requests);
        Figure.Tell($"{events:N0} events, the server killed {kills} times, {refused} of {requests:N0} requests refused and {lostAnswers} answers lost: every event arrived, in order");

        bool IsDown() => _time.GetUtcNow().Second >= 30; // half of each minute
    }

    [Fact]
    public async Task Endpoint_ThatIsSlow_DelaysNoOtherAndOrderCostsNoPauseWhileItAnswers()
    {
        var isFast = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await CreateAsync("slow", _ => isFast.Task);
        await CreateAsync("quick");
        await WriteAsync(0, 150); // more than a lane holds

        await Eventually.TrueAsync(() => _receiver.At("quick").Count == 150, "the quick one waits for nobody");
        Assert.Equal(1, _receiver.Server.RequestsOf("slow")); // and nothing overtakes what is on its way
        isFast.SetResult();
        await Eventually.TrueAsync(() => _receiver.At("slow").Count == 150, "no pause follows an answer");

        Assert.All(["slow", "quick"], path => Assert.Equal(Enumerable.Range(0, 150), _receiver.At(path).Select(NumberOf)));
    }

    [Fact]
    public async Task Delivery_ThatFails_HoldsBackWhatIsBehindItAndNoOtherEndpoint()
    {
        var isDown = true;
        await CreateAsync("down", http => Task.FromResult(http.Response.StatusCode = isDown ? 503 : 204));
        await CreateAsync("up");
        await WriteAsync(0, 5);

        await MoveOnUntilAsync(lanes: 2, () => _receiver.At("down").Count >= 3, "it is tried again");
        Assert.All(_receiver.At("down"), request => Assert.Equal(0, NumberOf(request)));
        Assert.Equal(Enumerable.Range(0, 5), _receiver.At("up").Select(NumberOf));
        isDown = false;
        await MoveOnUntilAsync(lanes: 2, () => _receiver.At("down").Count > 0 && NumberOf(_receiver.At("down")[^1]) == 4, "the others follow");

        Assert.Equal([1, 2, 3, 4], _receiver.At("down").Select(NumberOf).Where(number => number > 0));
    }

    [Fact]
    public async Task Endpoint_PausedAmidAPiece_KeepsWhatItAnsweredAndGoesOnBehindIt()
    {
        var (isAsked, mayAnswer) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var endpoint = await CreateAsync("paused", http =>
        {
            if (_receiver.Server.RequestsOf("paused") < 3)
                return Task.CompletedTask;
            isAsked.TrySetResult();
            return mayAnswer.Task;
        });
        await WriteAsync(0, 6);
        await isAsked.Task.WaitAsync(Cancel);

        await _store.SetPausedAsync(endpoint.Id, isPaused: true, "mia", Cancel);
        mayAnswer.SetResult();
        await Eventually.TrueAsync(async () => (await _store.CountPendingAsync(Cancel)).GetValueOrDefault(endpoint.Id) == 3, "the three that were answered are stored");
        await _store.SetPausedAsync(endpoint.Id, isPaused: false, "mia", Cancel);
        await Eventually.TrueAsync(async () => (await _store.CountPendingAsync(Cancel)).Count == 0, "the others follow");

        Assert.Equal(Enumerable.Range(0, 6), _receiver.At("paused").Select(NumberOf));
    }

    [Fact]
    public async Task Stop_WhileADeliveryFails_KeepsSinceWhenNothingWasDelivered()
    {
        var endpoint = await CreateAsync("down", http => Task.FromResult(http.Response.StatusCode = 500));
        await WriteAsync(0, 1);
        await Eventually.TrueAsync(() => _store.Find(endpoint.Id)!.FailingSince is not null, "it failed");
        var since = _store.Find(endpoint.Id)!.FailingSince;

        Task stopping;
        using (await _database.Gate.EnterAsync(Cancel)) // its result waits to be stored
        {
            await MoveOnUntilAsync(lanes: 1, () => _receiver.At("down").Count == 2, "it is tried again");
            stopping = _sender.StopAsync(Cancel);
        }
        await stopping;

        await _store.ReloadAsync(Cancel);
        Assert.Equal(since, _store.Find(endpoint.Id)!.FailingSince);
    }

    [Fact]
    public async Task Target_ThatIsHostile_IsNeverConnectedTo()
    {
        using var guard = new OutboundGuard(new DashboardOptions(), _time, HostileTargets.ResolveAsync);
        var client = new WebhookClient(guard, _time);
        var delivery = new WebhookDelivery { EndpointId = "wh_1", EventId = "evt_1", Type = WebhookEvents.Test, Payload = "{}" };
        string[] urls = [.. HostileTargets.Urls(_receiver.Server.Port)];

        var attempts = new List<(string Url, WebhookAttempt Attempt)>();
        foreach (var url in urls) // as if one had got past the check of its URL
            attempts.Add((url, await client.SendAsync(new WebhookEndpoint("wh_1", url, new WebhookFilter([], [], []), "whsec_AAAA"), delivery, Cancel)));

        Assert.InRange(urls.Length, 200, 400);
        Assert.Empty(_receiver.Server.Connections);
        Assert.All(attempts, sent => Assert.Equal((null, WebhookDeliveryState.Pending), (sent.Attempt.Status, sent.Attempt.State)));
        Assert.Empty(attempts.Where(sent => !IsRefusal(sent.Attempt.Error!)).Select(sent => $"{sent.Url}: {sent.Attempt.Error}"));
        // An address that stands in a URL is refused when it is entered already.
        Assert.NotNull(WebhookRules.ProblemOfUrl($"https://127.0.0.1:{_receiver.Server.Port}/", guard));

        static bool IsRefusal(string error) =>
            Array.Exists(["is not at a public address", "Only https URLs", "not known", "No such host", "Invalid URI", "invalid request URI", "scheme is not supported"], error.Contains);
    }

    private async Task StartAsync()
    {
        _database = new PresenceDatabase(_folder.Path, _time);
        await _database.OpenAsync(Cancel);
        _store = new WebhookStore(_database);
        await _store.ReloadAsync(Cancel);
        var readiness = new PresenceReadiness();
        readiness.MarkReady();
        _sender = new WebhookSender(_store, _guard, readiness, new LoopRegistry(), _time, NullLogger<WebhookSender>.Instance);
        await _sender.StartAsync(Cancel);
    }

    /// <summary>Whatever is not stored is lost, as if the process had ended.</summary>
    private async Task KillAsync()
    {
        await _sender.StopAsync(new CancellationToken(canceled: true));
        await _sender.ExecuteTask!;
        _sender.Dispose();
        _store.Dispose();
        await _database.DisposeAsync();
    }

    private Task<WebhookEndpoint> CreateAsync(string path, Func<HttpContext, Task>? answer = null) =>
        _store.CreateAsync(_receiver.UrlOf(path, (http, _) => answer?.Invoke(http) ?? Task.CompletedTask), new WebhookFilter([WebhookEvents.BanLifted], [], []), "mia", Cancel);

    /// <summary>In one transaction: a lane sees all of them or none.</summary>
    private async Task WriteAsync(int first, int count)
    {
        await using var context = _database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(Cancel);
        for (var number = first; number < first + count; number++)
            await context.RecordAsync(new AuditEntry(AuditActs.BanLifted, "mia") { UserId = number.ToString(CultureInfo.InvariantCulture) }, _time.GetUtcNow(), Cancel);
        await transaction.CommitAsync(Cancel);
    }

    /// <summary>Once every lane sleeps, to when the first of them wakes.</summary>
    private async Task MoveOnAsync(int lanes)
    {
        await Eventually.TrueAsync(() => _time.Timers == lanes, "every lane sleeps");
        _time.Advance(_time.NextDueIn ?? TimeSpan.Zero);
    }

    /// <summary>As often as it takes: a lane that was woken for nothing sleeps through one move.</summary>
    private Task MoveOnUntilAsync(int lanes, Func<bool> condition, string what) => Eventually.TrueAsync(
        () =>
        {
            if (condition())
                return true;
            if (_time.Timers == lanes)
                _time.Advance(_time.NextDueIn ?? TimeSpan.Zero);
            return false;
        },
        what);

    private static int NumberOf(ReceivedWebhook request) => int.Parse(request.Json["data"]!["userId"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
