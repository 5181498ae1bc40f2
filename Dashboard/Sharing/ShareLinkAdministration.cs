using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Sharing;

/// <summary>Share links as moderators make, see and revoke them; the role is checked here, whatever the page shows.</summary>
internal sealed class ShareLinkAdministration(ShareLinkStore links, ModeratorGuard guard)
{
    /// <summary>The links of all rooms that the moderator moderates, the newest first.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<IReadOnlyList<ShareLink>> ReadAsync()
    {
        var rooms = (await guard.RequireSomewhereAsync(ModeratorRole.Moderator)).Access.RoomsOf(ModeratorRole.Moderator);
        return rooms is null ? links.List() : [.. links.List().Where(link => rooms.Contains(link.RoomId))];
    }

    /// <summary>Makes a link, in the moderator's name.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator of its room. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">A cap is reached. Nothing was changed.</exception>
    public async Task<IssuedShareLink> MakeAsync(string roomId, ShareLinkKind kind, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.MakeAsync(roomId, kind, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Makes a link to one broadcast, in the moderator's name.</summary>
    /// <inheritdoc cref="MakeAsync(string, ShareLinkKind, bool, CancellationToken)" path="/exception"/>
    public async Task<IssuedShareLink> MakeAsync(Broadcast broadcast, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, broadcast.RoomId);
        return await links.MakeAsync(broadcast.RoomId, ShareLinkKind.Broadcast, showsNames: false, moderator.Actor, cancellationToken, broadcast.Id);
    }

    /// <summary>Revokes a link of any moderator. Its open pages end within a second.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator of its room. Nothing was changed.</exception>
    public async Task RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, links.FindById(id)?.RoomId);
        await links.RevokeAsync(id, moderator.Actor, cancellationToken);
    }
}

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

/// <summary>One broadcast for holders of a share link's token: a page that is the same for everyone, and what its script puts into it.</summary>
/// <remarks>The token is sent as a header. In the page's address it is after the <c>#</c>, which browsers never send, so no log contains it.</remarks>
internal sealed class SharedBroadcasts(ShareLinkStore links, IHistory history, IPresence presence, RateLimits rateLimits, TimeProvider time)
{
    public const string Page = "shared/broadcast";
    public const string Content = Page + "/content";

    private const string Scheme = "Bearer ";

    /// <summary>As often as a moderator's page reads one that goes on.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly ConditionalWeakTable<ShareLink, Latest> _latest = [];

    public static void Map(WebApplication app)
    {
        var pages = ActivatorUtilities.CreateInstance<SharedBroadcasts>(app.Services);
        app.MapMethods("/" + Page, [HttpMethods.Get, HttpMethods.Head], SendPageAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapMethods("/" + Content, [HttpMethods.Get, HttpMethods.Head], pages.SendAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static Task SendPageAsync(HttpContext http)
    {
        SharedRoomPages.Protect(http);
        return new RazorComponentResult<SharedBroadcastPage>().ExecuteAsync(http);
    }

    /// <summary>The broadcast as markup, in the reader's zone; 404 where the token leads nowhere, whatever the reason.</summary>
    private async Task SendAsync(HttpContext http)
    {
        SharedRoomPages.Protect(http);
        if (!rateLimits.Badges.TryTake(http.Connection.RemoteIpAddress, out var wait))
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return;
        }
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || links.Find(authorization.AsSpan(Scheme.Length)) is not { Kind: ShareLinkKind.Broadcast, BroadcastId: not null } link
            || await ReadAsync(link, http.RequestAborted) is not { } report)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        links.Touch(link.Id);
        http.RequestServices.GetRequiredService<LocalTime>().Use(http.Request.Query["zone"]);
        await new RazorComponentResult<SharedBroadcast>(new { Report = report, Accuracy = presence.StateOf(link.RoomId).Effective.Values.HeartbeatInterval, Now = time.GetUtcNow() }).ExecuteAsync(http);
    }

    /// <summary>Read once for all who look at the same time.</summary>
    private async Task<BroadcastReport?> ReadAsync(ShareLink link, CancellationToken cancellationToken)
    {
        var latest = _latest.GetOrCreateValue(link);
        await latest.Turn.WaitAsync(cancellationToken);
        try
        {
            if (latest.Report is null || time.GetElapsedTime(latest.ReadAt) >= Lifetime)
                (latest.Report, latest.ReadAt) = (await history.ReadBroadcastAsync(link.BroadcastId!.Value, cancellationToken), time.GetTimestamp());
            return latest.Report;
        }
        finally
        {
            latest.Turn.Release();
        }
    }

    private sealed class Latest
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public BroadcastReport? Report { get; set; }

        public long ReadAt { get; set; }
    }
}
