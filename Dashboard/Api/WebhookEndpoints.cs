using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Webhooks;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Api;

/// <summary>Keeping webhook endpoints, and looking at what was sent to them.</summary>
internal sealed class WebhookEndpoints(WebhookStore store, WebhookSender sender, OutboundGuard guard)
{
    private const string Route = "/api/v1/admin/webhooks";
    private const string One = Route + "/{webhookId}";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<WebhookEndpoints>(api.ServiceProvider);
        var webhooks = ApiPolicy.Server.With(ServerScopes.Webhooks);
        api.MapPost(Route, endpoints.CreateAsync).Allow(webhooks)
            .WithName("createWebhook").Reads<WebhookRequest>().Produces<WebhookDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the endpoint is read, changed and deleted.").Refuses(ApiError.CapReached);
        api.MapGet(Route, endpoints.ListAsync).Allow(webhooks).WithName("listWebhooks").Produces<WebhooksReply>();
        api.MapGet(One, endpoints.ReadAsync).Allow(webhooks).WithName("getWebhook").Produces<WebhookDocument>().Refuses(ApiError.NotFound)
            .WithExample(WebhookDocument.Example);
        api.MapPut(One, endpoints.ChangeAsync).Allow(webhooks).WithName("changeWebhook").Reads<WebhookRequest>().Produces<WebhookDocument>().Refuses(ApiError.NotFound)
            .WithExample(WebhookDocument.Example);
        api.MapDelete(One, endpoints.DeleteAsync).Allow(webhooks).WithName("deleteWebhook").Produces(StatusCodes.Status204NoContent).Refuses(ApiError.NotFound);
        api.MapPost(One + "/secret", endpoints.RotateAsync).Allow(webhooks).WithName("rotateWebhookSecret").Produces<WebhookDocument>().Refuses(ApiError.NotFound);
        api.MapPost(One + "/pause", endpoints.PauseAsync).Allow(webhooks).WithName("pauseWebhook").Produces<WebhookDocument>().Refuses(ApiError.NotFound)
            .WithExample(WebhookDocument.Example);
        api.MapPost(One + "/resume", endpoints.ResumeAsync).Allow(webhooks).WithName("resumeWebhook").Produces<WebhookDocument>().Refuses(ApiError.NotFound)
            .WithExample(WebhookDocument.Example);
        api.MapPost(One + "/test", endpoints.TestAsync).Allow(webhooks).WithName("testWebhook").Produces<WebhookDeliveryDocument>().Refuses(ApiError.NotFound);
        api.MapGet(One + "/deliveries", endpoints.ListDeliveriesAsync).Allow(webhooks).WithName("listWebhookDeliveries")
            .Takes(
                ApiParameter.OfWords("state", "Only deliveries in this state.", ["pending", "delivered", "dead"], isOptional: true),
                ApiParameter.OfWords("type", "Only events of this type.", [.. WebhookEvents.All, WebhookEvents.Gap, WebhookEvents.Test], isOptional: true),
                ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
            .Produces<WebhookDeliveriesReply>().Refuses(ApiError.NotFound);
        api.MapPost(One + "/deliveries/{deliveryId}/resend", endpoints.ResendAsync).Allow(webhooks).WithName("resendWebhookDelivery")
            .Produces<WebhookResentReply>().Refuses(ApiError.NotFound);
    }

