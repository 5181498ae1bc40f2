using System.Globalization;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components;

/// <summary>Tells whoever posts forms too often to wait.</summary>
internal static class PageWait
{
    /// <summary>Answers 429 with Retry-After.</summary>
    /// <returns>What the page says: "Too many attempts. Try again in 12 s."</returns>
    public static string Refuse(HttpContext http, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Sentence.With(AccountTexts.Throttled, Durations.Exact(TimeSpan.FromSeconds(seconds)));
    }
}
