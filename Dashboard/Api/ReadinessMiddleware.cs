using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

/// <summary>Until the state of the last run is restored every answer could be wrong, so there is none but "alive" (rule 10).</summary>
internal sealed class ReadinessMiddleware(RequestDelegate next, PresenceReadiness readiness)
{
    private static readonly ApiRefusal Restoring = new(ApiErrors.NotReady, "The server is restoring its state; try again in a second.") { RetryAfterSeconds = 1 };

    public Task InvokeAsync(HttpContext http)
    {
        if (readiness.IsReady || http.Request.Path.Equals(HealthEndpoints.LivePath, StringComparison.OrdinalIgnoreCase))
            return next(http);
        if (RequestPipeline.IsApi(http))
            return Restoring.ExecuteAsync(http);

        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers["Refresh"] = "1";
        http.Response.Headers.RetryAfter = "1";
        return http.Response.WriteAsync("Presence Dashboard is restoring its state. This page reloads by itself.");
    }
}
