using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

/// <summary>What the server measures, for whoever collects it. Counts of everything are nobody's business: a key, unless the operator opens it.</summary>
internal sealed class MetricsEndpoints(RequestDelegate exporter)
{
    /// <summary>The one form of the answer, whatever a collector would take: a newer one may ask for names with dots, and its series would have new names.</summary>
    private const string MediaType = "application/openmetrics-text";

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = new MetricsEndpoints(api.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build());
        var isPublic = api.ServiceProvider.GetRequiredService<DashboardOptions>().Metrics.Public;
        api.MapGet("/metrics", (Delegate)endpoints.Read).Allow(isPublic ? ApiPolicy.Anonymous : ApiPolicy.Server.With(ServerScopes.Read))
            .WithName("getMetrics").Produces<string>(StatusCodes.Status200OK, MediaType)
            .WithExample("# TYPE presence_viewers gauge\n# HELP presence_viewers Distinct viewers present.\npresence_viewers 1240\n# EOF\n").Refuses(ApiErrors.NotReady);
    }

    /// <summary>Read what the server measures</summary>
    /// <remarks>
    /// OpenMetrics text, for Prometheus and its relatives. No label holds an id. Open to anybody with
    /// <c>Presence__Metrics__Public</c>.
    /// </remarks>
    /// <response code="200">The metrics.</response>
    internal Task Read(HttpContext http)
    {
        http.Request.Headers.Accept = $"{MediaType}; version=1.0.0";
        http.Response.Headers.CacheControl = "no-store";
        return exporter(http);
    }
}
