using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>Refusals that follow from who may call a route and what it reads.</summary>
internal static class ImpliedErrors
{
    public static IEnumerable<ApiError> Of(RouteDescription route, ApiPolicy policy, bool hasPathParameters)
    {
        if (policy != ApiPolicy.Anonymous)
        {
            yield return ApiErrors.NotSignedIn;
            yield return ApiErrors.NotAllowed;
        }
        if (route.Body is not null)
        {
            yield return ApiErrors.Unreadable;
            yield return ApiErrors.Invalid;
            yield return ApiErrors.BodyTooLarge;
            yield return ApiErrors.WrongMediaType;
        }
        if (hasPathParameters || route.Parameters.Count > 0)
            yield return ApiErrors.Invalid;
        yield return ApiErrors.RateLimited;
        yield return ApiErrors.Fault;
        yield return ApiErrors.NotReady;
    }
}
