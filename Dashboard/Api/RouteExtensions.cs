using System.Text;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

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
