using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Presence.Dashboard.Api;
using Presence.Dashboard.Components;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// The order of a request's way through the server. The API and the pages part early: no cookie is ever read under
/// /api, and a heartbeat passes none of the middleware that pages need.
/// </summary>
internal static class RequestPipeline
{
    private const ForwardedHeaders Forwarded = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;

    public static void AddRequestPipeline(this WebApplicationBuilder builder, DashboardOptions options)
    {
        builder.Services.AddSingleton<IHttpContextFactory>(services => new DefaultHttpContextFactory(new ServicesWithoutContextAccessor(services)));
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.AddAntiforgery();
        builder.Services.AddCors(cors => cors.AddPolicy(BrowserAccess.PolicyName, policy => BrowserAccess.Configure(policy, options.Clients.Origins)));
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, options.Http.KnownProxies));
    }

    public static void UseRequestPipeline(this WebApplication app, DashboardOptions options)
    {
        if (options.Http.PublicUrl is null && app.Environment.IsProduction() && !options.Demo)
            app.Logger.LogWarning("Presence__Http__PublicUrl is not set: plain HTTP and any host name are served. Set it once the server stands behind TLS.");

        if (options.Http.KnownProxies.Length > 0)
            app.UseForwardedHeaders();
        else if (LocalAddress.HasSocket(LocalAddress.Configured(app.Configuration)))
            app.UseWhen(IsThroughSocket, sockets => sockets.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = Forwarded, ForwardLimit = 1 }));

        KeepAuthenticationOffTheApi(app);

        if (options.Http.PublicUrl is not null)
            app.UseMiddleware<HostNameMiddleware>();
        // CORS stands outside the error shape: a browser may read a reply only with these headers, errors included.
        app.UseWhen(IsFromBrowser, api => api.UseCors(BrowserAccess.PolicyName));
        app.UseMiddleware<RawPathMiddleware>();
        app.MapWhen(IsNamelessPage, nameless => nameless.Run(RefuseNameless));
        app.UseMiddleware<SlowReaderMiddleware>();
        app.UseMiddleware<ErrorShapeMiddleware>();
        app.UseMiddleware<ReadinessMiddleware>();
        app.UseMiddleware<CircuitDoorMiddleware>();
        app.UsePageErrors();
        app.UseRouting();
        app.UseWhen(IsPage, pages =>
        {
            pages.UseMiddleware<PageContextMiddleware>();
            pages.UseMiddleware<ViewerCultureMiddleware>();
            pages.UseMiddleware<SecurityHeadersMiddleware>();
            pages.UseMiddleware<FormReadingMiddleware>();
            pages.UseAuthentication();
            pages.UseAuthorization();
            pages.UseAntiforgery();
        });
    }

    /// <summary>True for the API, its description, health and what other sites embed: for programs, and without any cookie.</summary>
    public static bool IsApi(HttpContext http) => Under(http, "/api") || Under(http, "/health") || Under(http, "/openapi") || Under(http, "/metrics") || IsEmbedded(http);

    /// <summary>True for what any site may have on its pages; it says so itself, whatever origins the API is for.</summary>
    private static bool IsEmbedded(HttpContext http) => Under(http, "/client") || Under(http, "/badge");

    public static bool IsHealth(HttpContext http) => Under(http, "/health");

    /// <summary>The framework's CORS middleware makes a service scope for each request it sees: let it see those alone that it is for.</summary>
    private static bool IsFromBrowser(HttpContext http) => http.Request.Headers.Origin.Count > 0 && IsApi(http) && !IsEmbedded(http);

    /// <summary>A page's links and forms are made from its address, and HTTP/1.0 may leave the host out of a request.</summary>
    private static bool IsNamelessPage(HttpContext http) => !http.Request.Host.HasValue && IsPage(http);

    private static Task RefuseNameless(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync("Say which host is meant: the request has no Host header.");
    }

    /// <summary>No address at the other end: a process of this machine that may open the socket's file, which is a proxy, and the only one who knows the caller.</summary>
    private static bool IsThroughSocket(HttpContext http) => http.Connection.RemoteIpAddress is null;

    private static bool IsPage(HttpContext http) => !IsApi(http);

    // Ignoring case, as routing does: /API/v1/... is the API too.
    private static bool Under(HttpContext http, string root) => http.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The web application inserts both middlewares in front of every request as soon as their services are registered,
    /// unless these two properties say it was done. They are internal to the framework: the test that weighs a heartbeat
    /// and the one that sends cookies to the API tell when they change.
    /// </summary>
    private static void KeepAuthenticationOffTheApi(IApplicationBuilder app)
    {
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.Properties["__AuthorizationMiddlewareSet"] = true;
    }

    private static void Trust(ForwardedHeadersOptions forwarded, string[] proxies)
    {
        forwarded.ForwardedHeaders = Forwarded;
        forwarded.KnownProxies.Clear(); // the framework trusts loopback by itself
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                forwarded.KnownProxies.Add(address);
            else
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
    }
}
