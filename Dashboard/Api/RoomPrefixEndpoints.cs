using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>What holds in rooms by the beginning of their id.</summary>
internal static class RoomPrefixEndpoints
{
    private const string All = "/api/v1/admin/room-prefixes";
    private const string Route = All + "/{prefix}";

    public static void MapRoomPrefixes(this IEndpointRouteBuilder api)
    {
        api.MapGet(All, List).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms)).WithName("listRoomPrefixes").Produces<RoomPrefixesReply>();
        api.MapGet(Route, Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms)).WithName("getRoomPrefix").Produces<RoomPrefixDocument>().AnswersETag();
        api.MapPut(Route, ChangeAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("setRoomPrefix").Takes(ApiParameter.IfMatch).Reads<RoomPrefixRequest>().Produces<RoomPrefixDocument>().AnswersETag()
            .Refuses(ApiError.StaleVersion, ApiError.VersionRequired, ApiError.CapReached);
        api.MapDelete(Route, ForgetAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("deleteRoomPrefix").Takes(ApiParameter.OfHeader("If-Match", "The `ETag` you read, to delete that version only."))
            .Produces(StatusCodes.Status204NoContent).Refuses(ApiError.Unreadable, ApiError.StaleVersion);
    }

    /// <summary>List rules by room prefix</summary>
    /// <remarks>All of them, by prefix.</remarks>
    /// <response code="200">The rules.</response>
    internal static IResult List(RoomPrefixStore prefixes) => Reply.Ok(new RoomPrefixesReply([.. prefixes.All.Select(Describe)]), ApiJson.Documents.RoomPrefixesReply);

    /// <summary>Read a rule by room prefix</summary>
    /// <remarks>Works for every prefix. One without a rule has version 0.</remarks>
    /// <response code="200">The rule.</response>
    internal static IResult Read(string prefix, RoomPrefixStore prefixes) => Refuse(prefix) ?? Answer(prefixes.Find(prefix));

    /// <summary>Set a rule by room prefix</summary>
    /// <remarks>
    /// The values hold in every room whose id begins with the prefix. A room's own override comes first, then the longest prefix that
    /// has the value, then the network. Replaces the whole rule. Send the <c>ETag</c> you read as <c>If-Match</c>. A new timeout drops no
    /// viewer: every session keeps the timeout of its last reply. When the reply arrives, the change is saved and in effect.
    /// </remarks>
    /// <response code="200">The updated rule.</response>
    internal static Task<IResult> ChangeAsync(HttpContext http, string prefix, RoomPrefixStore prefixes) => SaveAsync(http, prefix, prefixes, isRequired: true, async () =>
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.RoomPrefixRequest);
        if (UnknownMembers.ProblemOf(request.Overrides, ApiJson.Documents.OverridesPart) is { } unknown)
            throw QueryReader.Refused($"overrides: {unknown}");
        var overrides = RoomAdministrationEndpoints.OverridesOf(request.Overrides);
        return overrides == RoomOverrides.None ? throw QueryReader.Refused($"overrides must have at least one value. DELETE {All}/{prefix} deletes the rule.") : overrides;
    });

    /// <summary>Delete a rule by room prefix</summary>
    /// <remarks>Its rooms follow shorter prefixes and the network again. Also 204 if there was none. <c>If-Match</c> is optional.</remarks>
    /// <response code="204">There is no rule for the prefix.</response>
    internal static Task<IResult> ForgetAsync(HttpContext http, string prefix, RoomPrefixStore prefixes) =>
        SaveAsync(http, prefix, prefixes, isRequired: false, () => Task.FromResult(RoomOverrides.None));

    private static async Task<IResult> SaveAsync(HttpContext http, string prefix, RoomPrefixStore prefixes, bool isRequired, Func<Task<RoomOverrides>> read)
    {
        if (Refuse(prefix) is { } bad)
            return bad;
        var current = prefixes.Find(prefix);
        if (Precondition.Refuse(http, RoomAdministrationEndpoints.TagOf(current.Version), () => Stale(current), isRequired, out var takesAny) is { } refusal)
            return refusal;
        try
        {
            var saved = await prefixes.DefineAsync(prefix, await read(), http.Actor(), takesAny ? null : current.Version, http.RequestAborted);
            return saved.UpdatedBy is null ? Results.NoContent() : Answer(saved);
        }
        catch (RoomPrefixConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    private static ApiProblem? Refuse(string prefix) => PresenceIds.ProblemOfRoomPrefix(prefix) is { } problem ? ApiProblem.Invalid(problem.Replace("roomId", "prefix", StringComparison.Ordinal)) : null;

    private static ApiProblem Stale(RoomPrefix current) => new(
        ApiError.StaleVersion,
        "The rule has changed since you read it. Read it again, then repeat the change.",
        current.UpdatedBy is { } by ? $"The rule is at {RoomAdministrationEndpoints.TagOf(current.Version)}, saved by {by}." : "There is no rule for this prefix (\"0\").");

    private static IResult Answer(RoomPrefix prefix) => Reply.Ok(Describe(prefix), ApiJson.Documents.RoomPrefixDocument, RoomAdministrationEndpoints.TagOf(prefix.Version));

    private static RoomPrefixDocument Describe(RoomPrefix prefix) => new(
        prefix.Prefix, RoomAdministrationEndpoints.Describe(prefix.Overrides), prefix.Version.Number, prefix.UpdatedBy is null ? null : prefix.Version.At, prefix.UpdatedBy);
}

/// <summary>A whole rule by room prefix. A member that you leave out follows a shorter prefix, or the network.</summary>
/// <param name="Overrides">What holds in rooms that begin with the prefix. At least one value.</param>
/// <example>{"overrides":{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90}}</example>
[Computed("prefix", "version", "updatedAt", "updatedBy")]
internal sealed record RoomPrefixRequest([property: Required] DefinedRoomRequest.OverridesPart? Overrides) : AdministrationRequest;

/// <summary>A rule by room prefix.</summary>
/// <param name="Prefix">The beginning of room ids.</param>
/// <param name="Overrides">What holds in these rooms. An absent member follows a shorter prefix, or the network.</param>
/// <param name="Version">Increases with every change. 0 for a prefix without a rule.</param>
/// <param name="UpdatedAt">When it was last saved.</param>
/// <param name="UpdatedBy">Who saved it: an account's email or a server key's name.</param>
/// <example>
/// {"prefix":"class-","overrides":{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90},"version":1,"updatedAt":"2026-11-21T22:40:00.000Z",
/// "updatedBy":"server key"}
/// </example>
internal sealed record RoomPrefixDocument(string Prefix, DefinedRoomDocument.StoredOverrides Overrides, int Version, DateTimeOffset? UpdatedAt, string? UpdatedBy);

/// <summary>All rules by room prefix.</summary>
/// <param name="Prefixes">By prefix.</param>
/// <example>
/// {"prefixes":[{"prefix":"class-","overrides":{"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":90},"version":1,
/// "updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}]}
/// </example>
internal sealed record RoomPrefixesReply(IReadOnlyList<RoomPrefixDocument> Prefixes);