    /// <summary>Create a webhook endpoint</summary>
    /// <remarks><c>secret</c> in the reply signs what is sent. It is shown only here and after a rotation.</remarks>
    /// <response code="201">The endpoint, with its secret.</response>
    internal async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (url, filter) = await ReadRequestAsync(http);
        var made = await store.CreateAsync(url, filter, http.Actor(), cancellationToken);
        return Reply.Created(WebhookDocument.Of(made, 0) with { Secret = made.Secret }, ApiJson.Documents.WebhookDocument, $"{Route}/{made.Id}");
    }

    /// <summary>List webhook endpoints</summary>
    /// <response code="200">All endpoints, without their secrets.</response>
    internal async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        var pending = await store.CountPendingAsync(cancellationToken);
        return Reply.Ok(new WebhooksReply([.. store.List().Select(endpoint => WebhookDocument.Of(endpoint, pending.GetValueOrDefault(endpoint.Id)))]), ApiJson.Documents.WebhooksReply);
    }

    /// <summary>Read a webhook endpoint</summary>
    /// <response code="200">The endpoint, without its secret.</response>
    internal Task<IResult> ReadAsync(HttpContext http, string webhookId) => AnswerAsync(http, store.Find(webhookId));

    /// <summary>Change a webhook endpoint</summary>
    /// <remarks>Replaces URL, events, rooms and thresholds. What already waits goes to the new URL.</remarks>
    /// <response code="200">The updated endpoint.</response>
    internal async Task<IResult> ChangeAsync(HttpContext http, string webhookId)
    {
        var (url, filter) = await ReadRequestAsync(http);
        return await AnswerAsync(http, await store.ChangeAsync(webhookId, url, filter, http.Actor(), http.RequestAborted));
    }

    /// <summary>Delete a webhook endpoint</summary>
    /// <remarks>What waits for it is deleted with it.</remarks>
    /// <response code="204">Deleted.</response>
    internal async Task<IResult> DeleteAsync(HttpContext http, string webhookId) =>
        await store.DeleteAsync(webhookId, http.Actor(), http.RequestAborted) ? Results.NoContent() : Unknown;

    /// <summary>Rotate a webhook's secret</summary>
    /// <remarks>For a day, both secrets sign what is sent. Accept the new one within it.</remarks>
    /// <response code="200">The endpoint, with its new secret.</response>
    internal async Task<IResult> RotateAsync(HttpContext http, string webhookId)
    {
        var rotated = await store.RotateAsync(webhookId, http.Actor(), http.RequestAborted);
        return await AnswerAsync(http, rotated, rotated?.Secret);
    }

    /// <summary>Pause a webhook endpoint</summary>
    /// <remarks>Up to 10,000 events wait for it meanwhile.</remarks>
    /// <response code="200">The paused endpoint.</response>
    internal async Task<IResult> PauseAsync(HttpContext http, string webhookId) => await AnswerAsync(http, await store.SetPausedAsync(webhookId, isPaused: true, http.Actor(), http.RequestAborted));

    /// <summary>Resume a webhook endpoint</summary>
    /// <remarks>It gets what waits for it, in order. Also after the server paused or disabled it.</remarks>
    /// <response code="200">The active endpoint.</response>
    internal async Task<IResult> ResumeAsync(HttpContext http, string webhookId) => await AnswerAsync(http, await store.SetPausedAsync(webhookId, isPaused: false, http.Actor(), http.RequestAborted));

    /// <summary>Send a test event</summary>
    /// <remarks>Sends an event of the type <c>test</c> at once, also to a paused endpoint, and waits up to ten seconds for the answer.</remarks>
    /// <response code="200">The delivery, with what the endpoint answered.</response>
    internal async Task<IResult> TestAsync(HttpContext http, string webhookId) =>
        await sender.TestAsync(webhookId, http.Actor(), http.RequestAborted) is { } delivery
            ? Reply.Ok(WebhookDeliveryDocument.Of(delivery), ApiJson.Documents.WebhookDeliveryDocument)
            : Unknown;

    /// <summary>List a webhook's deliveries</summary>
    /// <remarks>The delivery log, the latest first. Deliveries that are over stay for 7 days, at most the latest 1,000.</remarks>
    /// <response code="200">A page of deliveries.</response>
    internal async Task<IResult> ListDeliveriesAsync(HttpContext http, string webhookId)
    {
        if (store.Find(webhookId) is null)
            return Unknown;
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var state = query.Choice<WebhookDeliveryState?>("state", ("", null), ("pending", WebhookDeliveryState.Pending), ("delivered", WebhookDeliveryState.Delivered), ("dead", WebhookDeliveryState.Dead));
        (string, string?)[] types = [("", null), .. WebhookEvents.All.Append(WebhookEvents.Gap).Append(WebhookEvents.Test).Select(type => (type, (string?)type))];
        var type = query.Choice("type", types);
        long? before = HistoryCursor.Webhooks.Read(query) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : null;
        var found = await store.ListDeliveriesAsync(webhookId, state, type, before, limit + 1, http.RequestAborted);
        var next = found.Count > limit ? HistoryCursor.Webhooks.Write(found[limit - 1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return Reply.Ok(new WebhookDeliveriesReply([.. found.Take(limit).Select(WebhookDeliveryDocument.Of)], next), ApiJson.Documents.WebhookDeliveriesReply);
    }

    /// <summary>Resend a delivery</summary>
    /// <remarks>Sends an event that was delivered or given up once more, with the same id, behind everything that waits.</remarks>
    /// <response code="200">The new delivery's number.</response>
    internal async Task<IResult> ResendAsync(HttpContext http, string webhookId, string deliveryId) =>
        long.TryParse(deliveryId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && await store.ResendAsync(webhookId, id, http.Actor(), http.RequestAborted) is { } again
            ? Reply.Ok(new WebhookResentReply(again), ApiJson.Documents.WebhookResentReply)
            : new ApiProblem(ApiError.NotFound, "This webhook has no such delivery that is over. GET its deliveries lists them.");

    private async Task<(string Url, WebhookFilter Filter)> ReadRequestAsync(HttpContext http)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.WebhookRequest);
        if (WebhookRules.ProblemOfUrl(request.Url, guard) is { } problem)
            throw new ApiProblemException(ApiProblem.Invalid("url", problem));
        if (WebhookRules.ProblemOf(request.Events, request.Rooms, request.Thresholds, out var filter) is { } refused)
            throw new ApiProblemException(ApiProblem.Invalid(refused.Field, refused.Rule));
        return (request.Url!, filter);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, WebhookEndpoint? endpoint, string? secret = null) => endpoint is null
        ? Unknown
        : Reply.Ok(WebhookDocument.Of(endpoint, (await store.CountPendingAsync(http.RequestAborted)).GetValueOrDefault(endpoint.Id)) with { Secret = secret }, ApiJson.Documents.WebhookDocument);

    private static ApiProblem Unknown => new(ApiError.NotFound, "There is no webhook with this id. GET /api/v1/admin/webhooks lists all.");
}

