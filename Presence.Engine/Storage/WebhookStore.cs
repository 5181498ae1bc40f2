using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>Webhooks' endpoints, and the outbox of what is sent to them.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> endpoints, in memory. Of each, <see cref="MostPending"/> deliveries that wait, and the latest
/// <see cref="MostFinished"/> that are over, for <see cref="KeptFor"/>.</para>
/// <para><b>Secrets.</b> They sign, so they are stored as they are, in the file that only the server's user can read.</para>
/// <para><b>Threads.</b> Any; changes follow one another.</para>
/// </remarks>
public sealed class WebhookStore : IDisposable
{
    public const int Most = 20;
    public const int MostFinished = 1_000;

    /// <summary>Deliveries that wait for one endpoint. Events above it are counted and told as a gap, once a tenth has been sent.</summary>
    public const int MostPending = 10_000;

    /// <summary>How long deliveries that are over stay in the log.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>How long the old secret signs beside the new one.</summary>
    public static readonly TimeSpan RotationFor = TimeSpan.FromDays(1);

    private readonly PresenceDatabase _database;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly long[] _attempts = new long[Enum.GetValues<WebhookDeliveryState>().Length];
    private volatile IReadOnlyList<WebhookEndpoint> _endpoints = [];

    public WebhookStore(PresenceDatabase database)
    {
        _database = database;
        database.Gate.EventsWritten = () => Woken?.Invoke();
    }

    /// <summary>Told when there may be something to send, or an endpoint changed. Returns at once.</summary>
    public Action? Woken { get; set; }

    /// <summary>The thresholds of all endpoints, in order.</summary>
    internal IReadOnlyList<int> Thresholds { get; private set; } = [];

    /// <summary>Whether any endpoint wants something that the feed tells.</summary>
    internal bool WantsFeed { get; private set; }

    /// <summary>Reads the endpoints, before requests are answered.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = _database.CreateDbContext();
            var records = await context.WebhookEndpoints.AsNoTracking().OrderBy(e => e.CreatedAt).ThenBy(e => e.Id).ToListAsync(cancellationToken);
            Take(records.ConvertAll(ToEndpoint));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>All endpoints, the oldest first.</summary>
    public IReadOnlyList<WebhookEndpoint> List() => _endpoints;

    /// <summary>One endpoint; null when there is none.</summary>
    public WebhookEndpoint? Find(string id) => _endpoints.FirstOrDefault(endpoint => endpoint.Id == id);

    /// <summary>Whether any endpoint wants a type in a room.</summary>
    internal bool Wants(string type, string roomId) => _endpoints.Any(endpoint => endpoint.State != WebhookState.Disabled && endpoint.Filter.WantsType(type) && endpoint.Filter.WantsRoom(roomId));

