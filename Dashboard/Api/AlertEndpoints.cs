using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Alert rules, and the alerts that came of them.</summary>
internal sealed class AlertEndpoints(AlertWatch alerts, AlertStore store)
{
    private const string Rules = "/api/v1/admin/alert-rules";

    /// <summary>The words of the wire, the first ones of a list of choices.</summary>
    private static readonly (string Word, AlertKind Kind)[] Kinds =
    [
        ("falls", AlertKind.Falls), ("rises", AlertKind.Rises), ("above", AlertKind.Above), ("below", AlertKind.Below), ("empty", AlertKind.Empty),
        ("refused", AlertKind.Refused), ("off", AlertKind.Off), ("watched", AlertKind.Watched),
    ];

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<AlertEndpoints>(api.ServiceProvider);
        var read = ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings);
        var write = ApiPolicy.Server.With(ServerScopes.Settings);
        api.MapGet(Rules, endpoints.ListRules).Allow(read).WithName("listAlertRules").Produces<AlertRulesReply>();
        api.MapPost(Rules, (Delegate)endpoints.MakeRuleAsync).Allow(write).WithName("makeAlertRule").Reads<AlertRuleRequest>().Produces<AlertRuleDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the rule is read, changed and deleted.").Refuses(ApiError.CapReached);
        api.MapGet(Rules + "/{ruleId}", endpoints.ReadRule).Allow(read).WithName("getAlertRule").Produces<AlertRuleDocument>().Refuses(ApiError.NotFound);
        api.MapPut(Rules + "/{ruleId}", endpoints.ChangeRuleAsync).Allow(write).WithName("setAlertRule").Reads<AlertRuleRequest>().Produces<AlertRuleDocument>().Refuses(ApiError.NotFound);
        api.MapDelete(Rules + "/{ruleId}", endpoints.DeleteRuleAsync).Allow(write).WithName("deleteAlertRule").Produces(StatusCodes.Status204NoContent).Refuses(ApiError.NotFound);
        api.MapGet("/api/v1/admin/alerts", (Delegate)endpoints.ListAsync).Allow(read).WithName("listAlerts")
            .Takes(ApiParameter.OfWords("state", "Only open alerts, or only those that are over.", ["open", "over"], isOptional: true), ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
            .Produces<AlertsReply>();
    }

    /// <summary>List alert rules</summary>
    /// <remarks>All rules, in the order in which they were created.</remarks>
    /// <response code="200">The rules.</response>
    internal IResult ListRules() => Reply.Ok(new AlertRulesReply([.. alerts.Rules.Select(Describe)]), ApiJson.Documents.AlertRulesReply);

    /// <summary>Create an alert rule</summary>
    /// <remarks>
    /// The rule is for one room (<c>roomId</c>), for each room that begins with <c>prefix</c> (empty: every room), or without either for the network.
    /// It is judged every 5 seconds.
    /// </remarks>
    /// <response code="201">The rule.</response>
    internal async Task<IResult> MakeRuleAsync(HttpContext http)
    {
        var rule = RuleOf(await JsonBody.ReadAsync(http, ApiJson.Documents.AlertRuleRequest), id: "");
        var made = Describe((await alerts.SaveRuleAsync(rule, http.Actor(), http.RequestAborted))!);
        return Reply.Created(made, ApiJson.Documents.AlertRuleDocument, $"{Rules}/{made.RuleId}");
    }

    /// <summary>Read an alert rule</summary>
    /// <response code="200">The rule.</response>
    internal IResult ReadRule(string ruleId) => Answer(alerts.Rules.FirstOrDefault(rule => rule.Id == ruleId));

    /// <summary>Change an alert rule</summary>
    /// <remarks>Replaces the whole rule. Its open alerts are over: they were of the rule as it was.</remarks>
    /// <response code="200">The rule.</response>
    internal async Task<IResult> ChangeRuleAsync(HttpContext http, string ruleId)
    {
        var rule = RuleOf(await JsonBody.ReadAsync(http, ApiJson.Documents.AlertRuleRequest), ruleId);
        return Answer(await alerts.SaveRuleAsync(rule, http.Actor(), http.RequestAborted));
    }

    /// <summary>Delete an alert rule</summary>
    /// <remarks>Its alerts stay in the list. Those that are open are over.</remarks>
    /// <response code="204">Deleted.</response>
    internal async Task<IResult> DeleteRuleAsync(HttpContext http, string ruleId) =>
        await alerts.DeleteRuleAsync(ruleId, http.Actor(), http.RequestAborted) is null ? Unknown : Results.NoContent();

    /// <summary>List alerts</summary>
    /// <remarks>The latest first. Rooms of one rule that follow within a minute are one alert, with their number in <c>rooms</c>. Arrivals of watched viewers are listed for keys with the scope <c>moderation</c> only.</remarks>
    /// <response code="200">A page of alerts.</response>
    internal async Task<IResult> ListAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var isOpen = query.Choice<bool?>("state", ("", null), ("open", true), ("over", false));
        long? before = HistoryCursor.Alerts.Read(query) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : null;
        var found = await store.ListAsync(isOpen, before, limit + 1, http.RequestAborted, withWatched: http.Caller().Scopes.HasFlag(ServerScopes.Moderation));
        var next = found.Count > limit ? HistoryCursor.Alerts.Write(found[limit - 1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return Reply.Ok(new AlertsReply([.. found.Take(limit).Select(Describe)], next), ApiJson.Documents.AlertsReply);
    }

    private static ApiProblem Unknown => new(ApiError.NotFound, $"There is no alert rule with this id. GET {Rules} lists all rules.");

    private static IResult Answer(AlertRule? rule) => rule is null ? Unknown : Reply.Ok(Describe(rule), ApiJson.Documents.AlertRuleDocument);

    private static AlertRule RuleOf(AlertRuleRequest request, string id)
    {
        if (Array.Find(Kinds, known => known.Word == request.Kind) is not { Word: not null } kind)
            throw QueryReader.Refused($"kind must be one of {string.Join(", ", Kinds.Select(known => known.Word))}.");
        var rule = AlertRules.Normalised(new AlertRule
        {
            Id = id,
            Kind = kind.Kind,
            RoomId = request.RoomId,
            Prefix = request.Prefix,
            Amount = request.Amount ?? 0,
            Minutes = request.Minutes ?? 0,
            Least = request.Least ?? AlertRules.UsualLeast,
            Flag = NoteEndpoints.FlagOf(request.Flag, "Leave it out for anyone on the watch list."),
            IsOn = request.Enabled ?? true,
        });
        return AlertRules.Problems(rule) is [var problem, ..] ? throw QueryReader.Refused(problem.Message) : rule;
    }

    private static string WordOf(AlertKind kind) => Kinds.First(known => known.Kind == kind).Word;

    private static AlertRuleDocument Describe(AlertRule rule) => new(
        rule.Id, WordOf(rule.Kind), rule.RoomId, rule.Prefix, rule.Amount > 0 ? rule.Amount : null, rule.Minutes > 0 ? rule.Minutes : null, rule.IsMovement ? rule.Least : null, NoteEndpoints.WordOf(rule.Flag), rule.IsOn, rule.UpdatedAt, rule.UpdatedBy);

    private static AlertDocument Describe(Alert alert) => new(
        alert.Id, alert.Rule.Id, WordOf(alert.Rule.Kind), alert.RoomId, alert.Rule.Prefix, alert.UserId, NoteEndpoints.WordOf(alert.Flag), alert.RaisedAt, alert.OverAt, alert.Before, alert.Now, alert.Rooms, alert.Times, alert.AcknowledgedBy, alert.AcknowledgedAt);
}

