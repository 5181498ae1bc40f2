using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>The room catalogue: titles, ended rooms, and overrides of the network's settings.</summary>
internal static class RoomAdministrationEndpoints
{
    private const string Route = "/api/v1/admin/rooms/{roomId}";
    public const int LongestCursor = 800; // a room id of 128 characters of any script, encoded

    public static void MapRoomAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v1/admin/rooms", ListAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("listCatalogueRooms").Takes(ApiParameter.Limit, ApiParameter.Cursor(LongestCursor)).Produces<DefinedRoomsReply>().Revalidates();
        api.MapGet(Route, ReadAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("getCatalogueRoom").Produces<DefinedRoomDocument>().AnswersETag();
        api.MapPut(Route, DefineAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("defineRoom").Takes(ApiParameter.IfMatch).Reads<DefinedRoomRequest>().Produces<DefinedRoomDocument>().AnswersETag()
            .Refuses(ApiError.StaleVersion, ApiError.VersionRequired, ApiError.CapReached);
        api.MapDelete(Route, ForgetAsync).Allow(ApiPolicy.Server.With(ServerScopes.Rooms))
            .WithName("forgetRoom").Takes(ApiParameter.OfHeader("If-Match", "The `ETag` you read, to delete that version only."))
            .Produces(StatusCodes.Status204NoContent).Refuses(ApiError.Unreadable, ApiError.StaleVersion);
    }

    /// <summary>List the room catalogue</summary>
    /// <remarks>All defined rooms, with or without viewers. For rooms with viewers, see <c>GET /api/v1/presence/rooms</c>.</remarks>
    /// <response code="200">A page of the catalogue.</response>
    internal static async Task<IResult> ListAsync(HttpContext http, IPresence presence, RoomStore rooms)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var after = ReadCursor(query);

        var found = await rooms.ListAsync(after, limit + 1, http.RequestAborted);
        var page = found.Take(limit).ToArray();
        return Reply.Tagged(
            new DefinedRoomsReply([.. page.Select(room => Describe(room, presence))], found.Count > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1].RoomId)) : null),
            ApiJson.Documents.DefinedRoomsReply);
    }

    /// <summary>Read a room's definition</summary>
    /// <remarks>Works for every room. A room without a definition follows the network and has version 0.</remarks>
    /// <response code="200">The room.</response>
    internal static async Task<IResult> ReadAsync(HttpContext http, string roomId, IPresence presence, RoomStore rooms) =>
        Answer(await rooms.FindAsync(roomId, http.RequestAborted), presence);

    /// <summary>Define a room</summary>
    /// <remarks>
    /// Replaces the whole definition. Send the <c>ETag</c> you read as <c>If-Match</c>. A member that you leave out follows the
    /// network again. When a room is ended or switched off, all viewers leave at once. A new timeout drops no viewer: every
    /// session keeps the timeout of its last reply. When the reply arrives, the change is saved and in effect.
    /// </remarks>
    /// <response code="200">The updated room.</response>
    internal static async Task<IResult> DefineAsync(HttpContext http, string roomId, IPresence presence, RoomStore rooms)
    {
        var current = await rooms.FindAsync(roomId, http.RequestAborted);
        if (Precondition.Refuse(http, TagOf(current.Version), () => Stale(current), isRequired: true, out var takesAny) is { } refusal)
            return refusal;
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.DefinedRoomRequest);
        if (ProblemOf(request, out var definition) is { } problem)
            return ApiProblem.Invalid(problem);
        try
        {
            // A change since the read above makes this one stale.
            return Answer(await rooms.DefineAsync(roomId, definition, http.Actor(), takesAny ? null : current.Version, http.RequestAborted), presence);
        }
        catch (RoomConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    /// <summary>Delete a room's definition</summary>
    /// <remarks>The room follows the network again. Its viewers stay. Also 204 if it had no definition. <c>If-Match</c> is optional.</remarks>
    /// <response code="204">The room has no definition.</response>
    internal static async Task<IResult> ForgetAsync(HttpContext http, string roomId, RoomStore rooms)
    {
        var current = await rooms.FindAsync(roomId, http.RequestAborted);
        if (Precondition.Refuse(http, TagOf(current.Version), () => Stale(current), isRequired: false, out var takesAny) is { } refusal)
            return refusal;
        try
        {
            await rooms.ForgetAsync(roomId, http.Actor(), takesAny ? null : current.Version, http.RequestAborted);
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
        if (UnknownMembers.ProblemOf(request.Overrides, ApiJson.Documents.OverridesPart) is { } unknown)
            return $"overrides: {unknown}";
        if (request.Status is not (null or "live" or "ended"))
            return "status must be live or ended.";

        definition = new RoomDefinition
        {
            Title = request.Title,
            Status = request.Status == "ended" ? RoomStatus.Ended : RoomStatus.Live,
            Overrides = OverridesOf(request.Overrides),
        };
        return null;
    }

    internal static RoomOverrides OverridesOf(DefinedRoomRequest.OverridesPart? overrides) => new()
    {
        Enabled = overrides?.Enabled,
        HeartbeatInterval = SpanOf(overrides?.HeartbeatIntervalSeconds),
        PresenceTimeout = SpanOf(overrides?.PresenceTimeoutSeconds),
    };

    internal static DefinedRoomDocument.StoredOverrides Describe(RoomOverrides overrides) => new(overrides.Enabled, overrides.HeartbeatInterval?.TotalSeconds, overrides.PresenceTimeout?.TotalSeconds);

    private static string? ReadCursor(QueryReader query)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (Base64Url.IsValid(text) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) is var roomId && PresenceIds.ProblemOfRoomId(roomId) is null)
            return roomId;
        throw QueryReader.Refused("cursor doesn't belong to this list. Send the cursor of the previous page.");
    }

    private static ApiProblem Stale(DefinedRoom current) => new(
        ApiError.StaleVersion,
        "The room has changed since you read it. Read it again, then repeat the change.",
        current.UpdatedBy is { } by ? $"The room is at {TagOf(current.Version)}, saved by {by}." : $"The room is not in the catalogue ({TagOf(current.Version)}).");

    private static IResult Answer(DefinedRoom room, IPresence presence) => Reply.Ok(Describe(room, presence), ApiJson.Documents.DefinedRoomDocument, TagOf(room.Version));

    private static DefinedRoomDocument Describe(DefinedRoom room, IPresence presence)
    {
        var overrides = room.Definition.Overrides;
        var state = presence.StateOf(room.RoomId);
        var grown = state.Definition == room.Definition ? state.Effective.Grown : null;
        var effective = grown is null ? EffectiveSettings.Resolve(presence.Current.Settings, overrides, state.Prefixes) : state.Effective;
        return new DefinedRoomDocument(
            room.RoomId,
            room.Definition.Title,
            room.Definition.Status == RoomStatus.Ended ? "ended" : "live",
            Describe(overrides),
            new(
                new(effective.Values.Enabled, Word(effective.EnabledFrom), effective.EnabledFrom.Prefix),
                DurationOf(effective.Values.HeartbeatInterval, effective.HeartbeatIntervalFrom, grown?.From),
                DurationOf(effective.Values.PresenceTimeout, effective.PresenceTimeoutFrom, grown?.TimeoutFrom)),
            room.Version.Number,
            room.UpdatedBy is null ? null : room.Version.At,
            room.UpdatedBy);
    }

    private static DefinedRoomDocument.EffectiveDuration DurationOf(TimeSpan value, SettingsOrigin from, TimeSpan? grownFrom) => new(value.TotalSeconds, Word(from), from.Prefix, grownFrom?.TotalSeconds);

    private static string Word(SettingsOrigin from) => from.Source switch
    {
        SettingsSource.Network => "network",
        SettingsSource.Prefix => "prefix",
        SettingsSource.Room => "room",
        _ => "rule",
    };

    private static TimeSpan? SpanOf(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    /// <summary>The time next to the number: a room that is deleted and defined again starts at 1 again.</summary>
    internal static string TagOf(RoomVersion version) => version == RoomVersion.None
        ? "\"0\""
        : string.Create(CultureInfo.InvariantCulture, $"\"{version.Number}-{version.At.ToUnixTimeMilliseconds():x}\"");
}

