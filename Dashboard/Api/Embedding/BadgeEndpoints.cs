using System.Text.Json;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>
/// A room's count for whoever has its public link, as an image or for a widget. A link that was taken back, the link of a room
/// that never had one and a guess are the same to the caller: one look-up, one answer.
/// </summary>
internal sealed class BadgeEndpoints(PublicRooms rooms, PresenceEngine engine, ClientPaces paces)
{
    /// <summary>How long an answer is fresh, for caches and for widgets.</summary>
    public const int FreshSeconds = 5;

    private const string Caching = "public, max-age=5, stale-while-revalidate=30";
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private static readonly ApiRefusal Nowhere = new(ApiErrors.NotFound, "This link leads nowhere: it was taken back, or there never was one.");

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<BadgeEndpoints>(api.ServiceProvider);
        api.MapGet("/badge/{link}.svg", endpoints.Draw).Allow(ApiPolicy.Anonymous).PacedByItself()
            .WithName("drawBadge").Takes(
                ApiParameter.OfText("label", $"What stands behind the number; `{BadgeDrawing.DefaultLabel}` unless sent.", BadgeDrawing.LongestLabel),
                ApiParameter.OfWords("theme", "For which kind of page; as the reader's system is set unless sent.", ["auto", "light", "dark"]))
            .Produces<string>(StatusCodes.Status200OK, "image/svg+xml").AnswersHeader("ETag", "The version of the answer.")
            .AnswersHeader("Cache-Control", "How long it may be kept.")
            .WithExample("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"96\" height=\"22\"></svg>").Refuses(ApiErrors.NotFound, ApiErrors.MethodNotAllowed);
        api.MapGet("/badge/{link}.json", endpoints.Read).Allow(ApiPolicy.Anonymous).PacedByItself()
            .WithName("getPublicRoom").Produces<PublicRoomDocument>().AnswersHeader("ETag", "The version of the answer.")
            .AnswersHeader("Cache-Control", "How long it may be kept.").Refuses(ApiErrors.NotFound, ApiErrors.MethodNotAllowed, ApiErrors.PresenceDisabled);
    }

    /// <summary>Draw a room's count</summary>
    /// <remarks>
    /// For an <c>&lt;img&gt;</c> on any page. May be cached for 5 seconds. While presence is off it is drawn without a
    /// count. A link that was taken back and one that never was are answered alike, with 404.
    /// </remarks>
    /// <response code="200">The badge.</response>
    internal IResult Draw(HttpContext http, string link)
    {
        if (Open(http, link, out var room) is { } refusal)
            return refusal;
        var query = new QueryReader(http.Request.Query);
        var label = query.Text("label", BadgeDrawing.LongestLabel) ?? BadgeDrawing.DefaultLabel;
        var theme = query.Choice("theme", ("auto", BadgeTheme.Auto), ("light", BadgeTheme.Light), ("dark", BadgeTheme.Dark));
        if ((query.Problem ?? BadgeDrawing.ProblemOfLabel(label)) is { } problem)
            return ApiRefusal.Invalid(problem);

        // An image has no way to say why it is missing, so it is drawn without a count while presence is off.
        var isOff = Refusals.WhileDisabled(engine, room!.RoomId) is not null;
        return Answer(http, BadgeDrawing.Draw(isOff ? null : room.Count, VisibleText.NameOf(label) ?? BadgeDrawing.DefaultLabel, theme), "image/svg+xml; charset=utf-8");
    }

    /// <summary>Read a room's count through its public link</summary>
    /// <remarks>
    /// For pages of any origin, without a token. May be cached for 5 seconds, and is read from the engine once a second at
    /// most. A link that was taken back and one that never was are answered alike, with 404.
    /// </remarks>
    /// <response code="200">How many watch.</response>
    internal IResult Read(HttpContext http, string link)
    {
        if (Open(http, link, out var room) is { } refusal)
            return refusal;
        if (Refusals.WhileDisabled(engine, room!.RoomId) is { } off)
            return off;

        var document = new PublicRoomDocument(
            room.Count,
            room.At,
            FreshSeconds,
            RoomPresenceEndpoints.OnlyTrue(engine.IsWarming),
            room.Names is null ? null : [.. room.Names.Select(name => new PublicRoomDocument.ViewerPart(name))]);
        return Answer(http, JsonSerializer.SerializeToUtf8Bytes(document, Wire.Documents.PublicRoomDocument), Reply.Json);
    }

    /// <summary>Any site may show it: nothing here depends on who asks.</summary>
    private ApiRefusal? Open(HttpContext http, string link, out PublicRoomReading? room)
    {
        room = null;
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*"; // refusals too: a widget tells them apart
        headers.AccessControlExposeHeaders = "retry-after";
        if (!paces.Badges.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return Refusals.TooFast("This address asks for badges too often.", wait);
        room = rooms.Read(link);
        return room is null ? Nowhere : null;
    }

    private static IResult Answer(HttpContext http, byte[] body, string contentType)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = Caching;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Results.Bytes(body, contentType, entityTag: EntityTags.Of(body));
    }
}
