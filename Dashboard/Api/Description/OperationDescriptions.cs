using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Hosting.Metrics;

namespace Presence.Dashboard.Api.Description;

internal static class OperationDescriptions
{
    public static readonly RouteDescription Live = new("isLive", RouteGroups.Operation, "Ask whether the process runs")
    {
        Text = "Answers from the first second on, whatever state the server is in.",
        Answer = AnswerDescription.Json<HealthReply>("It runs.", """{"status":"live"}"""),
        Errors = [ApiErrors.MethodNotAllowed],
    };

    public static readonly RouteDescription Ready = new("isReady", RouteGroups.Operation, "Ask whether the server can be relied on")
    {
        Text = "`degraded` while a background loop keeps failing; heartbeats are still taken. With a server key the answer lists the loops.",
        Answer = AnswerDescription.Json<HealthReply>("It is restored and answers.", """{"status":"healthy"}"""),
        Errors = [ApiErrors.MethodNotAllowed, ApiErrors.NotReady],
    };

    public static readonly RouteDescription Metrics = new("getMetrics", RouteGroups.Operation, "Read what the server measures")
    {
        Text = "OpenMetrics text, for Prometheus and its relatives. No label holds an id. Open to anybody with `Presence__Metrics__Public`.",
        Answer = AnswerDescription.OfText("The metrics.", OpenMetricsText.MediaType, "# TYPE presence_viewers gauge\n# HELP presence_viewers Distinct viewers present.\npresence_viewers 1240.0\n# EOF\n"),
        Errors = [ApiErrors.NotReady],
    };

    public static readonly RouteDescription Description = new("describe", RouteGroups.Operation, "Read this description")
    {
        Answer = AnswerDescription.OfText("OpenAPI 3.1.", "application/json", "{\"openapi\":\"3.1.1\"}") with { Headers = [SettingsDescriptions.ETag] },
        Errors = [ApiErrors.MethodNotAllowed, ApiErrors.NotReady],
    };
}
