namespace Presence.Dashboard.Hosting;

/// <summary>
/// Sends browsers from page to page by an address that holds whatever a request looked like on its way through proxies: the
/// public one where they came by it, else by path alone, which the browser completes itself. Never by what Host says.
/// </summary>
internal sealed class RedirectMiddleware(RequestDelegate next, PublicAddress address)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            Rewrite(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private void Rewrite(HttpContext http)
    {
        var location = http.Response.Headers.Location.ToString();
        var own = $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}";
        if (location.StartsWith(own + "/", StringComparison.OrdinalIgnoreCase))
            location = location[own.Length..];
        if (location is not ['/', .. var rest] || rest is ['/' or '\\', ..])
            return; // none, relative to the page, or to another host
        http.Response.Headers.Location = IsPublic(http.Request.Host) ? address.Origin + location : location;
    }

    private bool IsPublic(HostString host) => address.Host is { } name && string.Equals(HostNames.Canonical(host.Host), name, StringComparison.Ordinal);
}