/// <summary>An alert rule.</summary>
/// <param name="Kind">What it looks for.</param>
/// <param name="RoomId">The room it is for.</param>
/// <param name="Prefix">The beginning of the rooms it is for, each judged on its own. Empty for every room.</param>
/// <param name="Amount">Percent of <c>falls</c> (1 to 100) and <c>rises</c> (1 to 10,000), viewers of <c>above</c> and <c>below</c>, heartbeats a minute of <c>refused</c>.</param>
/// <param name="Minutes">Within how many minutes, for <c>falls</c> and <c>rises</c>: 1, 2, 5, 10, 15, 30 or 60. For how long, for <c>empty</c>: 1 to 1,440.</param>
/// <param name="Least">For <c>falls</c> and <c>rises</c>: rooms that had fewer viewers are not looked at. Default: 20.</param>
/// <param name="Flag">For <c>watched</c>: only viewers on the watch list with this flag. Default: anyone on it.</param>
/// <param name="Enabled">Whether it is judged. Default: true.</param>
/// <example>{"kind":"falls","prefix":"","amount":25,"minutes":1,"least":20}</example>
[Computed("ruleId", "updatedAt", "updatedBy")]
internal sealed record AlertRuleRequest(
    [property: Required, AllowedValues("falls", "rises", "above", "below", "empty", "refused", "off", "watched")] string? Kind,
    [property: MaxLength(PresenceIds.LongestRoomId)] string? RoomId,
    [property: MaxLength(PresenceIds.LongestRoomId)] string? Prefix,
    [property: Range(0, AlertRules.LargestAmount)] int? Amount,
    [property: Range(0, AlertRules.LongestEmpty)] int? Minutes,
    [property: Range(0, AlertRules.LargestAmount)] int? Least,
    [property: AllowedValues("vip", "trouble", "speaker")] string? Flag,
    bool? Enabled) : AdministrationRequest;

