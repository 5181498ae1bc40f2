using System.Diagnostics.Metrics;
using Presence.Dashboard.Api;
using Presence.Dashboard.Jobs;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>What an operator's alerts ask of the server around the engine: refusals, storage, loops and jobs, backups, limits, webhooks.</summary>
/// <remarks>
/// All but refusals is read when a collector asks. No label holds an id: codes, loops, limits and states are
/// lists that the build knows.
/// </remarks>
internal sealed class ServerMetrics : IDisposable
{
    public const string Name = "Presence.Server";

    private readonly Counter<long> _refusals;

    public ServerMetrics(
        LoopRegistry loops,
        StorageWatch storage,
        DatabaseMaintenance maintenance,
        LimitUsageRegistry limits,
        WebhookStore webhooks,
        DashboardOptions options,
        TimeProvider time)
    {
        Meter = new Meter(Name);
        _refusals = Meter.CreateCounter<long>("presence.requests.refused", "{request}", "Requests refused by the API, by the error code of the reply.");

        Meter.CreateObservableGauge("presence.degraded", () => loops.IsDegraded || storage.IsTroubled ? 1 : 0, unit: null, "1 while a background loop or the storage fails.");
        Meter.CreateObservableGauge("presence.loop.failing", () => loops.All.Select(loop => new Measurement<int>(loop.IsHealthy ? 0 : 1, Label("loop", loop.Name))), unit: null, "1 while a background loop or job fails and is tried again.");
        Meter.CreateObservableGauge(
            "presence.loop.age",
            () => loops.All.Where(loop => loop.LastSuccessAt is not null).Select(loop => new Measurement<double>(Age(loop.LastSuccessAt!.Value, time), Label("loop", loop.Name))),
            "s", "Since a background loop or job last succeeded.");
        Meter.CreateObservableGauge("presence.storage.size", () => Sizes(maintenance), "By", "The database and its write-ahead log.");
        Meter.CreateObservableGauge("presence.storage.free", maintenance.FreeSpace, "By", "Free space where the data folder is.");
        Meter.CreateObservableGauge(
            "presence.backup.age",
            () => maintenance.Backups(BackupJob.FolderOf(options, maintenance)).Take(1).Select(newest => new Measurement<double>(Age(newest.TakenAt, time))),
            "s", "Since the newest nightly backup was taken. Absent without one.");
        Meter.CreateObservableGauge("presence.limit.used", () => limits.All.Select(limit => new Measurement<long>(limit.Used, LabelOf(limit.Kind))), unit: null, "How much of a limit is used.");
        Meter.CreateObservableGauge("presence.limit.most", () => limits.All.Select(limit => new Measurement<long>(limit.Most, LabelOf(limit.Kind))), unit: null, "A limit of the server.");
        Meter.CreateObservableCounter("presence.webhooks.attempts", () => Attempts(webhooks), "{attempt}", "Attempts to deliver an event to a webhook, by their outcome.");
        Meter.CreateObservableGauge("presence.webhooks.endpoints", () => Endpoints(webhooks), "{endpoint}", "Webhooks, by their state. Failing: active, and the last attempt failed.");
    }

    public Meter Meter { get; }

    /// <summary>Counts a reply that refuses a request.</summary>
    public void Refused(ApiError error) => _refusals.Add(1, Label("code", error.Code));

    public void Dispose() => Meter.Dispose();

    private static IEnumerable<Measurement<long>> Sizes(DatabaseMaintenance maintenance)
    {
        var (database, log) = maintenance.Size();
        return [new(database, Label("file", "database")), new(log, Label("file", "log"))];
    }

    private static IEnumerable<Measurement<long>> Attempts(WebhookStore webhooks) =>
    [
        new(webhooks.AttemptsThatBecame(WebhookDeliveryState.Delivered), Label("outcome", "delivered")),
        new(webhooks.AttemptsThatBecame(WebhookDeliveryState.Pending), Label("outcome", "retried")),
        new(webhooks.AttemptsThatBecame(WebhookDeliveryState.Dead), Label("outcome", "given_up")),
    ];

    private static IEnumerable<Measurement<int>> Endpoints(WebhookStore webhooks)
    {
        var all = webhooks.List();
        return
        [
            new(all.Count(endpoint => endpoint is { State: WebhookState.Active, FailingSince: null }), Label("state", "active")),
            new(all.Count(endpoint => endpoint is { State: WebhookState.Active, FailingSince: not null }), Label("state", "failing")),
            new(all.Count(endpoint => endpoint.State == WebhookState.Paused), Label("state", "paused")),
            new(all.Count(endpoint => endpoint.State == WebhookState.Disabled), Label("state", "disabled")),
        ];
    }

    private static double Age(DateTimeOffset since, TimeProvider time) => Math.Max(0, (time.GetUtcNow() - since).TotalSeconds);

    private static KeyValuePair<string, object?> LabelOf(LimitKind kind) => Label("limit", kind.ToString().ToLowerInvariant());

    private static KeyValuePair<string, object?> Label(string name, object value) => new(name, value);
}
