using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Removing users from a room or the network, and lifting bans.</summary>
internal sealed class RemovalEndpoints(RemovalStore removals, BannedDevices devices, TimeProvider time)
{
    private const string OfRoom = "/api/v1/admin/rooms/{roomId}/removals";
    private const string OfNetwork = "/api/v1/admin/removals";
    private const string OneOfRoom = OfRoom + "/{userId}";
    private const string OneOfNetwork = OfNetwork + "/{userId}";
    private const int UserSegmentOfRoom = 6;
    private const int UserSegmentOfNetwork = 4;
    public const int LongestCursor = 40;
    private const int LongestBy = 320; // of an email

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<RemovalEndpoints>(api.ServiceProvider);
        var read = ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Moderation);
        var write = ApiPolicy.Server.With(ServerScopes.Moderation);
        api.MapPost(OfRoom, endpoints.RemoveFromRoomAsync).Allow(write)
            .WithName("removeFromRoom").Reads<RemovalRequest>().Produces<RemovalDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the removal is read and lifted.").Refuses(ApiError.CapReached);
        api.MapGet(OfRoom, endpoints.ListOfRoomAsync).Allow(read)
            .WithName("listRoomRemovals").Takes(ApiParameter.Limit, ApiParameter.Cursor(LongestCursor)).Produces<RemovalsReply>();
        api.MapGet(OneOfRoom, endpoints.ReadOfRoomAsync).Allow(read)
            .WithName("getRoomRemoval").Produces<RemovalDocument>().Refuses(ApiError.NotFound);
        api.MapDelete(OneOfRoom, endpoints.LiftOfRoomAsync).Allow(write)
            .WithName("liftRoomRemoval").Produces(StatusCodes.Status204NoContent);
        api.MapPost(OfNetwork, endpoints.RemoveFromNetworkAsync).Allow(write)
            .WithName("removeFromNetwork").Reads<RemovalRequest>().Produces<RemovalDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the removal is read and lifted.").Refuses(ApiError.CapReached);
        api.MapGet(OfNetwork, endpoints.ListOfNetworkAsync).Allow(read)
            .WithName("listRemovals").Takes(ApiParameter.Limit, ApiParameter.Cursor(LongestCursor)).Produces<RemovalsReply>();
        api.MapGet(OneOfNetwork, endpoints.ReadOfNetworkAsync).Allow(read)
            .WithName("getRemoval").Produces<RemovalDocument>().Refuses(ApiError.NotFound);
        api.MapDelete(OneOfNetwork, endpoints.LiftOfNetworkAsync).Allow(write)
            .WithName("liftRemoval").Produces(StatusCodes.Status204NoContent);
        api.MapGet("/api/v1/admin/bans", endpoints.ListAllAsync).Allow(read)
            .WithName("listBans")
            .Takes(
                ApiParameter.OfWords("state", "`active`: bans that keep their user out. `past`: bans that ended, were lifted or were replaced. `all`: both.", ["active", "past", "all"]),
                ApiParameter.OfWords("scope", "Only bans from the network, or only bans from rooms.", ["network", "rooms"], isOptional: true),
                ApiParameter.OfText("roomId", "Only bans from this room.", PresenceIds.LongestRoomId),
                ApiParameter.OfText("userId", "Only bans of this user.", PresenceIds.LongestUserId),
                ApiParameter.OfText("by", "Only bans by this moderator or server key, by name.", LongestBy),
                ApiParameter.OfText("search", "Only bans with this text in the user's id or name, the room, the reason or who banned.", PresenceLimits.SearchLength),
                ApiParameter.Limit, ApiParameter.Cursor(LongestCursor))
            .Produces<BansReply>();
    }

    /// <summary>Remove a user from a room</summary>
    /// <remarks>
    /// The user's sessions in the room end at once. Until the ban ends or is lifted, heartbeats and reads for the room get code
    /// 499601. Replaces an earlier ban of the user, with 200. When the reply arrives, the ban is saved and in effect.
    /// </remarks>
    /// <response code="201">The ban.</response>
    internal ValueTask<IResult> RemoveFromRoomAsync(HttpContext http, string roomId) => RemoveAsync(http, roomId);

    /// <summary>List a room's bans</summary>
    /// <remarks>The active bans, newest first.</remarks>
    /// <response code="200">A page of bans.</response>
    internal ValueTask<IResult> ListOfRoomAsync(HttpContext http, string roomId) => ListAsync(http, roomId);

    /// <summary>Read a user's ban from a room</summary>
    /// <response code="200">The ban.</response>
    internal Task<IResult> ReadOfRoomAsync(HttpContext http, string roomId, string userId) => ReadAsync(http, roomId, RawRoute.Segment(http, UserSegmentOfRoom, userId));

    /// <summary>Lift a ban from a room</summary>
    /// <remarks>
    /// The user rejoins with the next heartbeat. Also 204 if there was no ban. When the reply arrives, the change is saved and in
    /// effect.
    /// </remarks>
    /// <response code="204">The user isn't banned.</response>
    internal Task<IResult> LiftOfRoomAsync(HttpContext http, string roomId, string userId) => LiftAsync(http, roomId, RawRoute.Segment(http, UserSegmentOfRoom, userId));

    /// <summary>Remove a user from the network</summary>
    /// <remarks>
    /// The user's sessions end in all rooms at once. Until the ban ends or is lifted, logins, heartbeats and reads get code
    /// 400312. Replaces an earlier ban of the user, with 200. When the reply arrives, the ban is saved and in effect.
    /// </remarks>
    /// <response code="201">The ban.</response>
    internal ValueTask<IResult> RemoveFromNetworkAsync(HttpContext http) => RemoveAsync(http, null);

    /// <summary>List the network's bans</summary>
    /// <remarks>The active bans, newest first.</remarks>
    /// <response code="200">A page of bans.</response>
    internal ValueTask<IResult> ListOfNetworkAsync(HttpContext http) => ListAsync(http, null);

    /// <summary>Read a user's ban from the network</summary>
    /// <response code="200">The ban.</response>
    internal Task<IResult> ReadOfNetworkAsync(HttpContext http, string userId) => ReadAsync(http, null, RawRoute.Segment(http, UserSegmentOfNetwork, userId));

    /// <summary>Lift a ban from the network</summary>
    /// <remarks>
    /// The user rejoins with the next heartbeat. Also 204 if there was no ban. When the reply arrives, the change is saved and in
    /// effect.
    /// </remarks>
    /// <response code="204">The user isn't banned.</response>
    internal Task<IResult> LiftOfNetworkAsync(HttpContext http, string userId) => LiftAsync(http, null, RawRoute.Segment(http, UserSegmentOfNetwork, userId));

    private async ValueTask<IResult> RemoveAsync(HttpContext http, string? roomId)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.RemovalRequest);
        if (ProblemOf(request, out var until) is { } problem)
            return ApiProblem.Invalid(problem);
        if (request.Devices == true && roomId is not null)
            return ApiProblem.Invalid("devices", "is for bans from the network. A room doesn't know devices.");
        var ban = new Removal(request.UserId!, roomId, until, request.Reason) { Devices = request.Devices == true ? devices.Of(request.UserId!) : null };
        var (entry, replaced) = await removals.RemoveAsync(ban, http.Actor(), http.RequestAborted);
        return replaced is not null
            ? Reply.Ok(Describe(entry), ApiJson.Documents.RemovalDocument)
            : Reply.Created(Describe(entry), ApiJson.Documents.RemovalDocument, AddressOf(entry.Removal));
    }

    private async ValueTask<IResult> ListAsync(HttpContext http, string? roomId)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var before = ReadCursor(query);

        var found = await removals.ListAsync(roomId, before, limit + 1, http.RequestAborted);
        var page = found.Take(limit).ToArray();
        return Reply.Ok(new RemovalsReply([.. page.Select(Describe)], found.Count > limit ? CursorOf(page[^1]) : null), ApiJson.Documents.RemovalsReply);
    }

    /// <summary>List all bans</summary>
    /// <remarks>
    /// Bans from the network and from all rooms, newest first. Past bans are kept as long as events of the history. Bans of an erased
    /// user aren't listed once they have ended.
    /// </remarks>
    /// <response code="200">A page of bans.</response>
    internal async ValueTask<IResult> ListAllAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var state = query.Choice("state", ("active", BanState.InForce), ("past", BanState.Past), ("all", BanState.All));
        var scope = query.Choice("scope", ("", (bool?)null), ("network", true), ("rooms", false));
        var wanted = new BanQuery
        {
            State = state,
            IsNetworkAlone = scope == true,
            IsRoomsAlone = scope == false,
            RoomId = query.RoomId("roomId"),
            UserId = query.Text("userId", PresenceIds.LongestUserId),
            By = query.Text("by", LongestBy),
            Text = query.Text("search", PresenceLimits.SearchLength),
            Before = ReadCursor(query),
        };
        var found = await removals.ListAsync(wanted, limit + 1, http.RequestAborted);
        var now = time.GetUtcNow();
        return Reply.Ok(
            new BansReply([.. found.Take(limit).Select(entry => BanDocument.Of(entry, now))], found.Count > limit ? CursorOf(found[limit - 1]) : null), ApiJson.Documents.BansReply);
    }

    private async Task<IResult> ReadAsync(HttpContext http, string? roomId, string userId)
    {
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        return await removals.FindAsync(userId, roomId, http.RequestAborted) is { } entry
            ? Reply.Ok(Describe(entry), ApiJson.Documents.RemovalDocument)
            : new ApiProblem(ApiError.NotFound, roomId is null ? "This user has no ban from the network." : "This user has no ban from this room.");
    }

    private async Task<IResult> LiftAsync(HttpContext http, string? roomId, string userId)
    {
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        await removals.LiftAsync(userId, roomId, http.Actor(), http.RequestAborted);
        return Results.NoContent();
    }

    private string? ProblemOf(RemovalRequest request, out DateTimeOffset until)
    {
        until = default;
        if (request.UserId is null)
            return "userId is missing.";
        if (PresenceIds.ProblemOfUserId(request.UserId) is { } userProblem)
            return userProblem;
        if (RemovalRules.ProblemOfReason(request.Reason) is { } reasonProblem)
            return reasonProblem;
        if ((request.Until is null ? 0 : 1) + (request.DurationSeconds is null ? 0 : 1) + (request.Forever == true ? 1 : 0) != 1)
            return "Send when the removal ends: either until (an instant), durationSeconds, or forever (true).";

        var now = time.GetUtcNow();
        if (request.Forever == true)
        {
            until = RemovalRules.Forever;
        }
        else if (request.DurationSeconds is { } seconds)
        {
            if (seconds < 1 || seconds > RemovalRules.Longest.TotalSeconds)
                return string.Create(CultureInfo.InvariantCulture, $"durationSeconds must be from 1 to {RemovalRules.Longest.TotalSeconds:0}, which is {RemovalRules.Longest.TotalDays:0} days.");
            until = now + TimeSpan.FromSeconds(seconds);
        }
        else
        {
            until = request.Until!.Value;
        }
        until = DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()); // to the millisecond, as stored and returned
        return RemovalRules.IsEnd(until, now)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"until must be in the future and at most {RemovalRules.Longest.TotalDays:0} days away. For a ban without an end, send forever instead. The server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z.");
    }

    private static long? ReadCursor(QueryReader query)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (Base64Url.IsValid(text) && long.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        throw QueryReader.Refused("cursor doesn't belong to this list. Send the cursor of the previous page.");
    }

    private static string CursorOf(RemovalEntry entry) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(entry.Id.ToString(CultureInfo.InvariantCulture)));

    private static string AddressOf(Removal removal) =>
        (removal.RoomId is { } roomId ? $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/removals/" : OfNetwork + "/") + Uri.EscapeDataString(removal.UserId);

    private static RemovalDocument Describe(RemovalEntry entry) =>
        new(entry.Removal.RoomId, entry.Removal.UserId, entry.Removal.Until, entry.Removal.Reason, entry.At, entry.By, ForeverOf(entry.Removal), DevicesOf(entry.Removal));

    internal static bool? ForeverOf(Removal removal) => removal.IsForever ? true : null;

    internal static int? DevicesOf(Removal removal) => DeviceBans.Of(removal) is { Length: > 0 and var devices } ? devices : null;
}

