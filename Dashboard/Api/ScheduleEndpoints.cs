using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Settings for a time, and then back.</summary>
internal sealed class ScheduleEndpoints(ScheduleStore schedules, TimeProvider time)
{
    private const string All = "/api/v1/admin/scheduled-settings";
    private const string Route = All + "/{scheduleId}";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<ScheduleEndpoints>(api.ServiceProvider);
        var read = ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings | ServerScopes.Rooms);
        var write = ApiPolicy.Server.With(ServerScopes.Settings | ServerScopes.Rooms);
        api.MapGet(All, endpoints.List).Allow(read).WithName("listScheduledSettings").Produces<SchedulesReply>();
        api.MapPost(All, (Delegate)endpoints.ScheduleAsync).Allow(write).WithName("scheduleSettings").Reads<ScheduleRequest>().Produces<ScheduleDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the change is read and cancelled.").Refuses(ApiError.CapReached);
        api.MapGet(Route, endpoints.Read).Allow(read).WithName("getScheduledSettings").Produces<ScheduleDocument>().Refuses(ApiError.NotFound);
        api.MapDelete(Route, endpoints.CancelAsync).Allow(write).WithName("cancelScheduledSettings").Produces<ScheduleDocument>().Refuses(ApiError.NotFound);
    }

    /// <summary>List scheduled settings</summary>
    /// <remarks>Those that wait or are active by their beginning, then the latest 100 that are over.</remarks>
    /// <response code="200">The scheduled changes.</response>
    internal IResult List() => Reply.Ok(new SchedulesReply([.. schedules.All.Select(Describe)]), ApiJson.Documents.SchedulesReply);

    /// <summary>Schedule settings</summary>
    /// <remarks>
    /// For a room (<c>roomId</c>), for rooms by <c>prefix</c>, or without either for the network (scope <c>settings</c>; the others need <c>rooms</c>). At
    /// <c>until</c>, what held before comes back. What somebody changes by hand meanwhile stays. Changes of the same settings can't overlap. A change
    /// that begins at once is in effect when the reply arrives.
    /// </remarks>
    /// <response code="201">The scheduled change.</response>
    internal async Task<IResult> ScheduleAsync(HttpContext http)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.ScheduleRequest);
        if (UnknownMembers.ProblemOf(request.Values, ApiJson.Documents.OverridesPart) is { } unknown)
            return ApiProblem.Invalid($"values: {unknown}");
        if (Refuse(http, isNetwork: request is { RoomId: null, Prefix: null }) is { } refusal)
            return refusal;
        if (request.Until is null == request.DurationSeconds is null)
            return ApiProblem.Invalid("Send until or durationSeconds, and not both.");
        var now = time.GetUtcNow();
        var from = request.From ?? now;
        var change = new ScheduledChange
        {
            RoomId = request.RoomId,
            Prefix = request.Prefix,
            Values = RoomAdministrationEndpoints.OverridesOf(request.Values),
            From = from,
            Until = request.Until ?? from.AddSeconds(request.DurationSeconds!.Value),
            Reason = request.Reason,
        };
        try
        {
            var made = Describe(await schedules.ScheduleAsync(change, http.Actor(), http.RequestAborted));
            return Reply.Created(made, ApiJson.Documents.ScheduleDocument, $"{All}/{made.ScheduleId}");
        }
        catch (Exception refused) when (refused is ScheduleRefusedException or ScheduleOverlapException)
        {
            return ApiProblem.Invalid(refused.Message);
        }
    }

    /// <summary>Read a scheduled change</summary>
    /// <response code="200">The scheduled change.</response>
    internal IResult Read(string scheduleId) => Answer(Find(scheduleId));

    /// <summary>Cancel a scheduled change</summary>
    /// <remarks>If it is active, what held before is in effect again when the reply arrives. One that is over stays as it is.</remarks>
    /// <response code="200">The scheduled change.</response>
    internal async Task<IResult> CancelAsync(HttpContext http, string scheduleId)
    {
        if (Find(scheduleId) is not { } change)
            return Unknown;
        return Refuse(http, isNetwork: change is { RoomId: null, Prefix: null }) ?? Answer(await schedules.CancelAsync(scheduleId, http.Actor(), http.RequestAborted));
    }

    private static ApiProblem Unknown => new(ApiError.NotFound, $"There is no scheduled change with this id. GET {All} lists them.");

    private static ApiProblem? Refuse(HttpContext http, bool isNetwork) =>
        http.Caller().Scopes.HasFlag(isNetwork ? ServerScopes.Settings : ServerScopes.Rooms)
            ? null
            : new ApiProblem(ApiError.NotAllowed, $"The scope {(isNetwork ? "settings" : "rooms")} is missing: the change is for {(isNetwork ? "the network" : "rooms")}.");

    private ScheduledChange? Find(string id) => schedules.All.FirstOrDefault(change => change.Id == id);

    private static IResult Answer(ScheduledChange? change) => change is null ? Unknown : Reply.Ok(Describe(change), ApiJson.Documents.ScheduleDocument);

    private static ScheduleDocument Describe(ScheduledChange change) => new(
        change.Id,
        change.RoomId,
        change.Prefix,
        Word(change.State),
        RoomAdministrationEndpoints.Describe(change.Values),
        change.From,
        change.Until,
        change.Before is null ? null : RoomAdministrationEndpoints.Describe(change.Before),
        change.Reason,
        change.CreatedAt,
        change.CreatedBy,
        change.EndedAt,
        change.Note);

    private static string Word(ScheduleState state) => state switch
    {
        ScheduleState.Waiting => "waiting",
        ScheduleState.InForce => "active",
        ScheduleState.Over => "over",
        ScheduleState.Cancelled => "cancelled",
        ScheduleState.Overtaken => "overtaken",
        ScheduleState.Missed => "missed",
        _ => "refused",
    };
}

