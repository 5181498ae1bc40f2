using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Presence.Dashboard.Api;

/// <summary>What browsers of other origins may do with the API.</summary>
internal static class BrowserAccess
{
    public const string PolicyName = "api";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];
    private static readonly string[] RequestHeaders = ["authorization", "content-type", "x-api-key", "x-server-key", "set-access-token-cookie", "if-match", "last-event-id"];
    private static readonly string[] ReplyHeaders = ["etag", "retry-after"];

    public static void Configure(CorsPolicyBuilder policy, string[] origins)
    {
        policy.WithMethods(Methods).WithHeaders(RequestHeaders).WithExposedHeaders(ReplyHeaders).SetPreflightMaxAge(TimeSpan.FromHours(2));

        // Any origin is safe here because the API reads no cookie: a page can only send the token it holds itself.
        if (origins.Length == 0)
            policy.AllowAnyOrigin();
        else
            policy.WithOrigins([.. origins.Select(origin => origin.TrimEnd('/'))]);
    }
}
