using System.Net;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Browser;

public sealed class TryItTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task TryIt_SignedOut_LeadsToSignIn()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

        foreach (var path in (string[])["/try", "/try/index.html", "/try/index.js"])
        {
            using var reply = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
            Assert.StartsWith("/sign-in", reply.Headers.Location!.IsAbsoluteUri ? reply.Headers.Location.AbsolutePath : reply.Headers.Location.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TryIt_WithAServerKey_CallsTheApiFromThePage()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));
        await using var visit = await chromium.VisitAsync(host.BaseAddress, 1440, 900, ColorScheme.Light);
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/try");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Authorize", Exact = true }).ClickAsync();
        var key = visit.Page.Locator("form", new() { HasText = "x-server-key" });
        await key.Locator("input").FillAsync(DashboardHost.ServerKey);
        await key.GetByRole(AriaRole.Button, new() { Name = "Apply credentials" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await visit.Page.GetByText("Count a room's viewers").ClickAsync();
        var count = visit.Page.Locator("[id$=countViewers]");
        await count.GetByPlaceholder("roomId").FillAsync("lobby");
        await count.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();

        await Assertions.Expect(count.Locator("h4:text-is('Server response') + table")).ToContainTextAsync("\"count\": 1");
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, "try-it.png") });
        Assert.Empty(visit.Errors);
    }
}
