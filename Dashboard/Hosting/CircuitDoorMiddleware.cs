using Microsoft.AspNetCore.Http.Features;
using Presence.Dashboard.Api;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Who may open circuits, and how many there may be. They are opened from this server's own pages alone: browsers send
/// cookies along with a WebSocket whatever page opens it, and no CORS stands in the way; its Origin header is what tells.
/// </summary>
internal sealed class CircuitDoorMiddleware
{
    private static readonly PathString Hub = "/_blazor";

    private static readonly ApiRefusal Full = new(ApiErrors.CapReached, "As many pages are open as may be (Presence__Limits__PageConnections); try again later.") { RetryAfterSeconds = 10 };

    private readonly RequestDelegate _next;
    private readonly string? _publicOrigin;
    private readonly int _most;
    private int _open;

    public CircuitDoorMiddleware(RequestDelegate next, DashboardOptions options, CapRegistry caps)
    {
        _next = next;
        _publicOrigin = options.Http.PublicUrl is { } url ? new Uri(url).GetLeftPart(UriPartial.Authority) : null;
        _most = options.Limits.PageConnections;
        caps.Add(CapKind.Pages, () => Volatile.Read(ref _open), _most);
    }

    public Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments(Hub, StringComparison.OrdinalIgnoreCase))
            return _next(http);
        if (http.Request.Headers.Origin.Count > 0 && !IsOwn(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        return http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } ? OpenAsync(http) : _next(http);
    }

    /// <summary>Counted here and not by the server underneath, which would answer one too many with a fault.</summary>
    private async Task OpenAsync(HttpContext http)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > _most)
                await Full.ExecuteAsync(http);
            else
                await _next(http);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>The host must be the one the page came from. Not the scheme: behind a proxy that ends TLS only the browser knows it.</summary>
    private bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return string.Equals(origin, _publicOrigin, StringComparison.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var url)
                && (url.Scheme is "http" or "https")
                && string.Equals(url.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase) // nothing but an origin
                && string.Equals(url.Authority, Authority(request.Host, url), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A browser leaves the scheme's own port out; a proxy may spell it out.</summary>
    private static string Authority(HostString host, Uri origin) => host.Port == (origin.Scheme == "https" ? 443 : 80) ? host.Host : host.Value ?? "";
}