/// <summary>A webhook endpoint as it should be.</summary>
/// <param name="Url">Where events are sent: an absolute https URL.</param>
/// <param name="Events">The types of events it gets. Default: all.</param>
/// <param name="Rooms">The rooms it gets events of; an entry that ends in <c>*</c> is a prefix. Default: all.</param>
/// <param name="Thresholds">Viewer counts that <c>room.above</c> and <c>room.below</c> are sent for.</param>
/// <example>{"url":"https://example.com/hooks/presence","events":["room.live","room.empty","room.above"],"rooms":["show-*"],"thresholds":[100,1000]}</example>
[Computed("webhookId", "state", "stateAt", "problem", "pending", "failingSince", "deliveredAt", "previousSecretUntil", "createdAt", "createdBy")]
internal sealed record WebhookRequest(
    [property: Required, MinLength(1), MaxLength(WebhookRules.LongestUrl)] string? Url,
    IReadOnlyList<string?>? Events,
    [property: MaxLength(WebhookFilter.MostRooms)] IReadOnlyList<string?>? Rooms,
    [property: MaxLength(WebhookFilter.MostThresholds)] IReadOnlyList<int>? Thresholds) : AdministrationRequest;

/// <summary>A webhook endpoint.</summary>
/// <param name="WebhookId">Identifies it.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Events">The types of events it gets. Empty for all.</param>
/// <param name="Rooms">The rooms it gets events of. Empty for all.</param>
/// <param name="Thresholds">Viewer counts that <c>room.above</c> and <c>room.below</c> are sent for.</param>
/// <param name="State"><c>active</c>, <c>paused</c> (events wait) or <c>disabled</c> (it answered 410: nothing is kept).</param>
/// <param name="StateAt">Since when.</param>
/// <param name="Problem">Why the server stopped it. Absent if it didn't.</param>
/// <param name="Pending">How many events wait for it.</param>
/// <param name="FailingSince">Since when nothing could be delivered. Absent otherwise.</param>
/// <param name="DeliveredAt">When something was last delivered.</param>
/// <param name="PreviousSecretUntil">Until when the secret before signs too. Absent if there is none.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="CreatedBy">Who created it: an account's email or a key's name.</param>
/// <example>
/// {"webhookId":"wh_9f0c2b7a41d3e865","url":"https://example.com/hooks/presence","events":["room.live","room.empty","room.above"],"rooms":["show-*"],"thresholds":[100,1000],
/// "state":"active","stateAt":"2026-11-21T22:40:00.000Z","pending":0,"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key","secret":"whsec_3kT0aQxY7Zc1vB5nM8sD2fG4hJ6kL9pR0tW3eU7iO1A="}
/// </example>
internal sealed record WebhookDocument(
    string WebhookId, string Url, IReadOnlyList<string> Events, IReadOnlyList<string> Rooms, IReadOnlyList<int> Thresholds, string State, DateTimeOffset StateAt, string? Problem, int Pending,
    DateTimeOffset? FailingSince, DateTimeOffset? DeliveredAt, DateTimeOffset? PreviousSecretUntil, DateTimeOffset CreatedAt, string CreatedBy)
{
    public const string Example =
        """{"webhookId":"wh_9f0c2b7a41d3e865","url":"https://example.com/hooks/presence","events":["room.live"],"rooms":[],"thresholds":[],"state":"active","stateAt":"2026-11-21T22:40:00.000Z","pending":0,"deliveredAt":"2026-11-21T22:41:00.000Z","createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}""";

    /// <summary>Signs what is sent. Only in the reply that created it.</summary>
    public string? Secret { get; init; }

    public static WebhookDocument Of(WebhookEndpoint endpoint, int pending) => new(
        endpoint.Id, endpoint.Url, endpoint.Filter.Events, endpoint.Filter.Rooms, endpoint.Filter.Thresholds, endpoint.State.ToString().ToLowerInvariant(), endpoint.StateAt, endpoint.Problem, pending,
        endpoint.FailingSince, endpoint.DeliveredAt, endpoint.PreviousUntil, endpoint.CreatedAt, endpoint.CreatedBy);
}

