using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api;

internal static class RouteExtensions
{
    /// <summary>Declares who may call the route.</summary>
    public static RouteHandlerBuilder Allow(this RouteHandlerBuilder route, ApiPolicy policy) => route.WithMetadata(policy);

    /// <summary>Who calls; only on routes whose policy asks for somebody.</summary>
    public static ClientPrincipal Caller(this HttpContext http) => http.Features.Get<ClientPrincipal>() ?? throw new InvalidOperationException("The route lets anonymous callers in.");
}
