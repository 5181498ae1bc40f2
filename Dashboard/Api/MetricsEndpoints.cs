using Presence.Dashboard.Api.Description;
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
        api.MapGet("/metrics", Read).Allow(isPublic ? ApiPolicy.Anonymous : ApiPolicy.Server.With(ServerScopes.Read)).Describe(OperationDescriptions.Metrics);
    }

    private static IResult Read(HttpContext http, MetricsRecorder metrics)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(metrics.Write(), OpenMetricsText.ContentType);
    }
}
