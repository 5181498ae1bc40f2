using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Opening a room's count to whoever has its link, and closing it again.</summary>
internal sealed class PublicLinkEndpoints(PublicLinkStore links)
{
    private const string Route = "/api/v1/admin/rooms/{roomId}/public-link";

    private static readonly string[] Computed = ["roomId", "link", "createdAt", "createdBy"];

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<PublicLinkEndpoints>(api.ServiceProvider);
        var write = ApiPolicy.Server.With(ServerScopes.Rooms);
        api.MapPost(Route, endpoints.MakeAsync).Allow(write).Describe(PublicLinkDescriptions.Make);
        api.MapPut(Route, endpoints.SetAsync).Allow(write).Describe(PublicLinkDescriptions.Set);
        api.MapGet(Route, endpoints.Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms)).Describe(PublicLinkDescriptions.Read);
        api.MapDelete(Route, endpoints.RevokeAsync).Allow(write).Describe(PublicLinkDescriptions.Revoke);
    }

    private async Task<IResult> MakeAsync(HttpContext http, string roomId)
    {
        var (showNames, refusal) = await ReadRequestAsync(http, roomId);
        if (refusal is not null)
            return refusal;
        try
        {
            var link = await links.MakeAsync(roomId, showNames, http.Caller().Name, http.RequestAborted);
            return Reply.Created(Describe(link), Wire.Documents.PublicLinkDocument, $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/public-link");
        }
        catch (StoreFullException full)
        {
            return Refusals.Full(full);
        }
    }

    private async Task<IResult> SetAsync(HttpContext http, string roomId)
    {
        var (showNames, refusal) = await ReadRequestAsync(http, roomId);
        if (refusal is not null)
            return refusal;
        try
        {
            return Answer(await links.SetAsync(roomId, showNames, http.Caller().Name, http.RequestAborted));
        }
        catch (StoreFullException full)
        {
            return Refusals.Full(full);
        }
    }

    private IResult Read(string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return ApiRefusal.Invalid(problem);
        return links.FindOfRoom(roomId) is { } link
            ? Answer(link)
            : new ApiRefusal(ApiErrors.NotFound, "This room has no public link; POST to this address makes one.");
    }

    private async Task<IResult> RevokeAsync(HttpContext http, string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return ApiRefusal.Invalid(problem);
        await links.RevokeAsync(roomId, http.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<(bool ShowNames, ApiRefusal? Refusal)> ReadRequestAsync(HttpContext http, string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return (false, ApiRefusal.Invalid(roomProblem));
        var body = await JsonBody.ReadOptionalAsync(http, Wire.Documents.PublicLinkRequest);
        if (body.Refusal is { } refusal)
            return (false, refusal);
        return UnknownMembers.ProblemOf(body.Value?.Unknown, Computed, "showNames") is { } problem
            ? (false, ApiRefusal.Invalid(problem))
            : (body.Value?.ShowNames ?? false, null);
    }

    private static IResult Answer(PublicLink link) => Reply.Ok(Describe(link), Wire.Documents.PublicLinkDocument);

    private static PublicLinkDocument Describe(PublicLink link) => new(link.RoomId, link.Code, link.ShowsNames, link.CreatedAt, link.CreatedBy);
}
