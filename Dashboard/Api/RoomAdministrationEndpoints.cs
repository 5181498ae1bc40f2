using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>The catalogue of rooms: what a room is called, whether it takes viewers, what it does differently from the network.</summary>
internal static class RoomAdministrationEndpoints
{
    private const string Route = "/api/v1/admin/rooms/{roomId}";
    public const int LongestCursor = 800; // a room id of 128 characters of any script, encoded

    private static readonly string[] Computed = ["roomId", "effective", "version", "updatedAt", "updatedBy"];

    public static void MapRoomAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v1/admin/rooms", ListAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("listCatalogueRooms").Takes(ApiParameter.Limit, ApiParameter.Cursor(LongestCursor)).Produces<DefinedRoomsReply>();
        api.MapGet(Route, ReadAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("getCatalogueRoom").Produces<DefinedRoomDocument>().AnswersETag();
        api.MapPut(Route, DefineAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("defineRoom").Takes(ApiParameter.IfMatch).Reads<DefinedRoomRequest>().Produces<DefinedRoomDocument>().AnswersETag()
            .Refuses(ApiErrors.StaleVersion, ApiErrors.VersionRequired, ApiErrors.CapReached);
        api.MapDelete(Route, ForgetAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("forgetRoom").Takes(ApiParameter.OfHeader("If-Match", "The `ETag` that was read, to forget that version alone."))
            .Produces(StatusCodes.Status204NoContent).Refuses(ApiErrors.Unreadable, ApiErrors.StaleVersion);
    }

    /// <summary>List the catalogue of rooms</summary>
    /// <remarks>
    /// Rooms somebody defined, whether or not anybody is in them. Which rooms have viewers is another list: <c>GET
    /// /api/v1/presence/rooms</c>.
    /// </remarks>
    /// <response code="200">A page of the catalogue.</response>
    internal static async Task<IResult> ListAsync(HttpContext http, PresenceEngine engine, RoomStore rooms)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var after = ReadCursor(query);
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);

        var found = await rooms.ListAsync(after, limit + 1, http.RequestAborted);
        var page = found.Take(limit).ToArray();
        return Reply.Ok(
            new DefinedRoomsReply([.. page.Select(room => Describe(room, engine))], found.Count > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1].RoomId)) : null),
            Wire.Documents.DefinedRoomsReply);
    }

    /// <summary>Read what is special about a room</summary>
    /// <remarks>Answers for every room: one the catalogue does not know follows the network and has version 0.</remarks>
    /// <response code="200">The room.</response>
    internal static async Task<IResult> ReadAsync(HttpContext http, string roomId, PresenceEngine engine, RoomStore rooms) =>
        PresenceIds.ProblemOfRoomId(roomId) is { } problem ? ApiRefusal.Invalid(problem) : Answer(await rooms.FindAsync(roomId, http.RequestAborted), engine);

    /// <summary>Say what is special about a room</summary>
    /// <remarks>
    /// All of it, with the <c>ETag</c> of what was read as <c>If-Match</c>; what is left out is not special any more. A
    /// room that is ended or switched off empties at once. A new timeout drops nobody: every session keeps what its last
    /// answer promised. Acknowledged means durable and in force.
    /// </remarks>
    /// <response code="200">The room as it is now.</response>
    internal static async Task<IResult> DefineAsync(HttpContext http, string roomId, PresenceEngine engine, RoomStore rooms)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        var current = await rooms.FindAsync(roomId, http.RequestAborted);
        if (Precondition.Refuse(http, TagOf(current.Version), () => Stale(current), isRequired: true, out var takesAny) is { } refusal)
            return refusal;
        var body = await JsonBody.ReadAsync(http, Wire.Documents.DefinedRoomRequest);
        if (body.Value is not { } request)
            return body.Refusal!;
        if (ProblemOf(request, out var definition) is { } problem)
            return ApiRefusal.Invalid(problem);
        try
        {
            // Whoever changes it between the look and this makes it stale after all.
            return Answer(await rooms.DefineAsync(roomId, definition, http.Caller().Name, takesAny ? null : current.Version, http.RequestAborted), engine);
        }
        catch (SettingsRefusedException refused)
        {
            return ApiRefusal.Invalid(string.Join(' ', refused.Problems.Select(remark => remark.Message)));
        }
        catch (RoomConflictException conflict)
        {
            return Stale(conflict.Current);
        }
        catch (StoreFullException full)
        {
            return Refusals.Full(full);
        }
    }

    /// <summary>Forget what is special about a room</summary>
    /// <remarks>
    /// It follows the network again. Who is in it stays. Also 204 when the catalogue does not know the room.
    /// <c>If-Match</c> is optional.
    /// </remarks>
    /// <response code="204">Nothing is special about the room.</response>
    internal static async Task<IResult> ForgetAsync(HttpContext http, string roomId, RoomStore rooms)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return ApiRefusal.Invalid(problem);
        var current = await rooms.FindAsync(roomId, http.RequestAborted);
        if (Precondition.Refuse(http, TagOf(current.Version), () => Stale(current), isRequired: false, out var takesAny) is { } refusal)
            return refusal;
        try
        {
            await rooms.ForgetAsync(roomId, http.Caller().Name, takesAny ? null : current.Version, http.RequestAborted);
            return Results.NoContent();
        }
        catch (RoomConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    private static string? ProblemOf(DefinedRoomRequest request, out RoomDefinition definition)
    {
        definition = RoomDefinition.Unknown;
        if (UnknownMembers.ProblemOf(request.Unknown, Computed, "title", "status", "overrides") is { } unknown)
            return unknown;
        if (UnknownMembers.ProblemOf(request.Overrides?.Unknown, [], "enabled", "heartbeatIntervalSeconds", "presenceTimeoutSeconds") is { } unknownOverride)
            return $"overrides: {unknownOverride}";
        if (request.Status is not (null or "live" or "ended"))
            return "status must be live or ended.";

        definition = new RoomDefinition
        {
            Title = request.Title,
            Status = request.Status == "ended" ? RoomStatus.Ended : RoomStatus.Live,
            Overrides = new RoomOverrides
            {
                Enabled = request.Overrides?.Enabled,
                HeartbeatInterval = SpanOf(request.Overrides?.HeartbeatIntervalSeconds),
                PresenceTimeout = SpanOf(request.Overrides?.PresenceTimeoutSeconds),
            },
        };
        return null;
    }

    private static string? ReadCursor(QueryReader query)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (Base64Url.IsValid(text) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) is var roomId && PresenceIds.ProblemOfRoomId(roomId) is null)
            return roomId;
        query.Refuse("cursor is not one of this list; send the cursor of the page before.");
        return null;
    }

    private static ApiRefusal Stale(DefinedRoom current) => new(
        ApiErrors.StaleVersion,
        "Somebody changed the room meanwhile; read it again and decide anew.",
        current.UpdatedBy is { } by ? $"The room is at {TagOf(current.Version)}, saved by {by}." : $"The room is not in the catalogue ({TagOf(current.Version)}).");

    private static IResult Answer(DefinedRoom room, PresenceEngine engine) => Reply.Ok(Describe(room, engine), Wire.Documents.DefinedRoomDocument, TagOf(room.Version));

    private static DefinedRoomDocument Describe(DefinedRoom room, PresenceEngine engine)
    {
        var overrides = room.Definition.Overrides;
        var effective = EffectiveSettings.Resolve(engine.Settings, overrides);
        return new DefinedRoomDocument(
            room.RoomId,
            room.Definition.Title,
            room.Definition.Status == RoomStatus.Ended ? "ended" : "live",
            new(overrides.Enabled, overrides.HeartbeatInterval?.TotalSeconds, overrides.PresenceTimeout?.TotalSeconds),
            new(
                new(effective.Values.Enabled, Word(effective.EnabledFrom)),
                new(effective.Values.HeartbeatInterval.TotalSeconds, Word(effective.HeartbeatIntervalFrom)),
                new(effective.Values.PresenceTimeout.TotalSeconds, Word(effective.PresenceTimeoutFrom))),
            room.Version.Number,
            room.UpdatedBy is null ? null : room.Version.At,
            room.UpdatedBy);
    }

    private static string Word(SettingsSource source) => source switch
    {
        SettingsSource.Network => "network",
        SettingsSource.Room => "room",
        _ => "rule",
    };

    private static TimeSpan? SpanOf(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    /// <summary>The instant beside the number: a room forgotten and defined again begins at 1 once more.</summary>
    private static string TagOf(RoomVersion version) => version == RoomVersion.None
        ? "\"0\""
        : string.Create(CultureInfo.InvariantCulture, $"\"{version.Number}-{version.At.ToUnixTimeMilliseconds():x}\"");
}
