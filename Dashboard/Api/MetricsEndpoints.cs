using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Hosting.Metrics;

namespace Presence.Dashboard.Api;

/// <summary>What the server measures, for whoever collects it. Counts of everything are nobody's business: a key, unless the operator opens it.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder api)
    {
        var isPublic = api.ServiceProvider.GetRequiredService<DashboardOptions>().Metrics.Public;
        api.MapGet("/metrics", Read).Allow(isPublic ? ApiPolicy.Anonymous : ApiPolicy.Server.With(ServerScopes.Read))
            .WithName("getMetrics").Produces<string>(StatusCodes.Status200OK, OpenMetricsText.MediaType)
            .WithExample("# TYPE presence_viewers gauge\n# HELP presence_viewers Distinct viewers present.\npresence_viewers 1240.0\n# EOF\n").Refuses(ApiErrors.NotReady);
    }

    /// <summary>Read what the server measures</summary>
    /// <remarks>
    /// OpenMetrics text, for Prometheus and its relatives. No label holds an id. Open to anybody with
    /// <c>Presence__Metrics__Public</c>.
    /// </remarks>
    /// <response code="200">The metrics.</response>
    internal static IResult Read(HttpContext http, MetricsRecorder metrics)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(metrics.Write(), OpenMetricsText.ContentType);
    }
}