/// <summary>An alert rule.</summary>
/// <param name="RuleId">Identifies the rule.</param>
/// <param name="Kind">What it looks for.</param>
/// <param name="RoomId">The room it is for. Absent for rooms by prefix and for the network.</param>
/// <param name="Prefix">The beginning of the rooms it is for. Absent for one room and for the network.</param>
/// <param name="Amount">Percent, viewers or heartbeats a minute. Absent for <c>empty</c>, <c>off</c> and <c>watched</c>.</param>
/// <param name="Minutes">Within how many minutes, or for how long.</param>
/// <param name="Least">Rooms that had fewer viewers are not looked at.</param>
/// <param name="Flag">For <c>watched</c>: only viewers with this flag.</param>
/// <param name="Enabled">Whether it is judged.</param>
/// <param name="UpdatedAt">When it was last saved.</param>
/// <param name="UpdatedBy">Who saved it: an account's email or a key's name.</param>
/// <example>{"ruleId":"rule_9f0c2b7a41d3e865","kind":"falls","prefix":"","amount":25,"minutes":1,"least":20,"enabled":true,"updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"mia@example.com"}</example>
internal sealed record AlertRuleDocument(
    string RuleId, string Kind, string? RoomId, string? Prefix, int? Amount, int? Minutes, int? Least, string? Flag, bool Enabled, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>Alert rules.</summary>
/// <param name="Rules">All of them, in the order in which they were created.</param>
/// <example>{"rules":[{"ruleId":"rule_9f0c2b7a41d3e865","kind":"above","roomId":"lobby","amount":150,"enabled":true,"updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"mia@example.com"}]}</example>
internal sealed record AlertRulesReply(IReadOnlyList<AlertRuleDocument> Rules);

/// <summary>An alert.</summary>
/// <param name="AlertId">Identifies the alert. Rises with each.</param>
/// <param name="RuleId">Its rule. The rule can be deleted since.</param>
/// <param name="Kind">What the rule looked for.</param>
/// <param name="RoomId">The room it began in. Absent for the network.</param>
/// <param name="Prefix">The beginning of the rule's rooms, if it was for several.</param>
/// <param name="UserId">For <c>watched</c>: the viewer who arrived. Absent once the person is erased.</param>
/// <param name="Flag">For <c>watched</c>: the viewer's flag.</param>
/// <param name="RaisedAt">When it began.</param>
/// <param name="OverAt">When it was over. Absent while it is open.</param>
/// <param name="Before">The viewers before, in all of its rooms.</param>
/// <param name="Now">The viewers when it began. For <c>refused</c>, the heartbeats refused within the minute.</param>
/// <param name="Rooms">The number of rooms folded into it.</param>
/// <param name="Times">How often it came back before it was over, the first time included.</param>
/// <param name="AcknowledgedBy">Who has seen to it.</param>
/// <param name="AcknowledgedAt">When that was.</param>
internal sealed record AlertDocument(
    long AlertId, string RuleId, string Kind, string? RoomId, string? Prefix, string? UserId, string? Flag, DateTimeOffset RaisedAt, DateTimeOffset? OverAt, int Before, int Now, int Rooms, int Times,
    string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt);

/// <summary>A page of alerts.</summary>
/// <param name="Alerts">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>{"alerts":[{"alertId":12,"ruleId":"rule_9f0c2b7a41d3e865","kind":"falls","roomId":"lobby","prefix":"","raisedAt":"2026-11-21T20:52:00.000Z","before":180,"now":119,"rooms":1,"times":1}]}</example>
internal sealed record AlertsReply(IReadOnlyList<AlertDocument> Alerts, string? Cursor);
