using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

/// <summary>Whether the process runs and whether it can be relied on. <see cref="ReadinessMiddleware"/> answers before the state is restored.</summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";

    public static void MapHealth(this IEndpointRouteBuilder api)
    {
        api.MapGet(LivePath, Live).Allow(ApiPolicy.Anonymous).PacedByItself()
            .WithName("isLive").Produces<HealthReply>().WithExample("""{"status":"live"}""").Refuses(ApiErrors.MethodNotAllowed);
        api.MapGet("/health/ready", Ready).Allow(ApiPolicy.Anonymous).PacedByItself()
            .WithName("isReady").Produces<HealthReply>().Refuses(ApiErrors.MethodNotAllowed, ApiErrors.NotReady);
    }

    /// <summary>Ask whether the process runs</summary>
    /// <remarks>Answers from the first second on, whatever state the server is in.</remarks>
    /// <response code="200">It runs.</response>
    internal static IResult Live() => Reply.Ok(new HealthReply("live", Loops: null), Wire.Documents.HealthReply);

    /// <summary>Ask whether the server can be relied on</summary>
    /// <remarks>
    /// <c>degraded</c> while a background loop keeps failing; heartbeats are still taken. With a server key the answer
    /// lists the loops.
    /// </remarks>
    /// <response code="200">It is restored and answers.</response>
    internal static IResult Ready(HttpContext http, LoopRegistry loops, ClientAuthenticator authenticator)
    {
        // Details may name files and errors: for the backend alone. Everybody else gets the verdict.
        var caller = authenticator.Authenticate(http);
        HealthReply.Loop[]? details = caller.Principal is { IsServer: true } server && server.Scopes.HasFlag(ServerScopes.Read)
            ? [.. loops.All.Select(loop => new HealthReply.Loop(loop.Name, loop.IsHealthy, loop.LastError, loop.LastErrorAt, loop.LastSuccessAt))]
            : null;
        return Reply.Ok(new HealthReply(loops.IsDegraded ? "degraded" : "healthy", details), Wire.Documents.HealthReply);
    }
}
