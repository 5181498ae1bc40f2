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
internal sealed class RemovalEndpoints(RemovalStore removals, TimeProvider time)
{
    private const string OfRoom = "/api/v1/admin/rooms/{roomId}/removals";
    private const string OfNetwork = "/api/v1/admin/removals";
    private const string OneOfRoom = OfRoom + "/{userId}";
    private const string OneOfNetwork = OfNetwork + "/{userId}";
    private const int UserSegmentOfRoom = 6;
    private const int UserSegmentOfNetwork = 4;
    public const int LongestCursor = 40;

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
        var (entry, replaced) = await removals.RemoveAsync(new Removal(request.UserId!, roomId, until, request.Reason), http.Actor(), http.RequestAborted);
        return replaced
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
        if (request.Until is null == request.DurationSeconds is null)
            return "Send when the removal ends: either until (an instant) or durationSeconds.";

        var now = time.GetUtcNow();
        if (request.DurationSeconds is { } seconds)
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
        return until > now && until <= now + RemovalRules.Longest
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"until must be in the future and at most {RemovalRules.Longest.TotalDays:0} days away. The server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z.");
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
        new(entry.Removal.RoomId, entry.Removal.UserId, entry.Removal.Until, entry.Removal.Reason, entry.At, entry.By);
}

/// <summary>The user to remove. Send <c>until</c> or <c>durationSeconds</c>.</summary>
/// <param name="UserId">The user. For a guest, the id shown in the lists.</param>
/// <param name="Until">When the ban ends.</param>
/// <param name="DurationSeconds">The duration from now.</param>
/// <param name="Reason">The reason. The user sees it.</param>
/// <example>{"userId":"anna","durationSeconds":86400,"reason":"spam"}</example>
internal sealed record RemovalRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    DateTimeOffset? Until,
    [property: Range(1, RemovalRules.LongestSeconds)] long? DurationSeconds,
    [property: MinLength(1), MaxLength(RemovalRules.LongestReason)] string? Reason) : AdministrationRequest;

/// <summary>A ban.</summary>
/// <param name="RoomId">The room. Absent for a ban from the network.</param>
/// <param name="UserId">The user.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Reason">The reason. The user sees it.</param>
/// <param name="RemovedAt">When it was set.</param>
/// <param name="RemovedBy">Who set it.</param>
/// <example>{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z","removedBy":"server key"}</example>
internal sealed record RemovalDocument(string? RoomId, string UserId, DateTimeOffset Until, string? Reason, DateTimeOffset RemovedAt, string RemovedBy);

/// <summary>A page of the active bans.</summary>
/// <param name="Removals">Newest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>
/// {"removals":[{"roomId":"lobby","userId":"anna","until":"2026-11-22T22:40:00.000Z","reason":"spam","removedAt":"2026-11-21T22:40:00.000Z",
/// "removedBy":"server key"}]}
/// </example>
internal sealed record RemovalsReply(IReadOnlyList<RemovalDocument> Removals, string? Cursor);
