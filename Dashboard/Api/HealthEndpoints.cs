using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine.Diagnostics;

namespace Presence.Dashboard.Api;

/// <summary>Whether the process runs, and whether it is ready. <see cref="ReadinessMiddleware"/> answers before the state is restored.</summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck<LoopsHealthCheck>("loops").AddCheck<StorageHealthCheck>("storage").AddCheck<CanaryHealthCheck>("canary");

    public static void MapHealth(this IEndpointRouteBuilder api)
    {
        api.MapGet(LivePath, Live).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("isLive").Produces<HealthReply>().WithExample("""{"status":"live"}""").Refuses(ApiError.MethodNotAllowed);
        api.MapGet("/health/ready", ReadyAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("isReady").Produces<HealthReply>().Refuses(ApiError.MethodNotAllowed, ApiError.NotReady);
    }

    /// <summary>Check that the process runs</summary>
    /// <remarks>Works from the first second, in every state of the server.</remarks>
    /// <response code="200">The process runs.</response>
    internal static IResult Live() => Reply.Ok(new HealthReply("live", Loops: null), ApiJson.Documents.HealthReply);

    /// <summary>Check that the server is ready</summary>
    /// <remarks>
    /// <c>degraded</c> while a background loop keeps failing, storage fails, or pages show what happens too late. Heartbeats still count. With a
    /// server key, the reply lists the loops and says what the canary measured.
    /// </remarks>
    /// <response code="200">The state is restored.</response>
    internal static async Task<IResult> ReadyAsync(HttpContext http, HealthCheckService health, LoopRegistry loops, CanaryFigures canary, ClientAuthenticator authenticator)
    {
        // Details can name files and errors, so only server keys see them. Other callers get the status alone.
        var caller = authenticator.Authenticate(http);
        var mayKnow = caller.Principal is { IsServer: true } server && server.Scopes.HasFlag(ServerScopes.Read);
        HealthReply.Loop[]? details = mayKnow
            ? [.. loops.All.Select(loop => new HealthReply.Loop(loop.Name, loop.IsHealthy, loop.LastError, loop.LastErrorAt, loop.LastSuccessAt))]
            : null;
        var report = await health.CheckHealthAsync(http.RequestAborted);
        return Reply.Ok(new HealthReply(report.Status == HealthStatus.Healthy ? "healthy" : "degraded", details) { Canary = mayKnow ? HealthReply.CanaryDocument.Of(canary.Read()) : null }, ApiJson.Documents.HealthReply);
    }
}

/// <summary>A loop fails at the moment; what it does is late and is being tried again.</summary>
internal sealed class LoopsHealthCheck(LoopRegistry loops) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(loops.IsDegraded ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
}

/// <summary>Something could not be stored a moment ago, whether a loop or a request asked for it.</summary>
internal sealed class StorageHealthCheck(StorageWatch storage) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(storage.IsTroubled ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
}

/// <summary>Pages show what happens later than promised, or not at all.</summary>
internal sealed class CanaryHealthCheck(CanaryFigures canary) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(canary.Read().IsAlarm ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
}

/// <summary>The server's health.</summary>
/// <param name="Status">The result.</param>
/// <param name="Loops">The background loops. Only with a server key.</param>
/// <example>{"status":"healthy"}</example>
internal sealed record HealthReply([property: AllowedValues("live", "healthy", "degraded")] string Status, IReadOnlyList<HealthReply.Loop>? Loops)
{
    /// <summary>How long pages take to show what happens. Only with a server key, and while the canary is on.</summary>
    public CanaryDocument? Canary { get; init; }

    /// <summary>What the canary measured in the last five minutes.</summary>
    /// <param name="State">Whether pages show what happens in time (`fine`), `late` or not at all (`lost`). `resting` while presence is off.</param>
    /// <param name="HeartbeatP95Seconds">95 % of its heartbeats were on a page within this. Absent before the first.</param>
    /// <param name="LeaveP95Seconds">The same of its leaves.</param>
    /// <param name="Measurements">The number of measurements.</param>
    internal sealed record CanaryDocument([property: AllowedValues("fine", "late", "lost", "resting")] string State, double? HeartbeatP95Seconds, double? LeaveP95Seconds, int Measurements)
    {
        public static CanaryDocument? Of(CanaryReading reading)
        {
            var state = reading.State switch
            {
                CanaryState.Off => null,
                CanaryState.Resting => "resting",
                CanaryState.Late => "late",
                CanaryState.Lost => "lost",
                _ => "fine",
            };
            return state is null ? null : new(state, Seconds(reading.Heartbeat), Seconds(reading.Leave), reading.Measurements);
        }

        private static double? Seconds(TimeSpan? span) => span is { } known ? Math.Round(known.TotalSeconds, 3) : null;
    }

    /// <summary>A background loop.</summary>
    /// <param name="Name">What it does.</param>
    /// <param name="Healthy">Whether its last pass succeeded.</param>
    /// <param name="LastError">Its last error.</param>
    /// <param name="LastErrorAt">When.</param>
    /// <param name="LastSuccessAt">When a pass last succeeded.</param>
    internal sealed record Loop(string Name, bool Healthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
}

/// <summary>Until the last run's state is restored, any reply could be wrong, so the only reply is "alive" (rule 10).</summary>
internal sealed class ReadinessMiddleware(RequestDelegate next, PresenceReadiness readiness)
{
    private static readonly ApiProblem Restoring = new(ApiError.NotReady, "The server is restoring its state. Try again in one second.") { RetryAfterSeconds = 1 };

    public Task InvokeAsync(HttpContext http)
    {
        if (readiness.IsReady || http.Request.Path.Equals(HealthEndpoints.LivePath, StringComparison.OrdinalIgnoreCase))
            return next(http);
        if (RequestPipeline.IsApi(http))
            return Restoring.ExecuteAsync(http);

        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers["Refresh"] = "1";
        http.Response.Headers.RetryAfter = "1";
        return http.Response.WriteAsync("Presence Dashboard is restoring its state. This page reloads automatically.");
    }
}

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