    /// <summary>Keeps a new endpoint; its secret is <see cref="WebhookEndpoint.Secret"/>.</summary>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<WebhookEndpoint> CreateAsync(string url, WebhookFilter filter, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_endpoints.Count >= Most)
                throw new StoreFullException(Most, $"The limit of {Most} webhook endpoints is reached. Delete one first.");
            var now = _database.Now();
            var (events, rooms, thresholds) = filter.Write();
            var record = new WebhookEndpointRecord
            {
                Id = "wh_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                Url = url,
                Events = events,
                Rooms = rooms,
                Thresholds = thresholds,
                Secret = NewSecret(),
                CreatedAt = now,
                CreatedBy = by.Name,
                StateAt = now,
            };
            await using var context = _database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.WebhookCreated, by) { Object = NameOf(record), New = ValuesOf(record) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            var made = ToEndpoint(record);
            Take([.. _endpoints, made]);
            return made;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Changes where and what is sent.</summary>
    /// <returns>The endpoint; null when there is none.</returns>
    public Task<WebhookEndpoint?> ChangeAsync(string id, string url, WebhookFilter filter, Actor by, CancellationToken cancellationToken) => EditAsync(
        id, AuditActs.WebhookChanged, by,
        record =>
        {
            record.Url = url;
            (record.Events, record.Rooms, record.Thresholds) = filter.Write();
        },
        cancellationToken);

    /// <summary>Pauses an endpoint, or resumes it: it gets everything that waits, in order.</summary>
    /// <returns>The endpoint; null when there is none.</returns>
    public Task<WebhookEndpoint?> SetPausedAsync(string id, bool isPaused, Actor by, CancellationToken cancellationToken) => EditAsync(
        id, isPaused ? AuditActs.WebhookPaused : AuditActs.WebhookResumed, by,
        record =>
        {
            (record.State, record.Problem, record.StateAt) = (isPaused ? WebhookState.Paused : WebhookState.Active, null, _database.Now());
            record.FailingSince = null;
        },
        cancellationToken,
        changes: record => isPaused == (record.State == WebhookState.Active));

    /// <summary>Makes a new secret. The old one signs beside it for <see cref="RotationFor"/>.</summary>
    /// <returns>The endpoint with the new secret; null when there is none.</returns>
    public Task<WebhookEndpoint?> RotateAsync(string id, Actor by, CancellationToken cancellationToken) => EditAsync(
        id, AuditActs.WebhookSecretRotated, by,
        record => (record.PreviousSecret, record.PreviousUntil, record.Secret) = (record.Secret, _database.Now() + RotationFor, NewSecret()),
        cancellationToken);

    /// <summary>Stops an endpoint because of its answers, and records that the server did.</summary>
    public Task<WebhookEndpoint?> StopAsync(string id, WebhookState state, string problem, CancellationToken cancellationToken) => EditAsync(
        id, state == WebhookState.Disabled ? AuditActs.WebhookDisabled : AuditActs.WebhookPaused, Actor.Server,
        record => (record.State, record.Problem, record.StateAt) = (state, problem, _database.Now()),
        cancellationToken,
        changes: record => record.State == WebhookState.Active,
        reason: problem);

    /// <summary>Deletes an endpoint with all that waits for it. False when there is none.</summary>
    public async Task<bool> DeleteAsync(string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (Find(id) is not { } endpoint)
                return false;
            await using var context = _database.CreateDbContext();
            await using (var transaction = await context.BeginWriteAsync(cancellationToken))
            {
                await context.DeleteAsync(context.WebhookEndpoints.Where(e => e.Id == id), cancellationToken);
                await context.RecordAsync(new AuditEntry(AuditActs.WebhookDeleted, by) { Object = $"{id} {endpoint.Url}" }, _database.Now(), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            Take([.. _endpoints.Where(other => other.Id != id)]);
        }
        finally
        {
            _oneAtATime.Release();
        }
        await PruneAsync(cancellationToken);
        return true;
    }

    /// <summary>What waits for an endpoint, in order.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> PendingAsync(string endpointId, int take, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateDbContext();
        return await context.WebhookDeliveries.AsNoTracking().Where(d => d.EndpointId == endpointId && d.State == WebhookDeliveryState.Pending).OrderBy(d => d.Id).Take(take).ToListAsync(cancellationToken);
    }

    /// <summary>How many wait for each endpoint.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountPendingAsync(CancellationToken cancellationToken)
    {
        await using var context = _database.CreateDbContext();
        return await context.WebhookDeliveries.Where(d => d.State == WebhookDeliveryState.Pending).GroupBy(d => d.EndpointId).ToDictionaryAsync(group => group.Key, group => group.Count(), StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>The log of an endpoint, the latest first.</summary>
    /// <param name="endpointId">Whose.</param>
    /// <param name="state">Only those; null for all.</param>
    /// <param name="type">Only of this type; null for all.</param>
    /// <param name="before">Continue behind this number; null starts at the latest.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string endpointId, WebhookDeliveryState? state, string? type, long? before, int take, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateDbContext();
        var rows = context.WebhookDeliveries.AsNoTracking().Where(d => d.EndpointId == endpointId);
        if (state is not null)
            rows = rows.Where(d => d.State == state);
        if (type is not null)
            rows = rows.Where(d => d.Type == type);
        if (before is not null)
            rows = rows.Where(d => d.Id < before);
        return await rows.OrderByDescending(d => d.Id).Take(take).ToListAsync(cancellationToken);
    }

    /// <summary>How many attempts came to this since the start: <see cref="WebhookDeliveryState.Pending"/> are those that will be tried again.</summary>
    public long AttemptsThatBecame(WebhookDeliveryState state) => Volatile.Read(ref _attempts[(int)state]);

    /// <summary>Stores what became of attempts, all in one transaction.</summary>
    /// <param name="endpointId">Whose.</param>
    /// <param name="attempts">In order.</param>
    /// <param name="failingSince">Since when nothing was delivered; null when the last attempt was answered well.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    public async Task SaveAsync(string endpointId, IReadOnlyList<WebhookAttempt> attempts, DateTimeOffset? failingSince, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var deliveredAt = attempts.LastOrDefault(attempt => attempt.State == WebhookDeliveryState.Delivered)?.At;
            await using var context = _database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            foreach (var attempt in attempts)
            {
                // Erased while it was sent: the answer may name whom the payload does not any more.
                await context.ExecuteAsync(
                    $"""
                    UPDATE "WebhookDeliveries" SET "State" = {(int)attempt.State}, "Attempts" = {attempt.Number}, "FirstAt" = coalesce("FirstAt", {attempt.At.ToUnixTimeMilliseconds()}),
                        "LastAt" = {attempt.At.ToUnixTimeMilliseconds()}, "NextAt" = {attempt.NextAt.ToUnixTimeMilliseconds()}, "Status" = {attempt.Status}, "Error" = {attempt.Error},
                        "Answer" = CASE WHEN "Payload" ->> '$.data.erased' THEN NULL ELSE {attempt.Answer} END, "DurationMilliseconds" = {(long)attempt.Duration.TotalMilliseconds}
                    WHERE "Id" = {attempt.DeliveryId} AND "State" = 0
                    """,
                    cancellationToken);
            }
            await context.UpdateAsync(
                context.WebhookEndpoints.Where(e => e.Id == endpointId), set => set.SetProperty(e => e.FailingSince, failingSince).SetProperty(e => e.DeliveredAt, e => deliveredAt ?? e.DeliveredAt), cancellationToken);
            context.WriteEvents([], _database.Now()); // a gap that can be told now
            await transaction.CommitAsync(cancellationToken);
            foreach (var attempt in attempts)
                Interlocked.Increment(ref _attempts[(int)attempt.State]);
            Take([.. _endpoints.Select(endpoint => endpoint.Id == endpointId ? endpoint with { FailingSince = failingSince, DeliveredAt = deliveredAt ?? endpoint.DeliveredAt } : endpoint)], isNews: false);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Sends a delivery that is over once more: the same event, behind all that waits.</summary>
    /// <returns>The new delivery's number; null when there is no such delivery, or it still waits.</returns>
    public async Task<long?> ResendAsync(string endpointId, long deliveryId, Actor by, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await context.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == deliveryId && d.EndpointId == endpointId && d.State != WebhookDeliveryState.Pending, cancellationToken) is not { } known)
            return null;
        var now = _database.Now();
        var again = NewDelivery(known.EndpointId, known.EventId, known.Type, known.RoomId, known.UserId, known.At, known.Payload, now);
        context.Add(again);
        await context.SaveChangesAsync(cancellationToken);
        await context.RecordAsync(new AuditEntry(AuditActs.WebhookResent, by) { Object = $"{endpointId} {known.Type} {known.EventId}" }, now, cancellationToken);
        context.Gate.HasEvents = true;
        await transaction.CommitAsync(cancellationToken);
        return again.Id;
    }

    /// <summary>Notes a test that is about to be sent, outside of the order. It waits for nothing and no one waits for it.</summary>
    /// <returns>The delivery; null when there is no such endpoint.</returns>
    public async Task<WebhookDelivery?> BeginTestAsync(string endpointId, Actor by, CancellationToken cancellationToken)
    {
        if (Find(endpointId) is not { } endpoint)
            return null;
        var now = _database.Now();
        var trial = WebhookEvents.Trial(by.Name, now);
        var delivery = NewDelivery(endpointId, trial.Id, trial.Type, null, null, now, WebhookEvents.BodyOf(trial), now);
        delivery.State = WebhookDeliveryState.Dead; // until it is answered
        await using var context = _database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        context.Add(delivery);
        await context.SaveChangesAsync(cancellationToken);
        await context.RecordAsync(new AuditEntry(AuditActs.WebhookTested, by) { Object = $"{endpointId} {endpoint.Url}" }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return delivery;
    }

    /// <summary>Notes what a test was answered.</summary>
    public async Task<WebhookDelivery?> EndTestAsync(WebhookAttempt attempt, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateDbContext();
        if (await context.WebhookDeliveries.FirstOrDefaultAsync(d => d.Id == attempt.DeliveryId, cancellationToken) is not { } delivery)
            return null;
        (delivery.State, delivery.Attempts, delivery.FirstAt, delivery.LastAt) = (attempt.State, 1, attempt.At, attempt.At);
        (delivery.Status, delivery.Error, delivery.Answer, delivery.DurationMilliseconds) = (attempt.Status, attempt.Error, attempt.Answer, (long)attempt.Duration.TotalMilliseconds);
        await context.SaveChangesAsync(cancellationToken);
        return delivery;
    }

    /// <summary>Deletes what is over and old, what is too much, and what was left of deleted endpoints.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var before = (_database.Now() - KeptFor).ToUnixTimeMilliseconds();
        await using var context = _database.CreateDbContext();
        foreach (var endpointId in await context.WebhookDeliveries.Select(d => d.EndpointId).Distinct().ToListAsync(cancellationToken))
        {
            var last = Find(endpointId) is null
                ? long.MaxValue
                : await context.WebhookDeliveries.Where(d => d.EndpointId == endpointId && d.State != WebhookDeliveryState.Pending).OrderByDescending(d => d.Id).Skip(MostFinished).Select(d => d.Id).FirstOrDefaultAsync(cancellationToken);
            await _database.DeleteInPiecesAsync<WebhookDelivery>(
                $"""
                "EndpointId" = {endpointId} AND ("State" <> 0 OR {last} = {long.MaxValue}) AND ("Id" <= {last} OR coalesce("LastAt", "At") < {before})
                """,
                cancellationToken);
        }
    }

    /// <summary>Takes a person out of what was sent and of what waits: that is sent without it.</summary>
    internal static Task<int> EraseAsync(PresenceContext context, string userId, CancellationToken cancellationToken) => context.ExecuteAsync(
        $"""
        UPDATE "WebhookDeliveries" SET "UserId" = NULL, "Answer" = NULL,
            "Payload" = json_set(json_remove("Payload", '$.data.reason', '$.data.joinedAt'), '$.data.userId', NULL, '$.data.erased', json('true'))
        WHERE "UserId" = {userId}
        """,
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<WebhookEndpoint?> EditAsync(
        string id, string act, Actor by, Action<WebhookEndpointRecord> edit, CancellationToken cancellationToken, Func<WebhookEndpointRecord, bool>? changes = null, string? reason = null)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = _database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            if (await context.WebhookEndpoints.FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } record)
                return null;
            if (changes?.Invoke(record) == false)
                return ToEndpoint(record);
            var old = ValuesOf(record);
            edit(record);
            await context.SaveChangesAsync(cancellationToken);
            var @new = ValuesOf(record);
            await context.RecordAsync(
                new AuditEntry(act, by) { Object = NameOf(record), Old = old == @new ? null : old, New = old == @new ? null : @new, Reason = reason }, _database.Now(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            var edited = ToEndpoint(record);
            Take([.. _endpoints.Select(endpoint => endpoint.Id == id ? edited : endpoint)]);
            return edited;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private void Take(IReadOnlyList<WebhookEndpoint> endpoints, bool isNews = true)
    {
        _endpoints = endpoints;
        if (!isNews)
            return;
        var heard = endpoints.Where(endpoint => endpoint.State != WebhookState.Disabled).ToList();
        Thresholds = [.. heard.SelectMany(endpoint => endpoint.Filter.Thresholds).Distinct().Order()];
        WantsFeed = heard.Exists(endpoint => WebhookEvents.OfFeed.Any(endpoint.Filter.WantsType));
        Woken?.Invoke();
    }

    private static WebhookDelivery NewDelivery(string endpointId, string eventId, string type, string? roomId, string? userId, DateTimeOffset at, string payload, DateTimeOffset now) =>
        new() { EndpointId = endpointId, EventId = eventId, Type = type, RoomId = roomId, UserId = userId, At = at, Payload = payload, NextAt = now };

    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static string NameOf(WebhookEndpointRecord record) => $"{record.Id} {record.Url}";

    private static string ValuesOf(WebhookEndpointRecord record) => AuditEntry.Values(
        ("url", record.Url), ("events", record.Events.Length == 0 ? "all" : record.Events), ("rooms", record.Rooms == "[]" ? "all" : record.Rooms), ("thresholds", record.Thresholds.Length == 0 ? null : record.Thresholds),
        ("state", record.State.ToString().ToLowerInvariant()));

    private static WebhookEndpoint ToEndpoint(WebhookEndpointRecord record) => new(record.Id, record.Url, WebhookFilter.Read(record.Events, record.Rooms, record.Thresholds), record.Secret)
    {
        PreviousSecret = record.PreviousSecret,
        PreviousUntil = record.PreviousUntil,
        State = record.State,
        Problem = record.Problem,
        StateAt = record.StateAt,
        CreatedAt = record.CreatedAt,
        CreatedBy = record.CreatedBy,
        FailingSince = record.FailingSince,
        DeliveredAt = record.DeliveredAt,
    };
}

/// <summary>Where events are sent.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Url">An https URL.</param>
/// <param name="Filter">What it wants to hear.</param>
/// <param name="Secret">Signs what is sent: <c>whsec_</c> and base64 of 32 random bytes.</param>
public sealed record WebhookEndpoint(string Id, string Url, WebhookFilter Filter, string Secret)
{
    /// <summary>Signs beside it until <see cref="PreviousUntil"/>.</summary>
    public string? PreviousSecret { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    public WebhookState State { get; init; }

    /// <summary>Why the server stopped it; null when a person did, or nobody.</summary>
    public string? Problem { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public DateTimeOffset StateAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";

    /// <summary>Since when nothing was delivered though it was tried; null when the last attempt was answered well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When something was last delivered.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The secrets that sign now, the old one first: some receivers read the first signature alone.</summary>
    public IReadOnlyList<string> SecretsAt(DateTimeOffset now) => PreviousSecret is { } previous && PreviousUntil > now ? [previous, Secret] : [Secret];
}

/// <summary>Whether an endpoint gets anything. The numbers are stored.</summary>
public enum WebhookState : byte
{
    /// <summary>It gets what happens.</summary>
    Active = 0,

    /// <summary>What happens waits for it.</summary>
    Paused = 1,

    /// <summary>It said that it is gone (410): nothing is kept for it.</summary>
    Disabled = 2,
}

/// <summary>What became of a delivery. The numbers are stored.</summary>
public enum WebhookDeliveryState : byte
{
    /// <summary>It waits, for its first attempt or the next.</summary>
    Pending = 0,

    /// <summary>It was answered with 2xx.</summary>
    Delivered = 1,

    /// <summary>It was given up.</summary>
    Dead = 2,
}

/// <summary>One event on its way to one endpoint.</summary>
public sealed class WebhookDelivery
{
    /// <summary>Rises with every delivery; an endpoint's are sent in this order.</summary>
    public long Id { get; init; }

    public required string EndpointId { get; init; }

    /// <summary>The same for every endpoint and attempt.</summary>
    public required string EventId { get; init; }

    public required string Type { get; init; }
    public string? RoomId { get; init; }

    /// <summary>The viewer concerned; erased with the person.</summary>
    public string? UserId { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The body, as it is signed and sent.</summary>
    public required string Payload { get; init; }

    public WebhookDeliveryState State { get; set; }
    public int Attempts { get; set; }

    /// <summary>When it was first tried.</summary>
    public DateTimeOffset? FirstAt { get; set; }

    /// <summary>When it was last tried.</summary>
    public DateTimeOffset? LastAt { get; set; }

    /// <summary>When it is tried next, if it waits.</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>The status of the last answer; null when there was none.</summary>
    public int? Status { get; set; }

    /// <summary>Why there was no answer.</summary>
    public string? Error { get; set; }

    /// <summary>How the last answer's body begins.</summary>
    public string? Answer { get; set; }

    /// <summary>How long the last attempt took.</summary>
    public long DurationMilliseconds { get; set; }
}

/// <summary>One attempt, and what becomes of its delivery.</summary>
/// <param name="DeliveryId">Of what.</param>
/// <param name="State">What the delivery is now.</param>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="At">When it began.</param>
/// <param name="NextAt">When the next is, if the delivery still waits.</param>
/// <param name="Status">The answer's status; null without an answer.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Answer">How its body begins.</param>
/// <param name="Duration">How long it took.</param>
public sealed record WebhookAttempt(
    long DeliveryId, WebhookDeliveryState State, int Number, DateTimeOffset At, DateTimeOffset NextAt, int? Status, string? Error, string? Answer, TimeSpan Duration);

/// <summary>A row of an endpoint.</summary>
internal sealed class WebhookEndpointRecord
{
    public required string Id { get; init; }
    public required string Url { get; set; }

    /// <summary>Separated by spaces; empty for all.</summary>
    public required string Events { get; set; }

    /// <summary>A JSON array: room ids may hold spaces.</summary>
    public required string Rooms { get; set; }

    /// <summary>Separated by spaces.</summary>
    public required string Thresholds { get; set; }

    public required string Secret { get; set; }
    public string? PreviousSecret { get; set; }
    public DateTimeOffset? PreviousUntil { get; set; }
    public WebhookState State { get; set; }
    public string? Problem { get; set; }
    public DateTimeOffset StateAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? FailingSince { get; set; }
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Events that were not kept because too many wait, by type, as a JSON object.</summary>
    public string Dropped { get; set; } = "{}";

    public DateTimeOffset? DroppedFrom { get; set; }
}

/// <summary>What webhooks' reader told of a live room; the row with the empty id says up to when it told everything.</summary>
internal sealed class WebhookRoomRecord
{
    /// <summary>No room has it, because ids have at least one character.</summary>
    public const string Reader = "";

    public required string RoomId { get; init; }
    public int Viewers { get; set; }
    public int PeakTold { get; set; }

    /// <summary>Thresholds it is above, separated by spaces.</summary>
    public string Above { get; set; } = "";

    public DateTimeOffset At { get; set; }
}
