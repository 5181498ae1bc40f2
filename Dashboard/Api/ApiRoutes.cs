using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api;

/// <summary>The API's routes, to tell "not for this method" from "nothing there".</summary>
/// <remarks>Routing itself tells them apart only as long as no page or file route of the dashboard matches every path.</remarks>
internal sealed class ApiRoutes(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<(TemplateMatcher Path, IReadOnlyList<string> Methods)>> _routes = new(() => Read(endpoints));

    /// <summary>The methods a path answers, in alphabetical order; none when it is not there.</summary>
    public IReadOnlyList<string> MethodsOf(PathString path) =>
        [.. _routes.Value.Where(route => route.Path.TryMatch(path, [])).SelectMany(route => route.Methods).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static List<(TemplateMatcher Path, IReadOnlyList<string> Methods)> Read(EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<ApiPolicy>() is not null)
            .Select(route => (Matcher(route.RoutePattern), route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)),
    ];

    private static TemplateMatcher Matcher(RoutePattern pattern) => new(new RouteTemplate(pattern), new RouteValueDictionary());
}
