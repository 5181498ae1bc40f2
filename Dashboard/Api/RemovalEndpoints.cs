using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Keeping viewers out, of one room or of the network, and letting them in again.</summary>
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
        api.MapPost(OfRoom, (HttpContext http, string roomId) => endpoints.RemoveAsync(http, roomId)).Allow(write).Describe(RemovalDescriptions.RemoveFromRoom);
        api.MapGet(OfRoom, (HttpContext http, string roomId) => endpoints.ListAsync(http, roomId)).Allow(read).Describe(RemovalDescriptions.ListOfRoom);
        api.MapGet(OneOfRoom, (HttpContext http, string roomId, string userId) => endpoints.ReadAsync(http, roomId, RawPath.Segment(http, UserSegmentOfRoom, userId))).Allow(read).Describe(RemovalDescriptions.ReadOfRoom);
        api.MapDelete(OneOfRoom, (HttpContext http, string roomId, string userId) => endpoints.LiftAsync(http, roomId, RawPath.Segment(http, UserSegmentOfRoom, userId))).Allow(write).Describe(RemovalDescriptions.LiftOfRoom);
        api.MapPost(OfNetwork, (HttpContext http) => endpoints.RemoveAsync(http, null)).Allow(write).Describe(RemovalDescriptions.RemoveFromNetwork);
        api.MapGet(OfNetwork, (HttpContext http) => endpoints.ListAsync(http, null)).Allow(read).Describe(RemovalDescriptions.ListOfNetwork);
        api.MapGet(OneOfNetwork, (HttpContext http, string userId) => endpoints.ReadAsync(http, null, RawPath.Segment(http, UserSegmentOfNetwork, userId))).Allow(read).Describe(RemovalDescriptions.ReadOfNetwork);
        api.MapDelete(OneOfNetwork, (HttpContext http, string userId) => endpoints.LiftAsync(http, null, RawPath.Segment(http, UserSegmentOfNetwork, userId))).Allow(write).Describe(RemovalDescriptions.LiftOfNetwork);
    }

    private async ValueTask<IResult> RemoveAsync(HttpContext http, string? roomId)
    {
        if (ProblemOfRoom(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        var body = await JsonBody.ReadAsync(http, Wire.Documents.RemovalRequest);
        if (body.Value is not { } request)
            return body.Refusal!;
        if (ProblemOf(request, out var until) is { } problem)
            return ApiRefusal.Invalid(problem);
        try
        {
            var (entry, replaced) = await removals.RemoveAsync(new Removal(request.UserId!, roomId, until, request.Reason), http.Caller().Name, http.RequestAborted);
            return replaced
                ? Reply.Ok(Describe(entry), Wire.Documents.RemovalDocument)
                : Reply.Created(Describe(entry), Wire.Documents.RemovalDocument, AddressOf(entry.Removal));
        }
        catch (StoreFullException full)
        {
            return Refusals.Full(full);
        }
    }

    private async ValueTask<IResult> ListAsync(HttpContext http, string? roomId)
    {
        if (ProblemOfRoom(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var before = ReadCursor(query);
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);

        var found = await removals.ListAsync(roomId, before, limit + 1, http.RequestAborted);
        var page = found.Take(limit).ToArray();
        return Reply.Ok(new RemovalsReply([.. page.Select(Describe)], found.Count > limit ? CursorOf(page[^1]) : null), Wire.Documents.RemovalsReply);
    }

    private async Task<IResult> ReadAsync(HttpContext http, string? roomId, string userId)
    {
        if ((ProblemOfRoom(roomId) ?? PresenceIds.ProblemOfUserId(userId)) is { } problem)
            return ApiRefusal.Invalid(problem);
        return await removals.FindAsync(userId, roomId, http.RequestAborted) is { } entry
            ? Reply.Ok(Describe(entry), Wire.Documents.RemovalDocument)
            : new ApiRefusal(ApiErrors.NotFound, roomId is null ? "This user is not kept out of the network." : "This user is not kept out of the room.");
    }

    private async Task<IResult> LiftAsync(HttpContext http, string? roomId, string userId)
    {
        if ((ProblemOfRoom(roomId) ?? PresenceIds.ProblemOfUserId(userId)) is { } problem)
            return ApiRefusal.Invalid(problem);
        await removals.LiftAsync(userId, roomId, http.RequestAborted);
        return Results.NoContent();
    }

    private string? ProblemOf(RemovalRequest request, out DateTimeOffset until)
    {
        until = default;
        if (UnknownMembers.ProblemOf(request.Unknown, [], "userId", "until", "durationSeconds", "reason") is { } unknown)
            return unknown;
        if (request.UserId is null)
            return "userId is missing.";
        if (PresenceIds.ProblemOfUserId(request.UserId) is { } userProblem)
            return userProblem;
        if (RemovalRules.ProblemOfReason(request.Reason) is { } reasonProblem)
            return reasonProblem;
        if (request.Until is null == request.DurationSeconds is null)
            return "Say when the removal ends: send either until, an instant, or durationSeconds.";

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
        until = DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()); // as stored, and as answered
        return until > now && until <= now + RemovalRules.Longest
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"until must be in the future and at most {RemovalRules.Longest.TotalDays:0} days away; the server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z.");
    }

    private static long? ReadCursor(QueryReader query)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (Base64Url.IsValid(text) && long.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        query.Refuse("cursor is not one of this list; send the cursor of the page before.");
        return null;
    }

    private static string CursorOf(RemovalEntry entry) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(entry.Id.ToString(CultureInfo.InvariantCulture)));

    private static string AddressOf(Removal removal) =>
        (removal.RoomId is { } roomId ? $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/removals/" : OfNetwork + "/") + Uri.EscapeDataString(removal.UserId);

    private static string? ProblemOfRoom(string? roomId) => roomId is null ? null : PresenceIds.ProblemOfRoomId(roomId);

    private static RemovalDocument Describe(RemovalEntry entry) =>
        new(entry.Removal.RoomId, entry.Removal.UserId, entry.Removal.Until, entry.Removal.Reason, entry.At, entry.By);
}