/// <summary>The user to remove. Send <c>until</c>, <c>durationSeconds</c> or <c>forever</c>.</summary>
/// <param name="UserId">The user. For a guest, the id shown in the lists.</param>
/// <param name="Until">When the ban ends.</param>
/// <param name="DurationSeconds">The duration from now.</param>
/// <param name="Reason">The reason. The user sees it.</param>
/// <param name="Forever">True for a ban that holds until it is lifted.</param>
/// <param name="Devices">From the network: true also bans the devices of the user's logins in use, at most 10. Anyone who logs in with one of them is refused.</param>
/// <example>{"userId":"anna","durationSeconds":86400,"reason":"spam"}</example>
internal sealed record RemovalRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    DateTimeOffset? Until,
    [property: Range(1, RemovalRules.LongestSeconds)] long? DurationSeconds,
    [property: MinLength(1), MaxLength(RemovalRules.LongestReason)] string? Reason,
    bool? Forever,
    bool? Devices) : AdministrationRequest;

/// <summary>A ban.</summary>
/// <param name="RoomId">The room. Absent for a ban from the network.</param>
/// <param name="UserId">The user.</param>
/// <param name="Until">When it ends. <c>9999-12-31T00:00:00.000Z</c> for a ban without an end.</param>
/// <param name="Reason">The reason. The user sees it.</param>
/// <param name="RemovedAt">When it was set.</param>
/// <param name="RemovedBy">Who set it.</param>
/// <param name="Forever">Present and true for a ban without an end.</param>
/// <param name="Devices">How many devices are banned with the user.</param>
/// <example>{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key"}</example>
internal sealed record RemovalDocument(string? RoomId, string UserId, DateTimeOffset Until, string? Reason, DateTimeOffset RemovedAt, string RemovedBy, bool? Forever, int? Devices);

