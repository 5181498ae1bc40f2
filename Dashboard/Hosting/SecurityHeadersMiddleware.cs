using Microsoft.Extensions.Primitives;
using Presence.Dashboard.Api.OpenApi;

namespace Presence.Dashboard.Hosting;

/// <summary>The headers that fence in the dashboard's pages.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next, DashboardOptions options)
{
    /// <summary>A year. Other names of the same domain are not this server's to promise for.</summary>
    private const string OverTlsOnly = "max-age=31536000";

    private readonly bool _isOverTls = options.Http.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    // Inline style attributes are how the component library places its pop-ups; style elements and scripts stay forbidden.
    private static readonly StringValues ContentPolicy = Policy("style-src 'self'; style-src-attr 'unsafe-inline'");

    // The library behind the page that tries the API also writes style elements.
    private static readonly StringValues ContentPolicyOfTryIt = Policy("style-src 'self' 'unsafe-inline'");

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(SwaggerUi.Route, StringComparison.OrdinalIgnoreCase) ? ContentPolicyOfTryIt : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        if (_isOverTls)
            headers.StrictTransportSecurity = OverTlsOnly;
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin"; // browsers ignore it elsewhere, and complain
        return next(http);
    }

    private static string Policy(string styles) =>
        $"default-src 'self'; img-src 'self' data:; {styles}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
}

/// <summary>Gives pages the HTTP context accessor that the API does without. See <see cref="RequestPipeline"/>.</summary>
internal sealed class PageContextMiddleware(RequestDelegate next, IHttpContextAccessor accessor)
{
    public async Task InvokeAsync(HttpContext http)
    {
        accessor.HttpContext = http;
        try
        {
            await next(http);
        }
        finally
        {
            accessor.HttpContext = null; // also for code that still runs in this request's context: the object is reused
        }
    }
}
