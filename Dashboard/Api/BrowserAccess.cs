using System.Text;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api;

/// <summary>What browsers of other origins may do with the API.</summary>
internal static class BrowserAccess
{
    public const string PolicyName = "api";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];
    private static readonly string[] RequestHeaders = ["authorization", "content-type", "x-api-key", "x-server-key", "set-access-token-cookie", "if-match", "last-event-id"];
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
