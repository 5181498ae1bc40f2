using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Opening a room's count to whoever has its link, and closing it again.</summary>
internal sealed class PublicLinkEndpoints(PublicLinkStore links)
{
    private const string Route = "/api/v1/admin/rooms/{roomId}/public-link";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<PublicLinkEndpoints>(api.ServiceProvider);
        var write = ApiPolicy.Server.With(ServerScopes.Rooms);
        api.MapPost(Route, endpoints.MakeAsync).Allow(write)
            .WithName("makePublicLink").Reads<PublicLinkRequest>(isOptional: true).Produces<PublicLinkDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the link is read and taken back.").Refuses(ApiErrors.CapReached);
        api.MapPut(Route, endpoints.SetAsync).Allow(write)
            .WithName("setPublicLink").Reads<PublicLinkRequest>(isOptional: true).Produces<PublicLinkDocument>().Refuses(ApiErrors.CapReached);
        api.MapGet(Route, endpoints.Read).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Rooms))
            .WithName("getPublicLink").Produces<PublicLinkDocument>().Refuses(ApiErrors.NotFound);
        api.MapDelete(Route, endpoints.RevokeAsync).Allow(write)
            .WithName("revokePublicLink").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Make a room's public link</summary>
    /// <remarks>
    /// Whoever has the link may see how many watch the room, as a badge or in a widget. A room has one at most: a link it
    /// had before leads nowhere from then on, which is how to change it.
    /// </remarks>
    /// <response code="201">The link.</response>
    internal async Task<IResult> MakeAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadOptionalAsync(http, ApiJson.Documents.PublicLinkRequest);
        var link = await links.MakeAsync(roomId, request?.ShowNames ?? false, http.Caller().Name, http.RequestAborted);
        return Reply.Created(Describe(link), ApiJson.Documents.PublicLinkDocument, $"/api/v1/admin/rooms/{Uri.EscapeDataString(roomId)}/public-link");
    }

    /// <summary>Say what a room's public link shows</summary>
    /// <remarks>The link stays the same; where the room has none, one is made.</remarks>
    /// <response code="200">The link as it is now.</response>
    internal async Task<IResult> SetAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadOptionalAsync(http, ApiJson.Documents.PublicLinkRequest);
        return Answer(await links.SetAsync(roomId, request?.ShowNames ?? false, http.Caller().Name, http.RequestAborted));
    }

    /// <summary>Read a room's public link</summary>
    /// <response code="200">The link.</response>
    internal IResult Read(string roomId) =>
        links.FindOfRoom(roomId) is { } link
            ? Answer(link)
            : new ApiProblem(ApiErrors.NotFound, "This room has no public link. POST to this address creates one.");

    /// <summary>Take a room's public link back</summary>
    /// <remarks>
    /// It leads nowhere from the next request on; caches in between may show the last count for half a minute. Also 204
    /// when there was none.
    /// </remarks>
    /// <response code="204">The room has no public link.</response>
    internal async Task<IResult> RevokeAsync(HttpContext http, string roomId)
    {
        await links.RevokeAsync(roomId, http.RequestAborted);
        return Results.NoContent();
    }

    private static IResult Answer(PublicLink link) => Reply.Ok(Describe(link), ApiJson.Documents.PublicLinkDocument);

    private static PublicLinkDocument Describe(PublicLink link) => new(link.RoomId, link.Code, link.ShowsNames, link.CreatedAt, link.CreatedBy);
}

/// <summary>What a public link shows.</summary>
/// <param name="ShowNames">Whether it also tells the names of some who watch; false unless sent.</param>
/// <example>{"showNames":false}</example>
[Computed("roomId", "link", "createdAt", "createdBy")]
internal sealed record PublicLinkRequest(bool? ShowNames) : AdministrationRequest;

/// <summary>A room's public link.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Link">Its code: what widgets are given, and what stands in the badge's address.</param>
/// <param name="ShowNames">Whether it also tells the names of some who watch.</param>
/// <param name="CreatedAt">Since when it is good.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or a key's name.</param>
/// <example>{"roomId":"lobby","link":"7Zc1vB5nM8sD2fG4hJ6kL9pR","showNames":false,"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}</example>
internal sealed record PublicLinkDocument(string RoomId, string Link, bool ShowNames, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>What anybody with its public link is told of a room. Nothing in it says which room it is.</summary>
/// <param name="Count">All distinct viewers; never capped.</param>
/// <param name="ReferenceTimestamp">The moment it is true of.</param>
/// <param name="RefreshInSeconds">When to ask again: sooner brings the same answer.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
/// <param name="Viewers">Some who watch, the last to join first; left out unless the link shows names.</param>
/// <example>{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","refreshInSeconds":5,"viewers":[{"name":"Anna"}]}</example>
internal sealed record PublicRoomDocument(
    int Count,
    DateTimeOffset ReferenceTimestamp,
    int RefreshInSeconds,
    bool? Warming,
    IReadOnlyList<PublicRoomDocument.ViewerPart>? Viewers)
{
    /// <summary>One who watches: a name and nothing else, no id, no picture.</summary>
    /// <param name="Name">The display name. Viewers without one are not listed.</param>
    internal sealed record ViewerPart(string Name);
}