/// <summary>A ban in force or past.</summary>
/// <param name="Id">Increases with every ban.</param>
/// <param name="RoomId">The room. Absent for a ban from the network.</param>
/// <param name="UserId">The user.</param>
/// <param name="Until">When it was to end. <c>9999-12-31T00:00:00.000Z</c> for a ban without an end.</param>
/// <param name="Forever">Present and true for a ban without an end.</param>
/// <param name="Reason">The reason. The user sees it.</param>
/// <param name="RemovedAt">When it was set.</param>
/// <param name="RemovedBy">Who set it.</param>
/// <param name="Devices">How many devices are banned with the user.</param>
/// <param name="State">Whether it keeps the user out, or how it ended.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="EndedBy">Who lifted or replaced it.</param>
/// <example>
/// {"id":12,"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key",
/// "state":"lifted","endedAt":"2026-11-21T23:00:00.000Z","endedBy":"mia@example.com"}
/// </example>
internal sealed record BanDocument(
    long Id,
    string? RoomId,
    string UserId,
    DateTimeOffset Until,
    bool? Forever,
    string? Reason,
    DateTimeOffset RemovedAt,
    string RemovedBy,
    int? Devices,
    [property: AllowedValues("active", "expired", "lifted", "replaced")] string State,
    DateTimeOffset? EndedAt,
    string? EndedBy)
{
    public static BanDocument Of(RemovalEntry entry, DateTimeOffset now) => new(
        entry.Id, entry.Removal.RoomId, entry.Removal.UserId, entry.Removal.Until, RemovalEndpoints.ForeverOf(entry.Removal), entry.Removal.Reason, entry.At, entry.By,
        RemovalEndpoints.DevicesOf(entry.Removal), WordOf(entry, now), entry.IsInForce(now) ? null : entry.EndedAt ?? entry.Removal.Until, entry.LiftedBy);

    /// <summary>Also in files.</summary>
    public static string WordOf(RemovalEntry entry, DateTimeOffset now) => entry switch
    {
        { IsReplaced: true } => "replaced",
        { LiftedBy: not null } => "lifted",
        _ => entry.IsInForce(now) ? "active" : "expired",
    };
}

/// <summary>A page of bans.</summary>
/// <param name="Bans">Newest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"bans":[{"id":12,"userId":"anna","until":"9999-12-31T00:00:00.000Z","forever":true,"reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key","state":"active"}]}
/// </example>
internal sealed record BansReply(IReadOnlyList<BanDocument> Bans, string? Cursor);

/// <summary>A page of the active bans.</summary>
/// <param name="Removals">Newest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"removals":[{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z",
/// "removedBy":"server key"}]}
/// </example>
internal sealed record RemovalsReply(IReadOnlyList<RemovalDocument> Removals, string? Cursor);
