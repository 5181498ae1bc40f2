using System.Text;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Api;

/// <summary>
/// Stands in front of every route of the API: who calls, may they, is the body small enough. Wrapped around the routes instead
/// of the authentication and authorization middleware, which cost a heartbeat a third of its throughput; and instead of an
/// endpoint filter, which runs once the request is bound: an unknown caller gets 401 before anything of the request is read.
/// </summary>
internal sealed class ApiAuthorization(ClientAuthenticator authenticator, RateLimits rateLimits, IPresence presence, BannedDevices devices)
{
    /// <summary>A convention, the last one of each route.</summary>
    public void Guard(EndpointBuilder route)
    {
        var policy = route.Metadata.OfType<ApiPolicy>().LastOrDefault() ?? throw new InvalidOperationException($"{route.DisplayName} declares no policy.");
        var next = route.RequestDelegate!;
        route.RequestDelegate = http => Refuse(http, policy) is { } refusal ? refusal.ExecuteAsync(http) : next(http);
    }

    private ApiProblem? Refuse(HttpContext http, ApiPolicy policy)
    {
        if (policy == ApiPolicy.Anonymous)
            return RefuseAnybody(http) ?? RefuseBody(http, caller: null);

        var authenticated = authenticator.Authenticate(http);
        if (authenticated.Principal is not { } caller)
            return ApiProblem.Of(authenticated, rateLimits, http);
        if (policy.ProblemOf(caller) is { } problem)
            return new ApiProblem(ApiError.NotAllowed, problem);
        var roomId = http.GetRouteValue("roomId") as string;
        if (caller.Rooms is not null && roomId is not null && !caller.MayEnter(roomId))
            return ApiProblem.OtherRoom;
        if (RefuseRemoved(http, caller, roomId) is { } removed)
            return removed;

        http.Features.Set(caller);
        return RefuseBody(http, caller) ?? (roomId is not null && PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem ? ApiProblem.Invalid(roomProblem) : null);
    }

    /// <summary>Rule 12. A heartbeat's route is open: the engine checks it, and only for a join.</summary>
    private ApiProblem? RefuseRemoved(HttpContext http, ClientPrincipal caller, string? roomId) =>
        caller.IsServer || http.GetEndpoint()?.Metadata.GetMetadata<AllowRemovedUsers>() is not null
            ? null
            : ApiProblem.WhileRemoved(presence, caller.UserId, roomId) ?? devices.ProblemOf(caller);

    private ApiProblem? RefuseAnybody(HttpContext http) =>
        http.GetEndpoint()!.Metadata.GetMetadata<OwnRateLimit>() is null && !rateLimits.Anonymous.TryTake(http.Connection.RemoteIpAddress, out var wait)
            ? ApiProblem.TooFast("This address sends too many requests without credentials.", wait)
            : null;

    private static ApiProblem? RefuseBody(HttpContext http, ClientPrincipal? caller)
    {
        var limit = BodyLimit.Of(http, caller);
        return http.Request.ContentLength > limit ? BodyLimit.Refusal(limit) : null;
    }
}

/// <summary>Marks an anonymous route with its own rate limit.</summary>
internal sealed class OwnRateLimit
{
    public static readonly OwnRateLimit Mark = new();
}

/// <summary>
/// Marks a route that also serves a viewer who is banned from its room or the network: to leave, to sign out,
/// to ask where it stands. Every other route refuses it (rule 12), those to come included.
/// </summary>
internal sealed class AllowRemovedUsers
{
    public static readonly AllowRemovedUsers Mark = new();
}

internal static class RouteExtensions
{
    /// <summary>Declares who may call the route.</summary>
    public static RouteHandlerBuilder Allow(this RouteHandlerBuilder route, ApiPolicy policy) => route.WithMetadata(policy);

    /// <summary>Declares that the route also serves a viewer who is banned from the room or the network.</summary>
    public static RouteHandlerBuilder AllowRemovedUsers(this RouteHandlerBuilder route) => route.WithMetadata(Api.AllowRemovedUsers.Mark);

    /// <summary>Declares that an anonymous route has its own rate limit.</summary>
    public static RouteHandlerBuilder WithOwnRateLimit(this RouteHandlerBuilder route) => route.WithMetadata(OwnRateLimit.Mark);

    /// <summary>The caller. Only on routes whose policy requires one.</summary>
    public static ClientPrincipal Caller(this HttpContext http) => http.Features.Get<ClientPrincipal>() ?? throw new InvalidOperationException("The route allows anonymous callers.");
}

/// <summary>What browsers of other origins may do with the API.</summary>
internal static class BrowserAccess
{
    public const string PolicyName = "api";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];
    private static readonly string[] RequestHeaders = ["authorization", "content-type", "x-api-key", "x-server-key", "set-access-token-cookie", "if-match", "if-none-match", "last-event-id"];
    private static readonly string[] ReplyHeaders = ["etag", "retry-after"];

    /// <summary>An answer repeats the origin, and a header of an answer holds ASCII alone: an international name goes as punycode.</summary>
    public static Task WriteOriginInAscii(HttpContext http, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        if (headers.Origin.ToString() is var origin && !Ascii.IsValid(origin))
            headers.Origin = HostNames.CanonicalOrigin(origin) ?? "null";
        return next(http);
    }

    public static void Configure(CorsPolicyBuilder policy, string[] origins)
    {
        policy.WithMethods(Methods).WithHeaders(RequestHeaders).WithExposedHeaders(ReplyHeaders).SetPreflightMaxAge(TimeSpan.FromHours(2));

        // Any origin is safe here because the API reads no cookie: a page can only send the token it holds itself.
        if (origins.Length == 0)
            policy.AllowAnyOrigin();
        else
            policy.SetIsOriginAllowed(AmongThem(origins));
    }

    private static Func<string, bool> AmongThem(string[] origins)
    {
        var allowed = origins.Select(origin => HostNames.CanonicalOrigin(origin.TrimEnd('/'))).ToHashSet(StringComparer.Ordinal);
        return origin => HostNames.CanonicalOrigin(origin) is { } canonical && allowed.Contains(canonical);
    }
}
