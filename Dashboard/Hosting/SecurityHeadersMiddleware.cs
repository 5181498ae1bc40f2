using Microsoft.Extensions.Primitives;

namespace Presence.Dashboard.Hosting;

/// <summary>The headers that fence in the dashboard's pages.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    // Inline style attributes are how the component library places its pop-ups; style elements and scripts stay forbidden.
    private static readonly StringValues ContentPolicy =
        "default-src 'self'; img-src 'self' data:; style-src 'self'; style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin"; // browsers ignore it elsewhere, and complain
        return next(http);
    }
}
