using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

/// <summary>The server's metrics. They need a key, unless the operator makes them public.</summary>
internal sealed class MetricsEndpoints(RequestDelegate exporter)
{
    /// <summary>
    /// The only format, whatever a collector accepts: a newer collector may ask for names with dots, and its series would get new
    /// names.
    /// </summary>
    private const string MediaType = "application/openmetrics-text";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = new MetricsEndpoints(api.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build());
        var isPublic = api.ServiceProvider.GetRequiredService<DashboardOptions>().Metrics.Public;
        api.MapGet("/metrics", (Delegate)endpoints.Read).Allow(isPublic ? ApiPolicy.Anonymous : ApiPolicy.Server.With(ServerScopes.Read))
            .WithName("getMetrics").Produces<string>(StatusCodes.Status200OK, MediaType)
            .WithExample("# TYPE presence_viewers gauge\n# HELP presence_viewers Distinct viewers present.\npresence_viewers 1240\n# EOF\n").Refuses(ApiError.NotReady);
    }

    /// <summary>Read the metrics</summary>
    /// <remarks>
    /// OpenMetrics text, for Prometheus and compatible collectors. No label contains an id. Needs no key if
    /// <c>Presence__Metrics__Public</c> is set.
    /// </remarks>
    /// <response code="200">The metrics.</response>
    internal Task Read(HttpContext http)
    {
        http.Request.Headers.Accept = $"{MediaType}; version=1.0.0";
        http.Response.Headers.CacheControl = "no-store";
        return exporter(http);
    }
}
