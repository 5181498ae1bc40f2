using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Creating, changing and revoking a room's public link.</summary>
internal sealed class PublicLinkEndpoints(PublicLinkStore links)
{
    private const string Route = "/api/v1/admin/rooms/{roomId}/public-link";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<PublicLinkEndpoints>(api.ServiceProvider);
        var write = ApiPolicy.Server.With(ServerScopes.Rooms);
        api.MapPost(Route, endpoints.MakeAsync).Allow(write)
            .WithName("makePublicLink").Reads<PublicLinkRequest>(isOptional: true).Produces<PublicLinkDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "The URL to read and revoke the link.").Refuses(ApiError.CapReached);
        api.MapPut(Route, endpoints.SetAsync).Allow(write)
            .WithName("setPublicLink").Reads<PublicLinkRequest>(isOptional: true).Produces<PublicLinkDocument>().Refuses(ApiError.CapReached);
        api.MapGet(Route, endpoints.Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("getPublicLink").Produces<PublicLinkDocument>().Refuses(ApiError.NotFound);
        api.MapDelete(Route, endpoints.RevokeAsync).Allow(write)
            .WithName("revokePublicLink").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Create a room's public link</summary>
    /// <remarks>
    /// Anyone with the link can see the room's viewer count as a badge or in a widget. A room has at most one link. Creating
    /// another revokes the old one.
    /// </remarks>
    /// <response code="201">The link.</response>
    internal async Task<IResult> MakeAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadOptionalAsync(http, ApiJson.Documents.PublicLinkRequest);
        var link = await links.MakeAsync(roomId, request?.ShowNames ?? false, http.Actor(), http.RequestAborted);
        return Reply.Created(Describe(link), ApiJson.Documents.PublicLinkDocument, $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/public-link");
    }

    /// <summary>Change what a room's public link shows</summary>
    /// <remarks>The link stays the same. Creates one if the room has none.</remarks>
    /// <response code="200">The updated link.</response>
    internal async Task<IResult> SetAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadOptionalAsync(http, ApiJson.Documents.PublicLinkRequest);
        return Answer(await links.SetAsync(roomId, request?.ShowNames ?? false, http.Actor(), http.RequestAborted));
    }

    /// <summary>Read a room's public link</summary>
    /// <response code="200">The link.</response>
    internal IResult Read(string roomId) =>
        links.FindOfRoom(roomId) is { } link
            ? Answer(link)
            : new ApiProblem(ApiError.NotFound, "This room has no public link. POST to this address creates one.");

    /// <summary>Revoke a room's public link</summary>
    /// <remarks>
    /// The link stops working with the next request. Shared caches may show the last count for 30 seconds. Also 204 if there was
    /// none.
    /// </remarks>
    /// <response code="204">The room has no public link.</response>
    internal async Task<IResult> RevokeAsync(HttpContext http, string roomId)
    {
        await links.RevokeAsync(roomId, http.Actor(), http.RequestAborted);
        return Results.NoContent();
    }

    private static IResult Answer(PublicLink link) => Reply.Ok(Describe(link), ApiJson.Documents.PublicLinkDocument);

    private static PublicLinkDocument Describe(PublicLink link) => new(link.RoomId, link.Code, link.ShowsNames, link.CreatedAt, link.CreatedBy);
}

/// <summary>What a public link shows.</summary>
/// <param name="ShowNames">Whether it also shows the names of some viewers. Default: false.</param>
/// <example>{"showNames":false}</example>
[Computed("roomId", "link", "createdAt", "createdBy")]
internal sealed record PublicLinkRequest(bool? ShowNames) : AdministrationRequest;

/// <summary>A room's public link.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Link">Its code, used in widgets and in the badge's URL.</param>
/// <param name="ShowNames">Whether it also shows the names of some viewers.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="CreatedBy">Who created it: an account's email or a key's name.</param>
/// <example>{"roomId":"lobby","link":"7Zc1vB5nM8sD2fG4hJ6kL9pR","showNames":false,"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}</example>
internal sealed record PublicLinkDocument(string RoomId, string Link, bool ShowNames, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>What a public link reveals about its room. It doesn't identify the room.</summary>
/// <param name="Count">All distinct viewers, without a limit.</param>
/// <param name="ReferenceTimestamp">The time of the count.</param>
/// <param name="RefreshInSeconds">When to read again. An earlier read returns the same reply.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed: viewers who have left in the meantime may still be counted.</param>
/// <param name="Viewers">Some viewers, newest first. Only if the link shows names.</param>
/// <example>{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","refreshInSeconds":5,"viewers":[{"name":"Anna","picture":"7Zc1vB5nM8sD2fG4hJ6kL9pR/pictures/3q2-7w"}]}</example>
internal sealed record PublicRoomDocument(
    int Count,
    DateTimeOffset ReferenceTimestamp,
    int RefreshInSeconds,
    bool? Warming,
    IReadOnlyList<PublicRoomDocument.ViewerPart>? Viewers)
{
    /// <summary>A viewer's name and picture, without an id.</summary>
    /// <param name="Name">The display name. Viewers without one are not listed.</param>
    /// <param name="Picture">Where this server has the viewer's picture, relative to this document. Absent without a picture.</param>
    internal sealed record ViewerPart(string Name, string? Picture);
}
