using Presence.Dashboard.Api;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Serves the host names that are meant, once an operator has said which: a page of somebody else's name that is made to
/// resolve to this server (DNS rebinding) gets nothing. Health answers under any name, since probes come by address.
/// </summary>
internal sealed class HostNameMiddleware
{
    private readonly RequestDelegate _next;
    private readonly string _publicAuthority;
    private readonly HashSet<string> _names;
    private readonly ApiRefusal _refusal;

    public HostNameMiddleware(RequestDelegate next, DashboardOptions options)
    {
        _next = next;
        var publicUrl = new Uri(options.Http.PublicUrl!);
        _publicAuthority = publicUrl.Authority;
        _names = new HashSet<string>([publicUrl.Host, .. options.Http.Hosts.Select(name => new HostString(name, 1).Host)], StringComparer.OrdinalIgnoreCase);
        _refusal = new ApiRefusal(
            ApiErrors.Unreadable,
            $"This server answers as {publicUrl.Host}; the Host header says something else.",
            "Behind a proxy, have it pass on the Host header. Presence__Http__Hosts lists further names to answer to.");
    }

    public Task InvokeAsync(HttpContext http)
    {
        if (IsMeant(http.Request.Host) || RequestPipeline.IsHealth(http))
            return _next(http);
        if (RequestPipeline.IsApi(http))
            return _refusal.ExecuteAsync(http);

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync(_refusal.Message);
    }

    /// <summary>By name alone: ports are mapped on the way. The usual spelling is compared without taking it apart.</summary>
    private bool IsMeant(HostString host) => string.Equals(host.Value, _publicAuthority, StringComparison.OrdinalIgnoreCase) || _names.Contains(host.Host);
}
