using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Components;

/// <summary>What a browser is shown for an address that leads nowhere, a form that was refused or a page that broke.</summary>
internal static class PageErrors
{
    public const string Path = "/error";

    /// <summary>Stands before routing, which it runs a second time for the error's page, with services of its own: those of the first time may hold half a page.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.UseWhen(IsVisit, pages =>
    {
        pages.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = Path + "/500", CreateScopeForErrors = true });
        pages.UseStatusCodePagesWithReExecute(Path + "/{0}", createScopeForStatusCodePages: true);
        pages.Use(next => http =>
        {
            if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null || http.Features.Get<IExceptionHandlerFeature>() is not null)
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

    private static bool IsVisit(HttpContext http) =>
        !RequestPipeline.IsApi(http) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the error page of a request says instead of its general sentence.</summary>
/// <param name="Text">What happened and what to do, from a resource.</param>
internal sealed record PageProblem(string Text);

/// <summary>Tells whoever posts forms too often to wait.</summary>
internal static class PageWait
{
    /// <summary>Answers 429 with Retry-After.</summary>
    /// <returns>What the page says: "Too many attempts. Try again in 12 s."</returns>
    public static string Refuse(HttpContext http, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Sentence.With(AccountTexts.Throttled, Durations.Exact(TimeSpan.FromSeconds(seconds)));
    }
}
