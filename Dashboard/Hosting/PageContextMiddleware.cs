namespace Presence.Dashboard.Hosting;

/// <summary>Gives pages the HTTP context accessor that the API does without. See <see cref="ServicesWithoutContextAccessor"/>.</summary>
internal sealed class PageContextMiddleware(RequestDelegate next, IHttpContextAccessor accessor)
{
    public async Task InvokeAsync(HttpContext http)
    {
        accessor.HttpContext = http;
        try
        {
            await next(http);
        }
        finally
        {
            accessor.HttpContext = null; // also for whoever still runs in this request's context: the object is used again
        }
    }
}
