using System.Globalization;
using System.Text.Json.Nodes;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Who did what.</summary>
internal static class AuditEndpoints
{
    private const int LongestName = 320; // of an email

    public static void MapAudit(this IEndpointRouteBuilder api) => api.MapGet("/api/v1/admin/audit", ListAsync).Allow(ApiPolicy.Server.With(ServerScopes.Audit))
        .WithName("listAuditLog")
        .Takes(
            ApiParameter.OfInstant("from", "Only acts at this instant or later."),
            ApiParameter.OfInstant("to", "Only acts before this instant."),
            ApiParameter.OfWords("act", "Only acts of this kind.", [.. AuditActs.All], isOptional: true),
            ApiParameter.OfText("actor", "Only acts by this moderator or server key, by name.", LongestName),
            ApiParameter.OfText("roomId", "Only acts in this room.", PresenceIds.LongestRoomId),
            ApiParameter.OfText("userId", "Only acts that concern this user.", PresenceIds.LongestUserId),
            ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
        .Produces<AuditReply>();

    /// <summary>Read the audit log</summary>
    /// <remarks>
    /// Administrative acts, the latest first: who did what, with the values before and after. Each act's <c>hash</c> covers the act and all
    /// before it. Acts that concern an erased user stay, without the user.
    /// </remarks>
    /// <response code="200">A page of acts.</response>
    internal static async Task<IResult> ListAsync(HttpContext http, AuditLog log)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        (string, string?)[] acts = [("", null), .. AuditActs.All.Select(act => (act, (string?)act))];
        var wanted = new AuditQuery
        {
            From = query.Instant("from"),
            Until = query.Instant("to"),
            Acts = query.Choice("act", acts) is { } act ? [act] : null,
            Actor = query.Text("actor", LongestName),
            RoomId = query.RoomId("roomId"),
            UserId = query.Text("userId", PresenceIds.LongestUserId),
            Before = HistoryCursor.Audit.Read(query) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : null,
        };
        var found = await log.ListAsync(wanted, limit + 1, http.RequestAborted);
        var next = found.Count > limit ? HistoryCursor.Audit.Write(found[limit - 1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return Reply.Ok(new AuditReply([.. found.Take(limit).Select(AuditDocument.Of)], next), ApiJson.Documents.AuditReply);
    }
}

/// <summary>An administrative act.</summary>
/// <param name="Number">Rises by one with every act.</param>
/// <param name="At">When.</param>
/// <param name="Act">What was done.</param>
/// <param name="Actor">Who did it: a moderator's email, a server key's name, or what else acted.</param>
/// <param name="ActorKind">What acted: <c>system</c>, <c>moderator</c>, <c>serverKey</c> or <c>viewer</c>.</param>
/// <param name="AddressHash">A keyed hash of the address it was done from. Equal addresses have equal hashes.</param>
/// <param name="RoomId">The room. Absent for the network.</param>
/// <param name="UserId">The user. Absent if none is concerned, or if the user was erased.</param>
/// <param name="Object">What else is concerned: an account, a key, a link, a job.</param>
/// <param name="Old">The values before.</param>
/// <param name="New">The values after.</param>
/// <param name="Reason">Why, in the words of who did it.</param>
/// <param name="Erased">Whether the user it concerned was erased.</param>
/// <param name="Hash">Covers this act and all before it. In hexadecimal.</param>
internal sealed record AuditDocument(
    long Number,
    DateTimeOffset At,
    string Act,
    string? Actor,
    string ActorKind,
    string? AddressHash,
    string? RoomId,
    string? UserId,
    string? Object,
    JsonObject? Old,
    JsonObject? New,
    string? Reason,
    bool Erased,
    string Hash)
{
    public static AuditDocument Of(AuditRecord act) => new(
        act.Id, act.At, act.Act, act.Actor, WordOf(act.ActorKind), act.Address, act.RoomId, act.UserId, act.Object, Values(act.Old), Values(act.New), act.Reason, act.IsErased,
        Convert.ToHexStringLower(act.Hash));

    private static JsonObject? Values(string? stored) => stored is null ? null : JsonNode.Parse(stored)!.AsObject();

    private static string WordOf(ActorKind kind) => kind switch
    {
        Engine.Audit.ActorKind.Moderator => "moderator",
        Engine.Audit.ActorKind.ServerKey => "serverKey",
        Engine.Audit.ActorKind.Viewer => "viewer",
        _ => "system",
    };
}

/// <summary>A page of the audit log.</summary>
/// <param name="Acts">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"acts":[{"number":812,"at":"2026-11-21T22:40:00.000Z","act":"ban.created","actor":"mia@example.com","actorKind":"moderator","addressHash":"9f0c2b7a41d3e865",
/// "roomId":"lobby","userId":"anna","new":{"until":"2026-11-22T22:40:00Z","reason":"spam","by":"mia@example.com"},"reason":"spam","erased":false,
/// "hash":"5f2b3c0d9a7e4f61b8c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4"}]}
/// </example>
internal sealed record AuditReply(IReadOnlyList<AuditDocument> Acts, string? Cursor);
