using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;
using Presence.Dashboard.Api;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Turns a request as it arrived, perhaps through a proxy, into the one its sender made: the scheme and the path in front of
/// the public address. Serves the host names that are meant, once an operator has said which: a page of a foreign name that
/// is made to resolve to this server (DNS rebinding) gets nothing. Health answers under any name, since probes come by address.
/// </summary>
internal sealed class AddressMiddleware
{
    private static readonly ApiProblem Nameless = new(ApiError.Unreadable, "The Host header does not name a host. Send the host name you are calling, such as presence.example.com.");

    private readonly RequestDelegate _next;
    private readonly PublicAddress _public;
    private readonly HashSet<string>? _names;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _namesBySpan;
    private readonly ApiProblem _refusal;

    public AddressMiddleware(RequestDelegate next, DashboardOptions options, PublicAddress address)
    {
        _next = next;
        _public = address;
        if (address.Host is { } host)
        {
            _names = new HashSet<string>([host, .. options.Http.Hosts.Select(name => HostNames.Canonical(name)!)], StringComparer.OrdinalIgnoreCase);
            _namesBySpan = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        }
        _refusal = new ApiProblem(
            ApiError.Unreadable,
            $"This server's host name is {address.Host}, and the Host header has another one.",
            "Behind a proxy, forward the Host header. Add other host names to Presence__Http__Hosts.");
    }

    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (_public.IsHttps)
            request.Scheme = Uri.UriSchemeHttps;
        if (_public.Base.HasValue)
            MoveIntoBase(request);

        if (RequestPipeline.IsHealth(http))
            return _next(http);
        return ProblemOf(http) is { } problem ? Refuse(http, problem) : _next(http);
    }

    /// <summary>The same whether a proxy passes the path on as it is or takes the public address' part away.</summary>
    private void MoveIntoBase(HttpRequest request)
    {
        if (request.Path.StartsWithSegments(_public.Base, StringComparison.Ordinal, out var rest))
            request.Path = rest.HasValue ? rest : "/";
        request.PathBase = _public.Base;
    }

    private ApiProblem? ProblemOf(HttpContext http)
    {
        var raw = http.Request.Headers.Host;
        var isPage = !RequestPipeline.IsApi(http);
        if (!isPage && (_names is null ? HasUsualForm(raw) : _namesBySpan.Contains(NameIn(raw.ToString()))))
            return null; // nearly all requests end here, without parsing or allocation

        // HTTP/1.0 allows a request without a host, from which pages build their links and forms.
        if (StringValues.IsNullOrEmpty(raw))
            return _names is not null ? _refusal : isPage ? Nameless : null;
        if (!HostNames.TrySplit(raw.ToString(), out var name, out var port) || HostNames.Canonical(name) is not { } host)
            return Nameless;
        if (_names?.Contains(host) == false)
            return _refusal;
        http.Request.Host = port is { } number ? new HostString(host, number) : new HostString(host);
        return null;
    }

    private static bool HasUsualForm(StringValues raw) => raw is [{ Length: > 0 } host] && !host.Contains("..", StringComparison.Ordinal) && !host.Contains("xn--", StringComparison.OrdinalIgnoreCase);

    /// <summary>By name alone: ports are mapped on the way.</summary>
    private static ReadOnlySpan<char> NameIn(ReadOnlySpan<char> host)
    {
        var port = host.LastIndexOf(':');
        return port > host.LastIndexOf(']') ? host[..port] : host;
    }

    private static Task Refuse(HttpContext http, ApiProblem problem)
    {
        if (RequestPipeline.IsApi(http))
            return problem.ExecuteAsync(http);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync(problem.Message);
    }
}

/// <summary>
/// Stands before the framework's middleware that takes the host's name a proxy passes on: it decodes the name before anybody
/// can look at it, and fails with one that nobody could have meant. Such a name becomes another that is refused behind it.
/// </summary>
internal sealed class ForwardedHostMiddleware(RequestDelegate next)
{
    private const string Nobodys = ".";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var names = headers[ForwardedHeadersDefaults.XForwardedHostHeaderName];
        if (names.Count > 0 && names.Any(IsUnreadable))
            headers[ForwardedHeadersDefaults.XForwardedHostHeaderName] = Nobodys;
        return next(http);
    }

    private static bool IsUnreadable(string? names) =>
        names!.Contains("xn--", StringComparison.OrdinalIgnoreCase)
        && names.Split(',', StringSplitOptions.TrimEntries).Any(name => !HostNames.TrySplit(name, out var host, out _) || HostNames.Canonical(host) is null);
}

/// <summary>
/// Lets a request reach the route that its path spells, and no other. The server removes dot segments: what was meant for the
/// room <c>..</c> would reach the route of the whole network. And in an absolute address (RFC 9112, 3.2.2) it takes a <c>%2F</c>
/// inside an id for a slash between two segments, which it does not in a path alone.
/// </summary>
internal sealed class RawRouteMiddleware(RequestDelegate next)
{
    private static readonly ApiProblem Refusal = new(
        ApiError.Unreadable,
        "The path contains a . or .. segment, plain or percent-encoded. It would reach a different route.",
        "Send the path without it. No id may be . or ..");

    public Task InvokeAsync(HttpContext http)
    {
        if (RawRoute.HoldsDotSegment(http))
            return Refusal.ExecuteAsync(http);
        if (RawRoute.OfAbsoluteAddress(http) is { } path)
            http.Request.Path = PathString.FromUriComponent(path).StartsWithSegments(http.Request.PathBase, StringComparison.Ordinal, out var rest) ? rest : PathString.FromUriComponent(path);
        return next(http);
    }
}

/// <summary>
/// Answers HEAD as GET, everywhere alike: routes and pages see a GET, and the web server underneath, which knows better, sends
/// no body. What would go on for ever asks <see cref="IsHead"/> and ends.
/// </summary>
internal sealed class HeadMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http) => HttpMethods.IsHead(http.Request.Method) ? AnswerAsync(http) : next(http);

    /// <summary>Whether only the head of an answer was asked for.</summary>
    public static bool IsHead(HttpContext http) => http.Features.Get<HeadRequest>() is not null;

    private async Task AnswerAsync(HttpContext http)
    {
        http.Features.Set(HeadRequest.Mark);
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    }

    private sealed class HeadRequest
    {
        public static readonly HeadRequest Mark = new();
    }
}

/// <summary>
/// Ends a request whose method its address does not answer before a form is read, a cookie is looked at or a page is drawn
/// for it: no browser sends one by itself, and programs may send as many as they like. <see cref="ApiExceptionMiddleware"/>
/// says in one line what is answered there.
/// </summary>
internal sealed class UnansweredMethodMiddleware(RequestDelegate next, AnsweredMethods answered)
{
    public Task InvokeAsync(HttpContext http)
    {
        var method = http.Request.Method;
        // Other refusals of routing, such as a wrong content type, go to the error page.
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || http.GetEndpoint() is RouteEndpoint || answered.Of(http.Request.Path).Contains(method))
            return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
        return Task.CompletedTask;
    }
}
