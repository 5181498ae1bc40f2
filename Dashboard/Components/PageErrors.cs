using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components;

/// <summary>What a browser is shown for an address that leads nowhere, a form that was refused or a page that broke.</summary>
internal static class PageErrors
{
    public const string Path = "/error";

    /// <summary>Stands before routing, which it runs a second time for the error's page, with services of its own: those of the first time may hold half a page.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.UseWhen(RequestPipeline.IsVisit, pages =>
    {
        var failures = app.ApplicationServices.GetRequiredService<PageFailures>();
        pages.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = Path + "/500",
            CreateScopeForErrors = true,
            SuppressDiagnosticsCallback = handled => StorageTrouble.Of(handled.Exception) is not null, // StorageWatch logs it once
        });
        pages.UseStatusCodePagesWithReExecute(Path + "/{0}", createScopeForStatusCodePages: true);
        pages.Use(next => http =>
        {
            var broken = http.Features.Get<IExceptionHandlerFeature>();
            if (broken is not null && failures.Refuse(http, broken.Error) is { } refusal)
                http.Features.Set(new PageProblem(refusal));
            if (broken is not null || http.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                ForgetTheForm(http);
            return next(http);
        });
    });

    /// <summary>The error's page is looked at: nothing is posted a second time.</summary>
    private static void ForgetTheForm(HttpContext http)
    {
        http.Request.Method = HttpMethods.Get;
        http.Request.ContentType = null;
        http.Request.ContentLength = null;
        http.Request.Body = Stream.Null;
        http.Features.Set<IFormFeature>(null);
    }
}

/// <summary>What the error page of a request says instead of its general sentence.</summary>
/// <param name="Text">What happened and what to do, from a resource.</param>
internal sealed record PageProblem(string Text);

/// <summary>
/// What a page says, and what the log gets, when something could not be done or read. Trouble with the storage is worded once,
/// for every page and dialog, and logged once, by <see cref="StorageWatch"/>, however many of them run into it.
/// </summary>
internal sealed class PageFailures(StorageWatch storage, ILogger<PageFailures> logger)
{
    private static readonly TimeSpan StorageWait = TimeSpan.FromSeconds(5);

    /// <summary>Logs a failure of which the page has something of its own to say.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="line">What did not work, for the log.</param>
    public void Note(Exception failure, string line)
    {
        if (!storage.Note(failure))
            logger.LogError(failure, "{Line}", line);
    }

    /// <summary>Logs a failure and words it.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="line">What did not work, for the log.</param>
    /// <param name="otherwise">The page's text if the error isn't one of the storage.</param>
    public string Tell(Exception failure, string line, string otherwise)
    {
        Note(failure, line);
        return OfStorage(failure) ?? otherwise;
    }

    /// <summary>Answers a request that will go well in a moment: 503 or 429 with Retry-After.</summary>
    /// <returns>What the page says; null when trying again will not help.</returns>
    public string? Refuse(HttpContext http, Exception failure)
    {
        if (failure is HashingBusyException)
        {
            PageWait.Refuse(http, HashingBusyException.Wait);
            return AccountTexts.Busy;
        }
        if (!storage.Note(failure))
            return null;
        PageWait.Answer(http, StatusCodes.Status503ServiceUnavailable, StorageWait);
        return OfStorage(failure);
    }

    private static string? OfStorage(Exception failure) =>
        StorageTrouble.Of(failure) is { } trouble ? Sentence.With(SharedTexts.StorageFailed, trouble, Durations.Exact(StorageWait)) : null;
}

/// <summary>Asks a client that posts forms too often to wait.</summary>
internal static class PageWait
{
    /// <summary>Answers 429 with Retry-After.</summary>
    /// <returns>What the page says: "Too many attempts. Try again in 12 s."</returns>
    public static string Refuse(HttpContext http, TimeSpan wait)
    {
        var rounded = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds)));
        Answer(http, StatusCodes.Status429TooManyRequests, rounded);
        return Sentence.With(AccountTexts.Throttled, Durations.Exact(rounded));
    }

    /// <summary>Answers a status with Retry-After.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">Why it has to wait.</param>
    /// <param name="wait">How long, in whole seconds.</param>
    public static void Answer(HttpContext http, int status, TimeSpan wait)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.RetryAfter = wait.TotalSeconds.ToString(CultureInfo.InvariantCulture);
    }
}
