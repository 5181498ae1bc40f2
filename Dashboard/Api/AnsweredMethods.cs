using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Presence.Dashboard.Api;

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