/// <summary>A room's whole definition. A member that you leave out follows the network.</summary>
/// <param name="Title">Shown instead of the id.</param>
/// <param name="Status">Whether the room accepts heartbeats. Default: live.</param>
/// <param name="Overrides">Overrides of the network's settings.</param>
/// <example>{"title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90}}</example>
[Computed("roomId", "effective", "version", "updatedAt", "updatedBy")]
internal sealed record DefinedRoomRequest(
    [property: MinLength(1), MaxLength(RoomDefinitionRules.LongestTitle)] string? Title,
    [property: AllowedValues("live", "ended")] string? Status,
    DefinedRoomRequest.OverridesPart? Overrides) : AdministrationRequest
{
    /// <summary>Overrides of the network's settings. A member that you leave out follows the network.</summary>
    /// <param name="Enabled">Whether presence is on for the room. True can't override a network that is off.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat. Raised to the interval plus 5 seconds if it is less.</param>
    internal sealed record OverridesPart(
        bool? Enabled,
        [property: Range(1, 600)] int? HeartbeatIntervalSeconds,
        [property: Range(6, 3600)] int? PresenceTimeoutSeconds) : AdministrationRequest;
}

/// <summary>A room's definition and effective settings.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">Shown instead of the id.</param>
/// <param name="Status">Whether the room accepts heartbeats or has ended.</param>
/// <param name="Overrides">Overrides of the network's settings. An absent member follows the network.</param>
/// <param name="Effective">The values in effect and their sources.</param>
/// <param name="Version">Increases with every change. 0 for a room without a definition.</param>
/// <param name="UpdatedAt">When it was last saved.</param>
/// <param name="UpdatedBy">Who saved it: an account's email or a server key's name.</param>
/// <example>
/// {"roomId":"lobby","title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90},"effective":{"enabled":{"value":true,"from":"network"},
/// "heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":90,"from":"room"}},"version":1,
/// "updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}
/// </example>
internal sealed record DefinedRoomDocument(
    string RoomId,
    string? Title,
    [property: AllowedValues("live", "ended")] string Status,
    DefinedRoomDocument.StoredOverrides Overrides,
    DefinedRoomDocument.EffectivePart Effective,
    int Version,
    DateTimeOffset? UpdatedAt,
    string? UpdatedBy)
{
    /// <summary>A room's overrides of the network's settings.</summary>
    /// <param name="Enabled">Whether presence is on for the room.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
    internal sealed record StoredOverrides(bool? Enabled, double? HeartbeatIntervalSeconds, double? PresenceTimeoutSeconds);

    /// <summary>A room's settings in effect.</summary>
    /// <param name="Enabled">Whether presence is on.</param>
    /// <param name="HeartbeatIntervalSeconds">How often clients should send a heartbeat.</param>
    /// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
    internal sealed record EffectivePart(EffectiveSwitch Enabled, EffectiveDuration HeartbeatIntervalSeconds, EffectiveDuration PresenceTimeoutSeconds);

    /// <summary>On or off, and the source.</summary>
    /// <param name="Value">On or off.</param>
    /// <param name="From">The source: the network's settings, a rule by prefix, or the room's override.</param>
    /// <param name="Prefix">The prefix, where it is the source.</param>
    internal sealed record EffectiveSwitch(bool Value, [property: AllowedValues("network", "prefix", "room")] string From, string? Prefix);

    /// <summary>A duration and its source.</summary>
    /// <param name="Value">In seconds.</param>
    /// <param name="From">The source: the network's settings, a rule by prefix, the room's override, or the rule that raised the timeout to the interval plus 5 seconds.</param>
    /// <param name="Prefix">The prefix, where it is the source.</param>
    /// <param name="GrownFrom">What the source says, where the value has grown for the room's crowd.</param>
    internal sealed record EffectiveDuration(double Value, [property: AllowedValues("network", "prefix", "room", "rule")] string From, string? Prefix, double? GrownFrom);
}

/// <summary>A page of the catalogue.</summary>
/// <param name="Rooms">Ordered by id.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"rooms":[{"roomId":"lobby","title":"Finals","status":"live","overrides":{"presenceTimeoutSeconds":90},"effective":{"enabled":{"value":true,
/// "from":"network"},"heartbeatIntervalSeconds":{"value":30,"from":"network"},"presenceTimeoutSeconds":{"value":90,"from":"room"}},"version":1,
/// "updatedAt":"2026-11-21T22:40:00.000Z","updatedBy":"server key"}]}
/// </example>
internal sealed record DefinedRoomsReply(IReadOnlyList<DefinedRoomDocument> Rooms, string? Cursor);
