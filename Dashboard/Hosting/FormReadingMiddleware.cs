using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Components;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Reads the form of a page's request before anything else looks at it. Whoever reads it later finds it read, and none of
/// them has to know in how many ways bytes of a stranger can fail to be one. A form that would have a password hashed is
/// counted first, and not even read while its turn cannot come.
/// </summary>
/// <remarks>
/// Saying no costs next to nothing, however often it is said: past <see cref="PagesPerSecond"/> it takes a second and is a
/// line of text, so that who asks again as soon as it is answered asks once a second; <see cref="MostHeld"/> at once, and
/// those beyond are hung up on.
/// </remarks>
internal sealed class FormReadingMiddleware(RequestDelegate next, SignInThrottle throttle, PasswordHashing hashing, TimeProvider time)
{
    private const int PagesPerSecond = 10;
    private const int PageBurst = 50;
    private const int MostHeld = 2_000;

    private static readonly TimeSpan Held = TimeSpan.FromSeconds(1);

    private readonly PaceLimit _pages = new(time, PagesPerSecond, PageBurst);
    private long _pagesFullAt;
    private int _held;

    public Task InvokeAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return next(http);
        if (http.GetEndpoint()?.Metadata.GetMetadata<HashesPasswordsAttribute>() is not null && MustWait(http.Connection.RemoteIpAddress, out var wait))
            return RefuseAsync(http, wait);
        return http.Request.HasFormContentType ? ReadAsync(http) : next(http);
    }

    private bool MustWait(IPAddress? address, out TimeSpan wait)
    {
        if (!throttle.TryTake(address, out wait))
            return true;
        wait = HashingBusyException.Wait;
        return hashing.IsFull;
    }

    private async Task RefuseAsync(HttpContext http, TimeSpan wait)
    {
        var text = PageWait.Refuse(http, wait);
        if (_pages.TryTake(ref _pagesFullAt, out _))
        {
            http.Features.Set(new PageProblem(text));
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _held) > MostHeld)
            {
                http.Abort();
                return;
            }
            await Task.Delay(Held, time, http.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    private async Task ReadAsync(HttpContext http)
    {
        // No form of a page is longer than what a viewer may send.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyLimit.OfViewers;
        try
        {
            await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = exception is BadHttpRequestException { StatusCode: var status } ? status : StatusCodes.Status400BadRequest;
            http.Features.Set(new PageProblem(AccountTexts.FormUnreadable));
            return;
        }
        await next(http);
    }
}
