using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api;

internal static class RouteExtensions
{
    /// <summary>Declares who may call the route.</summary>
    public static RouteHandlerBuilder Allow(this RouteHandlerBuilder route, ApiPolicy policy) => route.WithMetadata(policy);

    /// <summary>Declares that the route also answers a viewer who is kept out of the room or the network.</summary>
    public static RouteHandlerBuilder OpenToRemoved(this RouteHandlerBuilder route) => route.WithMetadata(Api.OpenToRemoved.Mark);

    /// <summary>Declares that a route for anybody says itself how often it may be called.</summary>
    public static RouteHandlerBuilder PacedByItself(this RouteHandlerBuilder route) => route.WithMetadata(OwnPace.Mark);

    /// <summary>Who calls; only on routes whose policy asks for somebody.</summary>
    public static ClientPrincipal Caller(this HttpContext http) => http.Features.Get<ClientPrincipal>() ?? throw new InvalidOperationException("The route lets anonymous callers in.");
}
