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
        api.MapGet("/api/v1/admin/rooms", ListAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms)).Describe(RoomAdministrationDescriptions.List);
        api.MapGet(Route, ReadAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms)).Describe(RoomAdministrationDescriptions.Read);
        api.MapPut(Route, DefineAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms)).Describe(RoomAdministrationDescriptions.Define);
        api.MapDelete(Route, ForgetAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms)).Describe(RoomAdministrationDescriptions.Forget);
    }

    private static async Task<IResult> ListAsync(HttpContext http, PresenceEngine engine, RoomStore rooms)
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

    private static async Task<IResult> ReadAsync(HttpContext http, string roomId, PresenceEngine engine, RoomStore rooms) =>
        PresenceIds.ProblemOfRoomId(roomId) is { } problem ? ApiRefusal.Invalid(problem) : Answer(await rooms.FindAsync(roomId, http.RequestAborted), engine);

    private static async Task<IResult> DefineAsync(HttpContext http, string roomId, PresenceEngine engine, RoomStore rooms)
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

    private static async Task<IResult> ForgetAsync(HttpContext http, string roomId, RoomStore rooms)
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
