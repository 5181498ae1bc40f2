using Microsoft.AspNetCore.Http.HttpResults;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Sharing;

/// <summary>The pages that share links lead to: the same for everyone, without an account, a cookie or a circuit. The token is after the <c>#</c>.</summary>
internal static class SharedRoomPages
{
    private const string Overlay = "shared/overlay";
    private const string Page = "shared/room";

    public static void MapSharedRoomPages(this WebApplication app)
    {
        app.MapMethods("/" + Overlay, [HttpMethods.Get, HttpMethods.Head], http => SendAsync(http, ShareLinkKind.Overlay)).AllowAnonymous().ExcludeFromDescription();
        SharedBroadcasts.Map(app);
        app.MapMethods("/" + Page, [HttpMethods.Get, HttpMethods.Head], http => SendAsync(http, ShareLinkKind.Page)).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Where a link leads, below the server's address.</summary>
    public static string PathOf(IssuedShareLink issued) => issued.Link.Kind switch
    {
        ShareLinkKind.Overlay => Overlay,
        ShareLinkKind.Broadcast => SharedBroadcasts.Page,
        _ => Page,
    } + "#" + issued.Token;

    private static Task SendAsync(HttpContext http, ShareLinkKind kind)
    {
        Protect(http);
        return new RazorComponentResult<SharedRoomPage>(new { Kind = kind }).ExecuteAsync(http);
    }

    /// <summary>What is behind a link is nobody's to keep, to index or to tell of.</summary>
    public static void Protect(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";
    }
}
