using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Presence.Client.Tests.RealServer;

/// <summary>What a load balancer beside the server does: it gives every caller a cookie, to know it by.</summary>
internal sealed class CookieGiver : IStartupFilter
{
    private int _broughtBack;

    public int BroughtBack => Volatile.Read(ref _broughtBack);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) =>
        {
            if (http.Request.Headers.Cookie.Count > 0)
                Interlocked.Increment(ref _broughtBack);
            http.Response.Headers.SetCookie = "balanced=1; Path=/";
            return rest(http);
        });
        next(app);
    };
}