/// <summary>Webhook endpoints.</summary>
/// <param name="Webhooks">The oldest first, at most 20.</param>
/// <example>
/// {"webhooks":[{"webhookId":"wh_9f0c2b7a41d3e865","url":"https://example.com/hooks/presence","events":[],"rooms":[],"thresholds":[],"state":"paused","stateAt":"2026-11-21T22:40:00.000Z",
/// "problem":"Nothing was delivered for a day. Last: status 500.","pending":812,"failingSince":"2026-11-20T22:40:00.000Z","createdAt":"2026-11-20T22:40:00.000Z","createdBy":"server key"}]}
/// </example>
internal sealed record WebhooksReply(IReadOnlyList<WebhookDocument> Webhooks);

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="DeliveryId">Rises with every delivery. An endpoint's deliveries are sent in this order.</param>
/// <param name="EventId">The header <c>webhook-id</c>: the same for every endpoint and attempt.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="At">When it happened.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>dead</c> (given up).</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastAt">When it was last tried.</param>
/// <param name="NextAt">When it is tried next. Absent unless it is pending.</param>
/// <param name="Status">The status of the last answer. Absent without one.</param>
/// <param name="Error">Why there was no answer.</param>
/// <param name="Answer">The beginning of the last answer's body.</param>
/// <param name="DurationMilliseconds">How long the last attempt took.</param>
/// <param name="Payload">What is sent.</param>
/// <example>
/// {"deliveryId":812,"eventId":"evt_9f0c2b7a41d3e8659f0c2b7a","type":"room.live","at":"2026-11-21T22:40:00.000Z","state":"delivered","attempts":1,"lastAt":"2026-11-21T22:40:00.120Z","status":204,
/// "answer":"","durationMilliseconds":38,"payload":{"type":"room.live","timestamp":"2026-11-21T22:40:00.000Z","data":{"roomId":"lobby","viewers":1}}}
/// </example>
internal sealed record WebhookDeliveryDocument(
    long DeliveryId, string EventId, string Type, DateTimeOffset At, string State, int Attempts, DateTimeOffset? LastAt, DateTimeOffset? NextAt, int? Status, string? Error, string? Answer, long DurationMilliseconds,
    JsonObject Payload)
{
    public static WebhookDeliveryDocument Of(WebhookDelivery delivery) => new(
        delivery.Id, delivery.EventId, delivery.Type, delivery.At, delivery.State.ToString().ToLowerInvariant(), delivery.Attempts, delivery.LastAt,
        delivery.State == WebhookDeliveryState.Pending ? delivery.NextAt : null, delivery.Status, delivery.Error, delivery.Answer, delivery.DurationMilliseconds, JsonNode.Parse(delivery.Payload)!.AsObject());
}

/// <summary>A page of a webhook's deliveries.</summary>
/// <param name="Deliveries">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"deliveries":[{"deliveryId":812,"eventId":"evt_9f0c2b7a41d3e8659f0c2b7a","type":"room.live","at":"2026-11-21T22:40:00.000Z","state":"pending","attempts":2,"lastAt":"2026-11-21T22:40:05.120Z",
/// "nextAt":"2026-11-21T22:40:15.310Z","error":"Connection refused","durationMilliseconds":3,"payload":{"type":"room.live","timestamp":"2026-11-21T22:40:00.000Z","data":{"roomId":"lobby","viewers":1}}}]}
/// </example>
internal sealed record WebhookDeliveriesReply(IReadOnlyList<WebhookDeliveryDocument> Deliveries, string? Cursor);

/// <summary>A delivery that is sent once more.</summary>
/// <param name="DeliveryId">Its number.</param>
/// <example>{"deliveryId":813}</example>
internal sealed record WebhookResentReply(long DeliveryId);