/// <summary>Settings for a time.</summary>
/// <param name="RoomId">The room it is for.</param>
/// <param name="Prefix">The beginning of the rooms it is for. Without <c>roomId</c> and <c>prefix</c>, the change is for the network.</param>
/// <param name="Values">What holds meanwhile. A member that you leave out stays as it is.</param>
/// <param name="From">When it begins. Default: now.</param>
/// <param name="Until">When what held before comes back.</param>
/// <param name="DurationSeconds">Instead of <c>until</c>: how long it lasts.</param>
/// <param name="Reason">The reason. Stored with the change.</param>
/// <example>{"roomId":"lobby","values":{"heartbeatIntervalSeconds":50,"presenceTimeoutSeconds":120},"durationSeconds":7200,"reason":"finals"}</example>
[Computed("scheduleId", "state", "before", "createdAt", "createdBy", "endedAt", "note")]
internal sealed record ScheduleRequest(
    [property: MaxLength(PresenceIds.LongestRoomId)] string? RoomId,
    [property: MaxLength(PresenceIds.LongestRoomId)] string? Prefix,
    [property: Required] DefinedRoomRequest.OverridesPart? Values,
    DateTimeOffset? From,
    DateTimeOffset? Until,
    [property: Range(60, 2_678_400)] int? DurationSeconds,
    [property: MaxLength(200)] string? Reason) : AdministrationRequest;

/// <summary>Settings for a time, and what became of them.</summary>
/// <param name="ScheduleId">Identifies the change.</param>
/// <param name="RoomId">The room it is for.</param>
/// <param name="Prefix">The beginning of the rooms it is for. Without <c>roomId</c> and <c>prefix</c>, the change is for the network.</param>
/// <param name="State">Whether it waits, is active or over. <c>overtaken</c>: somebody changed the same settings by hand, and nothing went back. <c>missed</c>: the server didn't run in all of its time. <c>refused</c>: its values didn't go with those in effect when it should begin.</param>
/// <param name="Values">What holds meanwhile. An absent member stays as it is.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When what held before comes back.</param>
/// <param name="Before">What held before it began.</param>
/// <param name="Reason">The reason.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: an account's email or a server key's name.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="Note">Who cancelled it or changed the settings by hand, or why it was refused.</param>
/// <example>
/// {"scheduleId":"sched_5f0c1d2e3a4b5c6d","roomId":"lobby","state":"active","values":{"heartbeatIntervalSeconds":50,"presenceTimeoutSeconds":120},
/// "from":"2026-11-21T20:00:00.000Z","until":"2026-11-21T22:00:00.000Z","before":{},"reason":"finals","createdAt":"2026-11-21T19:40:00.000Z","createdBy":"server key"}
/// </example>
internal sealed record ScheduleDocument(
    string ScheduleId,
    string? RoomId,
    string? Prefix,
    [property: AllowedValues("waiting", "active", "over", "cancelled", "overtaken", "missed", "refused")] string State,
    DefinedRoomDocument.StoredOverrides Values,
    DateTimeOffset From,
    DateTimeOffset Until,
    DefinedRoomDocument.StoredOverrides? Before,
    string? Reason,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? EndedAt,
    string? Note);

/// <summary>All scheduled changes.</summary>
/// <param name="Scheduled">Those that wait or are active by their beginning, then those that are over, the latest first.</param>
/// <example>
/// {"scheduled":[{"scheduleId":"sched_5f0c1d2e3a4b5c6d","roomId":"lobby","state":"waiting","values":{"heartbeatIntervalSeconds":50},"from":"2026-11-21T20:00:00.000Z",
/// "until":"2026-11-21T22:00:00.000Z","createdAt":"2026-11-21T19:40:00.000Z","createdBy":"server key"}]}
/// </example>
internal sealed record SchedulesReply(IReadOnlyList<ScheduleDocument> Scheduled);
