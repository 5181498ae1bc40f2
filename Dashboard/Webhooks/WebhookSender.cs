using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Webhooks;

/// <summary>Sends what waits in the outbox: at least once, an endpoint's deliveries in order, and no endpoint waits for another.</summary>
/// <remarks>
/// <para><b>Order.</b> One lane an endpoint, which sends one delivery after the other without a pause while it is answered. A delivery that fails is tried again until it is
/// delivered or a day old; what is behind it waits.</para>
/// <para><b>Guarantee.</b> Results are stored in groups: after a kill, up to <see cref="MostUnsaved"/> deliveries are sent again. Receivers know them by <c>webhook-id</c>.</para>
/// <para><b>Bound.</b> A lane an endpoint, <see cref="WebhookStore.Most"/>; a lane holds <see cref="APiece"/> deliveries.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Sources of lanes are disposed by the lanes.")]
internal sealed class WebhookSender(WebhookStore store, OutboundGuard guard, PresenceReadiness readiness, LoopRegistry registry, TimeProvider time, ILogger<WebhookSender> log) : BackgroundService
{
    public const string LoopName = "webhooks";

    /// <summary>From the call to the last byte of the answer that is read.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private const int APiece = 100;
    private const int MostUnsaved = 20;

    private static readonly TimeSpan LongestUnsaved = TimeSpan.FromMilliseconds(250);

    /// <summary>The command line writes to the outbox without waking anybody.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);

    private readonly WebhookClient _client = new(guard, time);
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Channel<bool> _woken = NewSignal();
    private CancellationToken _stopNow;

