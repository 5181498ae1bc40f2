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

    /// <summary>One transparent pixel: the initials below show through. An error would be a broken image, which browsers draw a sign for.</summary>
    public static readonly byte[] Blank = Convert.FromBase64String("UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==");

    /// <summary>The picture, or a blank one if there is none.</summary>
    /// <param name="http">The request.</param>
    /// <param name="picture">What there is.</param>
    /// <param name="caches">Whose caches may keep it: <c>private</c> or <c>public</c>.</param>
    public static IResult ResultOf(HttpContext http, PictureReply picture, string caches)
    {
        http.Response.Headers.CacheControl = picture.FreshFor == TimeSpan.Zero
            ? "no-store"
            : string.Create(CultureInfo.InvariantCulture, $"{caches}, max-age={picture.FreshFor.TotalSeconds:0}");
        return Results.Bytes(picture.Bytes.Length == 0 ? Blank : picture.Bytes, PictureDrawing.ContentType, entityTag: picture.Version);
    }
}
