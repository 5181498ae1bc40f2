using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing.Patterns;
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
    // The prefix of an IPv4 address written as IPv6 (::ffff:10.0.0.5), in bits.
    private const int MappedPrefix = 96;

    public static void AddRequestPipeline(this WebApplicationBuilder builder, DashboardOptions options)
    {
        builder.Services.AddSingleton<PublicAddress>();
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
            app.Logger.LogWarning("Presence__Http__PublicUrl isn't set. The server accepts plain HTTP and any host name. Set it once the server is behind TLS.");

        if (options.Http.KnownProxies.Length > 0)
            app.UseMiddleware<ForwardedHostMiddleware>().UseForwardedHeaders();
        else if (LocalAddress.HasSocket(LocalAddress.Configured(app.Configuration)))
            app.UseWhen(IsThroughSocket, sockets => sockets.UseMiddleware<ForwardedHostMiddleware>().UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = Forwarded, ForwardLimit = 1 }));

        KeepAuthenticationOffTheApi(app);

        app.UseTelemetry();
        app.UseMiddleware<HeadMiddleware>();
        app.UseMiddleware<AddressMiddleware>();
        // CORS wraps the error handling, because a browser can read errors only with these headers.
        app.UseWhen(IsFromBrowser, api => api.Use(BrowserAccess.WriteOriginInAscii).UseCors(BrowserAccess.PolicyName));
        app.UseMiddleware<RawRouteMiddleware>();
        app.UseMiddleware<SlowReaderMiddleware>();
        app.UseMiddleware<ApiExceptionMiddleware>();
        app.UseMiddleware<ReadinessMiddleware>();
        app.UsePageErrors();
        app.UseRouting();
        app.UseWhen(IsPage, pages =>
        {
            pages.UseMiddleware<CircuitOriginMiddleware>();
            pages.UseMiddleware<PageContextMiddleware>();
            pages.UseMiddleware<RedirectMiddleware>();
            pages.UseMiddleware<ViewerCultureMiddleware>();
            pages.UseMiddleware<SecurityHeadersMiddleware>();
            pages.UseMiddleware<UnansweredMethodMiddleware>();
            pages.UseMiddleware<FormReadingMiddleware>();
            pages.UseAuthentication();
            pages.UseAuthorization();
            pages.UseAntiforgery();
            pages.UseMiddleware<FormErrors>();
        });
    }

    /// <summary>Called once every route is mapped.</summary>
    /// <exception cref="ConfigurationRefusedException">An own path begins as the public address' path does: a request would not tell whether a proxy took that away.</exception>
    public static void RefuseBaseAmongOwnPaths(this WebApplication app)
    {
        var path = app.Services.GetRequiredService<PublicAddress>().Base;
        if (!path.HasValue)
            return;
        var parts = path.Value!.Split('/')[1..];
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(route => route.Order < int.MaxValue);
        if (routes.FirstOrDefault(route => BeginsWith(route.RoutePattern, parts)) is { RoutePattern.RawText: var own })
            throw new ConfigurationRefusedException([$"Presence__Http__PublicUrl: its path {path} conflicts with one of the server's own paths ({own}). Choose another, such as /presence."]);
    }

    private static bool BeginsWith(RoutePattern route, string[] parts) =>
        route.PathSegments.Count >= parts.Length &&
        route.PathSegments.Zip(parts).All(pair => pair.First is not { IsSimple: true, Parts: [RoutePatternLiteralPart literal] } || literal.Content.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    /// <summary>True for the API, its description, health and what other sites embed: for programs, and without any cookie.</summary>
    public static bool IsApi(HttpContext http) => Under(http, "/api") || Under(http, "/health") || Under(http, "/openapi") || Under(http, "/metrics") || IsEmbedded(http);

    /// <summary>True for what any site may have on its pages; it says so itself, whatever origins the API is for.</summary>
    private static bool IsEmbedded(HttpContext http) => Under(http, "/client") || Under(http, "/badge");

    public static bool IsHealth(HttpContext http) => Under(http, "/health");

    /// <summary>The framework's CORS middleware makes a service scope for each request it sees: let it see those alone that it is for.</summary>
    private static bool IsFromBrowser(HttpContext http) => http.Request.Headers.Origin.Count > 0 && IsApi(http) && !IsEmbedded(http);

    /// <summary>No address at the other end: a process of this machine that may open the socket's file, which is a proxy, and the only one who knows the caller.</summary>
    private static bool IsThroughSocket(HttpContext http) => http.Connection.RemoteIpAddress is null;

    private static bool IsPage(HttpContext http) => !IsApi(http);

    /// <summary>A browser's request for a page: its errors are pages too.</summary>
    public static bool IsVisit(HttpContext http) => IsPage(http) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    // Case is ignored, as in routing: /API/v1/... is the API too.
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
        // Known proxies are skipped from the right. The first other address is the caller's.
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear(); // the framework trusts loopback by default
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            forwarded.KnownIPNetworks.Add(NetworkOf(proxy));
    }

    /// <summary>An address as a network of one, which unlike an address does not ask which interface it was reached through; IPv4 written as IPv6 as what it is.</summary>
    public static System.Net.IPNetwork NetworkOf(string proxy)
    {
        var network = IPAddress.TryParse(proxy, out var address)
            ? new System.Net.IPNetwork(new IPAddress(address.GetAddressBytes()), address.GetAddressBytes().Length * 8)
            : System.Net.IPNetwork.Parse(proxy);
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix
            ? new System.Net.IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix)
            : network;
    }

    /// <summary>
    /// All services but the HTTP context accessor, which sign-in of moderators brings along. The context factory that sees
    /// it makes three new objects and an execution context for every request, heartbeats included, instead of reusing the
    /// connection's; <see cref="PageContextMiddleware"/> sets the accessor where pages need it.
    /// </summary>
    private sealed class ServicesWithoutContextAccessor(IServiceProvider services) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
    }
}
