using Microsoft.AspNetCore.Diagnostics;
using Presence.Dashboard.Api;

namespace Presence.Dashboard.Hosting;

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