    /// <summary>Sends a test at once, past the order, and returns the answer. Null when there is no such endpoint.</summary>
    public async Task<WebhookDelivery?> TestAsync(string endpointId, Engine.Audit.Actor by, CancellationToken cancellationToken)
    {
        if (await store.BeginTestAsync(endpointId, by, cancellationToken) is not { } delivery || store.Find(endpointId) is not { } endpoint)
            return null;
        var attempt = await _client.SendAsync(endpoint, delivery, cancellationToken);
        return await store.EndTestAsync(attempt.State == WebhookDeliveryState.Pending ? attempt with { State = WebhookDeliveryState.Dead } : attempt, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        registry.Register(LoopName);
        store.Woken = Wake;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _stopNow = cancellationToken;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await readiness.WaitAsync(stoppingToken);
            while (true)
            {
                foreach (var endpoint in store.List().Where(endpoint => endpoint.State == WebhookState.Active))
                {
                    if (!_lanes.TryGetValue(endpoint.Id, out var lane) || lane.Work.IsCompleted)
                    {
                        _lanes[endpoint.Id] = lane = new Lane(endpoint.Id, this, stoppingToken);
                        _ = lane.Work.ContinueWith(_ => Wake(), TaskScheduler.Default); // resumed at the moment in which it ended: it begins anew
                    }
                    lane.Wake();
                }
                foreach (var (id, _) in _lanes.Where(lane => lane.Value.Work.IsCompleted))
                    _lanes.TryRemove(id, out _);
                await _woken.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
        await Task.WhenAll(_lanes.Values.Select(lane => lane.Work));
    }

    private void Wake() => _woken.Writer.TryWrite(true);

    private static Channel<bool> NewSignal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>One endpoint's queue at work. Ends when the endpoint is not active any more.</summary>
    private sealed class Lane
    {
        private readonly string _id;
        private readonly WebhookSender _sender;
        private readonly Channel<bool> _woken = NewSignal();
        private readonly List<WebhookAttempt> _unsaved = [];
        private long _unsavedSince;

        public Lane(string id, WebhookSender sender, CancellationToken stopping)
        {
            (_id, _sender) = (id, sender);
            Work = Task.Run(() => RunAsync(stopping), CancellationToken.None);
        }

        public Task Work { get; }

        public void Wake() => _woken.Writer.TryWrite(true);

        private async Task RunAsync(CancellationToken stopping)
        {
            try
            {
                while (_sender.Active(_id) is not null)
                {
                    try
                    {
                        await PassAsync(stopping);
                        _sender.Note(failure: null);
                    }
                    catch (Exception failure) when (!stopping.IsCancellationRequested)
                    {
                        _unsaved.Clear(); // they are sent again
                        _sender.Note(failure);
                        await SleepAsync(TimeSpan.FromSeconds(1), stopping);
                    }
                }
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                await SaveLastAsync();
            }
        }

        private async Task PassAsync(CancellationToken stopping)
        {
            var pending = await _sender.Store.PendingAsync(_id, APiece, stopping);
            if (pending.Count == 0)
                await SleepAsync(LongestSleep, stopping);
            foreach (var delivery in pending)
            {
                if (_sender.Active(_id) is not { } endpoint)
                    break;
                var isResumed = delivery.LastAt < endpoint.StateAt;
                if (!isResumed && delivery.NextAt - _sender.Time.GetUtcNow() is { Ticks: > 0 } early)
                {
                    await SaveAsync(stopping);
                    await SleepAsync(early < LongestSleep ? early : LongestSleep, stopping);
                    break;
                }
                if (!await SendAsync(endpoint, delivery, stopping))
                    break;
            }
            await SaveAsync(stopping); // also of an endpoint that was paused meanwhile
        }

        /// <summary>Whether the next may follow.</summary>
        private async Task<bool> SendAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken stopping)
        {
            var attempt = await _sender._client.SendAsync(endpoint, delivery, stopping);
            if (_unsaved.Count == 0)
                _unsavedSince = _sender.Time.GetTimestamp();
            _unsaved.Add(attempt);
            if (attempt.State == WebhookDeliveryState.Delivered)
            {
                if (endpoint.FailingSince is not null || _unsaved.Count == MostUnsaved || _sender.Time.GetElapsedTime(_unsavedSince) > LongestUnsaved)
                    await SaveAsync(stopping);
                return true;
            }
            var failingSince = endpoint.FailingSince ?? attempt.At;
            await SaveAsync(stopping);
            if (attempt.Status == StatusCodes.Status410Gone)
                await _sender.StopEndpointAsync(_id, WebhookState.Disabled, "It answered 410 Gone.", stopping);
            else if (attempt.State == WebhookDeliveryState.Pending && attempt.At - failingSince >= WebhookRetry.Longest)
                await _sender.StopEndpointAsync(_id, WebhookState.Paused, $"Nothing was delivered for a day. Last: {attempt.Error ?? $"status {attempt.Status}"}.", stopping);
            return attempt.State == WebhookDeliveryState.Dead;
        }

        private async Task SaveAsync(CancellationToken cancellationToken)
        {
            if (_unsaved.Count == 0)
                return;
            var last = _unsaved[^1];
            DateTimeOffset? failingSince = last.State == WebhookDeliveryState.Delivered ? null : _sender.Store.Find(_id)?.FailingSince ?? last.At;
            await _sender.Store.SaveAsync(_id, _unsaved, failingSince, cancellationToken);
            _unsaved.Clear();
        }

        private async Task SaveLastAsync()
        {
            try
            {
                await SaveAsync(_sender._stopNow);
            }
            catch (Exception failure)
            {
                _sender.Log.LogWarning(failure, "The last {Deliveries} deliveries of a webhook couldn't be stored. They are sent again.", _unsaved.Count);
            }
        }

        private async Task SleepAsync(TimeSpan longest, CancellationToken stopping)
        {
            using var slept = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var woken = _woken.Reader.WaitToReadAsync(slept.Token).AsTask();
            await Task.WhenAny(woken, Task.Delay(longest, _sender.Time, slept.Token));
            await slept.CancelAsync();
            _woken.Reader.TryRead(out _);
            stopping.ThrowIfCancellationRequested();
        }
    }

    private WebhookStore Store => store;

    private TimeProvider Time => time;

    private ILogger Log => log;

    private WebhookEndpoint? Active(string id) => store.Find(id) is { State: WebhookState.Active } endpoint ? endpoint : null;

    private async Task StopEndpointAsync(string id, WebhookState state, string problem, CancellationToken cancellationToken)
    {
        await store.StopAsync(id, state, problem, cancellationToken);
        log.LogWarning("Webhook {Endpoint} is {State}: {Problem}", id, state, problem);
    }

    private void Note(Exception? failure)
    {
        if (failure is null)
        {
            registry.Succeeded(LoopName, time.GetUtcNow());
            return;
        }
        registry.Failed(LoopName, failure.Message, time.GetUtcNow());
        if (!registry.IsStorageTrouble(failure))
            log.LogError(failure, "Sending webhooks failed. Retrying in a second.");
    }
}
