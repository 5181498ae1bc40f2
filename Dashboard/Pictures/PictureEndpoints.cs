using System.Globalization;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Pictures;

/// <summary>Pictures for the dashboard's pages: plain GETs that the browser's cookie authorises, outside /api.</summary>
internal static class PictureEndpoints
{
    /// <summary>Relative to the pages' base, which may have a path.</summary>
    public const string Path = "pictures/";

    public static void MapPictures(this WebApplication app) =>
        app.MapGet("/" + Path + "{key}", async (HttpContext http, string key, UserPictures pictures) =>
            await pictures.ReadAsync(key, http.RequestAborted) is { } picture ? ResultOf(http, picture, "private") : Results.NotFound())
            .RequireAuthorization(ModeratorPolicy.Observe).ExcludeFromDescription();

    /// <summary>The picture; 204 where there is none to show, which to an image is the same as an error but is none in anyone's log.</summary>
    /// <param name="http">The request.</param>
    /// <param name="picture">What there is.</param>
    /// <param name="caches">Whose caches may keep it: <c>private</c> or <c>public</c>.</param>
    public static IResult ResultOf(HttpContext http, PictureReply picture, string caches)
    {
        http.Response.Headers.CacheControl = picture.FreshFor == TimeSpan.Zero
            ? "no-store"
            : string.Create(CultureInfo.InvariantCulture, $"{caches}, max-age={picture.FreshFor.TotalSeconds:0}");
        return picture.Bytes.Length == 0 ? Results.NoContent() : Results.Bytes(picture.Bytes, PictureDrawing.ContentType, entityTag: picture.Version);
    }
}
