using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api;

/// <summary>
/// Stands in front of every route of the API: who calls, may they, is the body small enough. One filter instead of the
/// authentication and authorization middleware, which cost a heartbeat a third of its throughput.
/// </summary>
internal sealed class ApiAuthorizationFilter(ClientAuthenticator authenticator, RateLimits paces, PresenceEngine engine) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var policy = http.GetEndpoint()?.Metadata.GetMetadata<ApiPolicy>() ?? throw new InvalidOperationException("The route declares no policy.");
        if (policy == ApiPolicy.Anonymous)
            return AdmitAnybody(context, next);

        return Decide(authenticator.Authenticate(context.HttpContext), policy, context, next);
    }

    private ValueTask<object?> Decide(Authenticated authenticated, ApiPolicy policy, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (authenticated.Principal is not { } caller)
            return new(ApiProblems.Of(authenticated, paces, context.HttpContext));
        if (policy.ProblemOf(caller) is { } problem)
            return new(new ApiProblem(ApiErrors.NotAllowed, problem));
        if (caller.Rooms is not null && context.HttpContext.GetRouteValue("roomId") is string roomId && !caller.MayEnter(roomId))
            return new(ApiProblems.OtherRoom);
        if (RefuseRemoved(context.HttpContext, caller) is { } removed)
            return new(removed);

        context.HttpContext.Features.Set(caller);
        return Admit(caller, context, next);
    }

    /// <summary>Rule 12. A heartbeat's route is open: the engine looks by itself, and only when somebody joins.</summary>
    private ApiProblem? RefuseRemoved(HttpContext http, ClientPrincipal caller) =>
        caller.IsServer || http.GetEndpoint()?.Metadata.GetMetadata<AllowRemovedUsers>() is not null
            ? null
            : ApiProblems.WhileRemoved(engine, caller.UserId, http.GetRouteValue("roomId") as string);

    private ValueTask<object?> AdmitAnybody(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()!.Metadata.GetMetadata<OwnRateLimit>() is null && !paces.Anonymous.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return new(ApiProblems.TooFast("This address sends too many requests without credentials.", wait));
        return Admit(caller: null, context, next);
    }

    private static ValueTask<object?> Admit(ClientPrincipal? caller, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var limit = BodyLimit.Of(context.HttpContext, caller);
        return context.HttpContext.Request.ContentLength > limit ? new(BodyLimit.Refusal(limit)) : next(context);
    }
}

/// <summary>Marks a route for anybody that says itself how often it may be called, so that the gate does not.</summary>
internal sealed class OwnRateLimit
{
    public static readonly OwnRateLimit Mark = new();
}

/// <summary>
/// Marks a route that also answers a viewer who is kept out of the room it names, or of the network: to leave, to sign out,
/// to ask where it stands. Every other route refuses it (rule 12), those to come included.
/// </summary>
internal sealed class AllowRemovedUsers
{
    public static readonly AllowRemovedUsers Mark = new();
}
