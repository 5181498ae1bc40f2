using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>Hands out the TypeScript client and the widgets.</summary>
internal static class ClientFileEndpoints
{
    /// <summary>The number rises with a change that breaks pages which import from here, and the ones before stay.</summary>
    public const string Folder = "/client/v1/";

    /// <summary>As the address of a version is known to everybody, an update may take an hour to arrive.</summary>
    private const string Caching = "public, max-age=3600, stale-while-revalidate=86400";

    private const string CachingForGood = "public, max-age=31536000, immutable";

    /// <summary>Not paced: they cost no more than the files of the dashboard's own pages.</summary>
    public static void MapClientFiles(this IEndpointRouteBuilder api) =>
        api.MapGet(Folder + "{file}", Read).Allow(ApiPolicy.Anonymous).PacedByItself()
            .WithName("getClientFile").Takes(ApiParameter.OfText("v", "The fingerprint of the file: with the right one it may be cached for good.", 16))
            .Produces<string>(StatusCodes.Status200OK, "text/javascript").AnswersHeader("ETag", "The version of the answer.")
            .AnswersHeader("Cache-Control", "How long it may be kept.").WithExample("export{RoomPresence};").Refuses(ApiErrors.NotFound, ApiErrors.MethodNotAllowed);

    /// <summary>Get a script of the client</summary>
    /// <remarks>
    /// <c>presence.js</c> is the client for browsers, <c>widget.js</c> defines <c>&lt;viewer-count&gt;</c> and
    /// <c>&lt;whos-watching&gt;</c>. Of the server's own version; <c>1</c> is the client's major one.
    /// </remarks>
    /// <response code="200">The script, an ES module.</response>
    internal static IResult Read(HttpContext http, string file)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*"; // a module is fetched with CORS from every other origin
        if (!ClientFiles.All.TryGetValue(file, out var script))
            return new ApiRefusal(ApiErrors.NotFound, $"There is no such file; there are {string.Join(", ", ClientFiles.All.Keys.Order(StringComparer.Ordinal))}.");

        var form = script.For(http.Request);
        headers.CacheControl = http.Request.Query["v"] == script.Fingerprint ? CachingForGood : Caching;
        headers.Vary = "Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (form.Encoding is { } encoding)
            headers.ContentEncoding = encoding;
        return Results.Bytes(form.Bytes, "text/javascript; charset=utf-8", entityTag: form.Tag);
    }
}
