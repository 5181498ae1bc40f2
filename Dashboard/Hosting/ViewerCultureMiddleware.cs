using System.Globalization;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Pages are written in the viewer's culture; a circuit keeps the one of the request that opened it. The API never passes
/// here: what programs read is the same everywhere. Words stay English, so the language of the interface is left alone.
/// </summary>
internal sealed class ViewerCultureMiddleware(RequestDelegate next)
{
    // Asynchronous, so that the culture ends with the request instead of staying with its connection.
    public async Task InvokeAsync(HttpContext http)
    {
        CultureInfo.CurrentCulture = ViewerCulture.Of(http.Request.Headers.AcceptLanguage);
        await next(http);
    }
}
