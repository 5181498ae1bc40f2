using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Presence.Dashboard.Api;

/// <summary>
/// The path as it was sent. The framework removes dot segments from it, and decodes everything in it but <c>%2F</c>, so that
/// a slash inside an id cannot be told from the text "%2F".
/// </summary>
internal static class RawRoute
{
    private const string Dot = "%2E";

    private static readonly SearchValues<char> PartOfDots = SearchValues.Create(".%");

    /// <summary>Whether a segment is <c>.</c> or <c>..</c>, percent-encoded or not: the request would reach another route than the one it spells.</summary>
    /// <remarks><b>Cost.</b> One look at the path; no allocation.</remarks>
    public static bool HoldsDotSegment(HttpContext http)
    {
        var path = Of(http);
        if (!path.ContainsAny(PartOfDots))
            return false;
        foreach (var segment in path.Split('/'))
        {
            if (IsDots(path[segment]))
                return true;
        }
        return false;
    }

    /// <summary>The path of a request that was sent to an absolute address, as proxies may do; null for all others.</summary>
    public static string? OfAbsoluteAddress(HttpContext http) =>
        Of(http) is { IsEmpty: false } path && http.Features.Get<IHttpRequestFeature>()?.RawTarget[0] != '/' ? path.ToString() : null;

    /// <summary>One segment, decoded once and wholly; the framework's own reading where the path is not at hand.</summary>
    /// <param name="http">The request.</param>
    /// <param name="index">Which, the first of the request's path being 0.</param>
    /// <param name="otherwise">What routing made of it.</param>
    public static string Segment(HttpContext http, int index, string otherwise)
    {
        var path = Of(http);
        // Both start with a slash, before which there is no segment. The path as sent can also contain the path base.
        var left = index + 1 + path.Count('/') - http.Request.Path.Value.AsSpan().Count('/');
        foreach (var segment in path.Split('/'))
        {
            if (left-- == 0)
                return Uri.UnescapeDataString(path[segment]);
        }
        return otherwise;
    }

    private static ReadOnlySpan<char> Of(HttpContext http)
    {
        var target = (http.Features.Get<IHttpRequestFeature>()?.RawTarget).AsSpan();
        if (target.IndexOf('?') is >= 0 and var query)
            target = target[..query];
        if (target.StartsWith('/'))
            return target;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target[(authority + 3)..].IndexOf('/');
        return path < 0 ? default : target[(authority + 3 + path)..];
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty && dots < 2)
        {
            if (segment[0] == '.')
                segment = segment[1..];
            else if (segment.StartsWith(Dot, StringComparison.OrdinalIgnoreCase))
                segment = segment[Dot.Length..];
            else
                return false;
            dots++;
        }
        return dots > 0 && segment.IsEmpty;
    }
}

/// <summary>Which methods an address answers, to tell "not for this method" from "nothing there".</summary>
/// <remarks>Routing itself tells them apart only as long as no route of the dashboard's files matches every path.</remarks>
internal sealed class AnsweredMethods(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<(TemplateMatcher Path, IReadOnlyList<string> Methods)>> _routes = new(() => Read(endpoints));

    /// <summary>The methods a path answers, in alphabetical order; none when it is not there. What answers GET answers HEAD (<see cref="Hosting.HeadMiddleware"/>).</summary>
    public IReadOnlyList<string> Of(PathString path)
    {
        var methods = _routes.Value.Where(route => route.Path.TryMatch(path, [])).SelectMany(route => route.Methods).ToHashSet(StringComparer.Ordinal);
        if (methods.Contains(HttpMethods.Get))
            methods.Add(HttpMethods.Head);
        return [.. methods.Order(StringComparer.Ordinal)];
    }

    private static List<(TemplateMatcher Path, IReadOnlyList<string> Methods)> Read(EndpointDataSource endpoints) =>
    [
        .. from route in endpoints.Endpoints.OfType<RouteEndpoint>()
           where route.Order < int.MaxValue // fallbacks match every path
           let methods = route.Metadata.GetMetadata<HttpMethodMetadata>()
           where methods is not null
           select (Matcher(route.RoutePattern), methods.HttpMethods),
    ];

    private static TemplateMatcher Matcher(RoutePattern pattern) => new(new RouteTemplate(pattern), new RouteValueDictionary());
}
