using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Presence.Engine;
using Presence.Engine.Diagnostics;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Metrics at /metrics, and metrics and traces for a collector once the standard <c>OTEL_*</c> variables name one.
/// </summary>
/// <remarks>
/// The framework's meters and its activity source have no listener here: as soon as anybody listens, each request pays for it
/// (48 and 416 bytes), heartbeats included. Spans come from <see cref="RequestTraces"/>, which a heartbeat never enters.
/// </remarks>
internal static class Telemetry
{
    private const string Runtime = "System.Runtime";
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            // The operator's variables are applied last and win.
            .ConfigureResource(resource => resource.Clear().AddTelemetrySdk().AddService("presence-dashboard", serviceVersion: ServerStart.Version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(PresenceMetricNames.Meter).AddMeter(ServerMetrics.Name).AddMeter(Runtime).AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false; // otherwise every series gets another label, and the engine's series change their names
                prometheus.TargetInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, metrics) => metrics.AddView(ViewOf(services.GetRequiredService<PresenceEngine>().Meter, services.GetRequiredService<ServerMetrics>().Meter)));

        if (!IsExported(builder.Configuration))
            return;
        telemetry.WithTracing(traces => traces.AddSource(RequestTraces.Name)).UseOtlpExporter();
    }

    /// <summary>First in line, so that a span lasts as long as its request.</summary>
    public static void UseTelemetry(this WebApplication app)
    {
        if (IsExported(app.Configuration))
            app.UseWhen(http => !RequestTraces.IsHeartbeat(http.Request), traced => traced.UseMiddleware<RequestTraces>());
    }

    /// <summary>A process may hold more than one server, and meters are listened to by name.</summary>
    private static Func<Instrument, MetricStreamConfiguration?> ViewOf(params Meter[] own) =>
        instrument => instrument.Meter.Name == Runtime || own.Contains(instrument.Meter) ? null : MetricStreamConfiguration.Drop;

    /// <exception cref="ConfigurationRefusedException">The collector's address is invalid. The exporter would silently use its default address.</exception>
    private static bool IsExported(IConfiguration configuration)
    {
        if (configuration[Collector] is not { Length: > 0 } collector)
            return false;
        if (Uri.TryCreate(collector, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return true;
        throw new ConfigurationRefusedException([$"{Collector}: \"{collector}\" is not an address. Use http:// or https:// with the host and port of your collector, such as http://collector:4317."]);
    }
}

/// <summary>A span for each request that is no heartbeat: method, route and status, and never a path, which may hold an id or the secret of a link.</summary>
internal sealed class RequestTraces(RequestDelegate next)
{
    public const string Name = "Presence.Dashboard";

    // Not a registered service: the framework would use it for its own activities, one per heartbeat.
    private static readonly ActivitySource Source = new(Name, ServerStart.Version);

    private const string Method = "http.request.method";
    private const string Route = "http.route";
    private const string Status = "http.response.status_code";

    /// <summary>By its path, since a span begins before there is a route.</summary>
    public static bool IsHeartbeat(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.Value is { } path && (path.EndsWith("/heartbeat", StringComparison.OrdinalIgnoreCase) || path.EndsWith("/heartbeats", StringComparison.OrdinalIgnoreCase));

    public async Task InvokeAsync(HttpContext http)
    {
        _ = ActivityContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers.TraceState, isRemote: true, out var caller);
        using var span = Source.StartActivity(http.Request.Method, ActivityKind.Server, caller);
        await next(http);
        if (span is null)
            return;
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? http.Request.Method : $"{http.Request.Method} {route}";
        span.SetTag(Method, http.Request.Method).SetTag(Route, route).SetTag(Status, http.Response.StatusCode);
        if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
