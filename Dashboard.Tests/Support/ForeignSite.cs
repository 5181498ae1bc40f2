using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Somebody else's site, of an origin of its own, with badge and widgets on its page; at <c>/strict</c> under the strictest content policy they can do with.</summary>
public sealed class ForeignSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ForeignSite(WebApplication app, Uri address) => (_app, BaseAddress) = (app, address);

    public Uri BaseAddress { get; }

    /// <summary>A site whose page shows a room by its public link, with badge and widgets.</summary>
    public static Task<ForeignSite> StartAsync(Uri presence, string link)
    {
        var server = presence.GetLeftPart(UriPartial.Authority);
        return StartAsync(PageOf(server, link), $"default-src 'none'; script-src {server}; connect-src {server}; img-src {server}");
    }

    /// <param name="page">Its HTML, under every path.</param>
    /// <param name="strictPolicy">What <c>/strict</c> allows its page.</param>
    public static async Task<ForeignSite> StartAsync(string page, string? strictPolicy = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(http =>
        {
            if (http.Request.Path == "/strict")
                http.Response.Headers.ContentSecurityPolicy = strictPolicy;
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync(http.Request.Path == "/favicon.ico" ? "" : page);
        });
        await app.StartAsync();
        return new ForeignSite(app, new Uri(app.Urls.First()));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static string PageOf(string server, string link) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><link rel="icon" href="{server}/favicon.svg">
          <title>Another site</title>
          <script type="module" src="{server}/client/v1/widget.js"></script>
        </head>
        <body>
          <main>
            <h1>Another site</h1>
            <p><viewer-count room="{link}"></viewer-count></p>
            <p><whos-watching room="{link}" label="are here"></whos-watching></p>
            <p><img src="{server}/badge/{link}.svg" alt="Viewers now" height="22"></p>
          </main>
        </body>
        </html>
        """;
}
