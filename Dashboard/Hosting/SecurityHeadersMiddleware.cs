using Microsoft.Extensions.Primitives;
using Presence.Dashboard.Api.OpenApi;

namespace Presence.Dashboard.Hosting;

/// <summary>The headers that fence in the dashboard's pages.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next, DashboardOptions options)
{
    /// <summary>A year. Other names of the same domain are not this server's to promise for.</summary>
    private const string OverTlsOnly = "max-age=31536000";

    private readonly bool _isOverTls = options.Http.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    // The component library positions popups with inline style attributes. Style elements and inline scripts stay forbidden.
    private static readonly StringValues ContentPolicy = Policy("style-src 'self'; style-src-attr 'unsafe-inline'");

    // Swagger UI also writes style elements.
    private static readonly StringValues ContentPolicyOfTryIt = Policy("style-src 'self' 'unsafe-inline'");

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(DescriptionEndpoints.TryPath, StringComparison.OrdinalIgnoreCase) ? ContentPolicyOfTryIt : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        if (_isOverTls)
            headers.StrictTransportSecurity = OverTlsOnly;
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin"; // browsers ignore it elsewhere and log a warning
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
            accessor.HttpContext = null; // also for code still running in this context, because the object is reused
        }
    }
}
