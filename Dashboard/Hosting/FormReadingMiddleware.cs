using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Reads the form of a page's request before anything else does, so that no later code has to handle the ways in which a
/// stranger's bytes can fail to be a form. A form with a password to hash is counted first, isn't read while no place can
/// become free, and is processed only with a place (<see cref="PasswordHashing.TryAdmit"/>): of any number of posts, few are in work.
/// </summary>
/// <remarks>
/// A refusal costs next to nothing. Beyond <see cref="PagesPerSecond"/> it is a line of text, sent after a second. Lines go
/// out <see cref="BetweenLines"/> apart, so that callers that retry at once retry rarely and not all together. At most
/// <see cref="MostHeld"/> requests wait for their line; further ones are aborted.
/// </remarks>
internal sealed class FormReadingMiddleware(RequestDelegate next, SignInThrottle throttle, PasswordHashing hashing, TimeProvider time)
{
    public const int PageBurst = 5;
    public const int MostHeld = 2_000;

    public static readonly TimeSpan Held = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan BetweenLines = TimeSpan.FromMilliseconds(5);

    private const int PagesPerSecond = 2;

    private readonly TokenBucket _pages = new(time, PagesPerSecond, PageBurst);
    private readonly Lock _lock = new();
    private long _pagesFullAt;
    private long _lastLineAt = time.GetTimestamp();
    private int _held;

    public Task InvokeAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return next(http);
        if (http.GetEndpoint()?.Metadata.GetMetadata<HashesPasswordsAttribute>() is not null)
            return AdmitAsync(http);
        return http.Request.HasFormContentType ? ReadAsync(http) : next(http);
    }

    private async Task AdmitAsync(HttpContext http)
    {
        if (!throttle.TryTake(http.Connection.RemoteIpAddress, out var wait))
        {
            await RefuseAsync(http, wait);
            return;
        }
        if (!hashing.IsFull && http.Request.HasFormContentType && !await TryReadAsync(http))
            return;
        // Taken after reading, so that a slow sender holds no place.
        using var place = hashing.TryAdmit();
        if (place is null)
        {
            await RefuseAsync(http, HashingBusyException.Wait);
            return;
        }
        http.Features.Set(place);
        http.Response.OnStarting(static place =>
        {
            ((FormPlace)place).Dispose(); // a slow reader must not hold a place either
            return Task.CompletedTask;
        }, place);
        await next(http);
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
            await Task.Delay(UntilItsLine(), time, http.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    private TimeSpan UntilItsLine()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _lastLineAt = Math.Max(now + TicksOf(Held), _lastLineAt + TicksOf(BetweenLines));
            return time.GetElapsedTime(now, _lastLineAt);
        }
    }

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private async Task ReadAsync(HttpContext http)
    {
        if (await TryReadAsync(http))
            await next(http);
    }

    private static async Task<bool> TryReadAsync(HttpContext http)
    {
        // No form is longer than a viewer's largest body.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyLimit.OfViewers;
        try
        {
            await http.Request.ReadFormAsync(http.RequestAborted);
            return true;
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = exception is BadHttpRequestException { StatusCode: var status } ? status : StatusCodes.Status400BadRequest;
            http.Features.Set(new PageProblem(AccountTexts.FormUnreadable));
            return false;
        }
    }
}

/// <summary>
/// Stands behind the check of forms' tokens, ends what did not pass it, and says what to do: on the error's page
/// (<see cref="PageErrors"/>) or, to a program, in the error shape; and to the operator in the log.
/// </summary>
internal sealed class FormErrors(RequestDelegate next, IOptions<AntiforgeryOptions> forms, PublicAddress address, TimeProvider time, ILogger<FormErrors> logger)
{
    // Anyone can post invalid forms at any rate.
    private readonly TokenBucket _pace = new(time, perSecond: 1, burst: 10);
    private long _loggedUntil;

    public Task InvokeAsync(HttpContext http)
    {
        // The refused request is executed again as a GET for the page that explains it.
        if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false } || HttpMethods.IsGet(http.Request.Method))
            return next(http);

        var refusal = Explain(http);
        http.Features.Set(refusal);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return RequestPipeline.IsVisit(http)
            ? Task.CompletedTask
            : new ApiProblem(ApiError.Unreadable, refusal.Reason, AccountTexts.FormHintForOperators.Replace("`", "", StringComparison.Ordinal)).ExecuteAsync(http);
    }

    private Refusal Explain(HttpContext http)
    {
        var request = http.Request;
        var origin = HostNames.CanonicalOrigin(request.Headers.Origin.ToString());
        var isCookieMissing = !request.Cookies.ContainsKey(forms.Value.Cookie.Name!);
        if (_pace.TryTake(ref _loggedUntil, out _))
        {
            logger.LogWarning(
                "A form posted to {Path} by {Address} was refused: {Reason}. Its page was opened at {Origin}. If this happens to everyone: Presence__Http__PublicUrl must match the address in the browser, Presence__Http__KnownProxies must list the proxy, and the proxy must forward Host, Cookie, X-Forwarded-For and X-Forwarded-Proto (docs/operations.md).",
                request.Path.Value, ClientAddress.Of(http), isCookieMissing ? "the browser did not send the form's cookie" : "its token does not belong to the form's cookie", origin ?? "an unknown address");
        }
        return new Refusal(
            isCookieMissing ? AccountTexts.FormWithoutCookie : AccountTexts.FormOutdated,
            OpenedAt: address.Origin is null || origin == address.Origin ? null : origin,
            address.ToString());
    }

    /// <summary>Why a form was refused.</summary>
    /// <param name="Reason">What is wrong and what to do, for the person in front of the browser.</param>
    /// <param name="OpenedAt">Where the browser opened the page, where that is not the public address.</param>
    /// <param name="PublicUrl">The public address; null when none is set.</param>
    internal sealed record Refusal(string Reason, string? OpenedAt, string? PublicUrl);
}
