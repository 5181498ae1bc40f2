using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Components;

/// <summary>What a browser is shown for an address that leads nowhere or a page that broke.</summary>
internal static class PageErrors
{
    public const string Path = "/error";

    /// <summary>Stands before routing, which it runs a second time for the error's page. Forms are left alone: they would be posted again.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.UseWhen(IsVisit, pages =>
    {
        pages.UseExceptionHandler(Path + "/500");
        pages.UseStatusCodePagesWithReExecute(Path + "/{0}");
    });

    private static bool IsVisit(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && !RequestPipeline.IsApi(http) &&
        http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
