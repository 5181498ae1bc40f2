using Microsoft.AspNetCore.Http.Features;

namespace Presence.Dashboard.Api;

/// <summary>The address as it was sent. The framework decodes everything in it but <c>%2F</c>, so that a slash inside an id cannot be told from the text "%2F".</summary>
internal static class RawPath
{
    /// <summary>One segment, decoded once and wholly; the framework's own reading where the address is not at hand.</summary>
    /// <param name="http">The request.</param>
    /// <param name="index">Which, the first being 0.</param>
    /// <param name="otherwise">What routing made of it.</param>
    public static string Segment(HttpContext http, int index, string otherwise)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is null || target.Length == 0 || target[0] != '/')
            return otherwise; // absolute form, as proxies may send it
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var segments = (end < 0 ? target : target[..end]).Split('/');
        return index + 1 < segments.Length ? Uri.UnescapeDataString(segments[index + 1]) : otherwise;
    }
}
