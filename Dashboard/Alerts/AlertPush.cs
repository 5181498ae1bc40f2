using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Lib.Net.Http.WebPush;
using Lib.Net.Http.WebPush.Authentication;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Alerts;

/// <summary>Sends alerts to devices through the push services of their browsers.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> The state an alert is in is sent, and noted once it was; after a kill between the two it is sent again, and takes the place of the first.
/// A device whose subscription ended is not called again. A message that could not be delivered is tried again for <see cref="RetryFor"/>, unless the alert
/// is in another state by then or the moderator's quiet hours have begun.</para>
/// <para><b>Bound.</b> <see cref="AtOnce"/> requests at once, <see cref="MostWaiting"/> messages to try again.</para>
/// </remarks>
internal sealed class AlertPush : IDisposable
{
    public static readonly TimeSpan RetryFor = TimeSpan.FromMinutes(10);

    /// <summary>Encrypted, 4,096 bytes: more is several records, which no push service takes.</summary>
    public const int LongestText = 3_993;

    private const int AtOnce = 8;
    private const int MostWaiting = 1_000;
    private const int AlertsAtOnce = 50;

    /// <summary>What is older is no news on a phone.</summary>
    private static readonly TimeSpan TooOld = TimeSpan.FromHours(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly AlertStore _store;
    private readonly PushDevices _devices;
    private readonly AccountValues _values;
    private readonly IPresence _presence;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertPush> _log;
    private readonly HttpClient _http;
    private readonly Lazy<PushServiceClient> _client;
    private readonly List<Waiting> _waiting = [];

    public AlertPush(AlertStore store, PushDevices devices, AccountValues values, VapidKeys keys, IPresence presence, OutboundGuard guard, DashboardOptions options, TimeProvider time, ILogger<AlertPush> log)
    {
        (_store, _devices, _values, _presence, _time, _log) = (store, devices, values, presence, time, log);
        _http = guard.CreateClient(largestReply: 64 * 1024, longest: TimeSpan.FromSeconds(10));
        var subject = options.Http.PublicUrl is { } url && url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? url : "mailto:presence@localhost";
        // By itself it would wait inside the call, and ask again without end.
        _client = new(() => new PushServiceClient(_http) { AutoRetryAfter = false, DefaultAuthentication = new VapidAuthentication(keys.PublicKey, keys.PrivateKey) { Subject = subject }, DefaultTimeToLive = (int)TooOld.TotalSeconds });
    }

    /// <summary>Sends what was not sent yet.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        Waiting[] due;
        lock (_waiting)
        {
            due = [.. _waiting.Where(waiting => waiting.NotBefore <= now)];
            _waiting.RemoveAll(waiting => waiting.NotBefore <= now);
        }
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (waiting, cancel) =>
        {
            if (!(await _values.ReadAsync(waiting.AccountId, AlertPreferences.Value)).IsQuietAt(now))
                await TrySendAsync(waiting, cancel);
        });

        var unsent = await _store.ListUnsentAsync(AlertsAtOnce, cancellationToken);
        if (unsent.Count == 0)
            return;
        var accounts = await _devices.ListAsync(cancellationToken);
        foreach (var alert in unsent)
        {
            if (now - (alert.OverAt ?? alert.RaisedAt) < TooOld)
                await SendAsync(alert, accounts, now, cancellationToken);
            await _store.MarkSentAsync(alert.Id, alert.State, cancellationToken);
        }
    }

    /// <summary>Sends one device a message now.</summary>
    /// <returns>Whether its push service took it.</returns>
    public Task<bool> SendAsync(string accountId, PushDevice device, AlertSignal signal, CancellationToken cancellationToken) =>
        TrySendAsync(new Waiting(accountId, device, signal, _time.GetUtcNow(), GiveUpAt: _time.GetUtcNow()), cancellationToken);

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.DefaultAuthentication.Dispose();
        _http.Dispose();
    }

    private async Task SendAsync(Alert alert, IReadOnlyList<(string AccountId, ModeratorAccess Access, IReadOnlyList<PushDevice> Devices)> accounts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var signal = AlertSignal.Of(alert, _presence, now);
        lock (_waiting)
            _waiting.RemoveAll(waiting => waiting.Signal.Tag == signal.Tag); // else the state before could arrive last
        var messages = new List<Waiting>();
        foreach (var (accountId, access, devices) in accounts)
        {
            if (devices.Count > 0 && access.Sees(alert.Rule.Kind, alert.RoomId) && !(await _values.ReadAsync(accountId, AlertPreferences.Value)).IsQuietAt(now))
                messages.AddRange(devices.Where(_devices.CanReach).Select(device => new Waiting(accountId, device, signal, now, now + RetryFor)));
        }
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (message, cancel) => await TrySendAsync(message, cancel));
    }

    private async Task<bool> TrySendAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        var subscription = new PushSubscription { Endpoint = waiting.Device.Endpoint };
        subscription.SetKey(PushEncryptionKeyName.P256DH, waiting.Device.PublicKey);
        subscription.SetKey(PushEncryptionKeyName.Auth, waiting.Device.Secret);
        var message = new PushMessage(TextOf(waiting.Signal)) { Topic = waiting.Signal.Tag, Urgency = PushMessageUrgency.High, TimeToLive = (int)TooOld.TotalSeconds };
        try
        {
            await _client.Value.RequestPushMessageDeliveryAsync(subscription, message, cancellationToken);
            await _devices.ReachedAsync(waiting.AccountId, waiting.Device.Id);
            return true;
        }
        catch (PushServiceClientException refusal) when (refusal.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            await _devices.EndedAsync(waiting.AccountId, waiting.Device.Id);
        }
        catch (PushServiceClientException refusal) when (refusal.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            WaitFor(waiting, refusal.Headers?.RetryAfter is { } after ? after.Delta ?? after.Date - _time.GetUtcNow() ?? Pause : Pause);
        }
        catch (PushServiceClientException refusal)
        {
            _log.LogWarning("A push service refused an alert with {Status}.", (int)refusal.StatusCode);
        }
        catch (OutboundRefusedException refused)
        {
            _log.LogWarning("An alert was not sent to a device: {Problem}", refused.Message);
        }
        catch (HttpRequestException)
        {
            WaitFor(waiting, Pause);
        }
        return false;
    }

    private void WaitFor(Waiting waiting, TimeSpan pause)
    {
        var again = _time.GetUtcNow() + (pause < Pause ? Pause : pause);
        lock (_waiting)
        {
            if (again <= waiting.GiveUpAt && _waiting.Count < MostWaiting)
                _waiting.Add(waiting with { NotBefore = again });
        }
    }

    /// <summary>What wwwroot/sw.js shows.</summary>
    internal static string TextOf(AlertSignal signal)
    {
        var text = Json(signal);
        return Encoding.UTF8.GetByteCount(text) <= LongestText ? text : Json(signal with { Title = Cut(signal.Title), Body = "" });

        static string Json(AlertSignal signal) => JsonSerializer.Serialize(new { title = signal.Title, body = signal.Body, tag = signal.Tag, url = signal.Url });

        static string Cut(string title) => new StringInfo(title) is { LengthInTextElements: > 100 } whole ? whole.SubstringByTextElements(0, 100) + "…" : title;
    }

    private sealed record Waiting(string AccountId, PushDevice Device, AlertSignal Signal, DateTimeOffset NotBefore, DateTimeOffset GiveUpAt);
}
