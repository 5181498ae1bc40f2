using Microsoft.Playwright;
using Presence.Dashboard.Tests.Pictures;
using Presence.Dashboard.Tests.Support;
using SkiaSharp;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The widgets on a page of another origin that allows them nothing but their server.</summary>
public sealed class WidgetTests(ChromiumBrowser chromium)
{
    private static readonly LocatorAssertionsToHaveTextOptions Patiently = new() { Timeout = 60_000 };

    [Fact]
    public async Task Widget_UnderAStrictContentPolicy_ShowsTheCountAsItChangesAndFreezesWithTheServer()
    {
        await using var pictures = await HostileHttpsServer.StartAsync();
        await using var host = await DashboardHost.StartAsync(HostileHttpsServer.Reached(new DashboardHostOptions()));
        var picture = pictures.Serve("ada.png", PictureFiles.Plain(SKColors.Red));
        using var ada = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/ada", DashboardHost.ServerKey, $$"""{"displayName":"Ada Lovelace","avatarUrl":"{{picture}}"}""", ("If-Match", "*"));
        await ada.HeartbeatAsync("stage");
        var link = await LinkAsync(host, "stage");
        await using var site = await ForeignSite.StartAsync(host.BaseAddress, link);
        await using var visit = await chromium.VisitAsync(site.BaseAddress);
        await visit.Page.GotoAsync("/strict");
        var count = visit.Page.Locator("viewer-count [part=count]");

        await Expect(count).ToHaveTextAsync("1", Patiently);
        await Expect(visit.Page.Locator("whos-watching [part=face]")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(visit.Page.GetByTitle("Ada Lovelace")).ToBeVisibleAsync();
        await Eventually.TrueAsync(async () => await visit.Page.GetByTitle("Ada Lovelace").Locator("img").EvaluateAsync<int>("image => image.naturalWidth") == 96, "her picture is there");
        Assert.True(await visit.Page.GetByAltText("Viewers now").EvaluateAsync<bool>("badge => badge.complete && badge.naturalWidth > 0"));
        using var grace = await OutsideViewer.LogInAsync(host, "grace", "Grace Hopper");
        await grace.HeartbeatAsync("stage");
        await Expect(count).ToHaveTextAsync("2", Patiently);
        Assert.Empty(visit.Errors);

        await host.StopAsync();
        await Eventually.TrueAsync(async () => await StatusAsync(visit) == "stale", "the widget says that its number is old");
        await Expect(count).ToHaveTextAsync("2");

        await host.StartAgainAsync();
        await Eventually.TrueAsync(async () => await StatusAsync(visit) == "live", "the widget counts again");
        await Expect(count).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Widget_OfALinkTakenBack_ShowsNoNumberAnyMore()
    {
        await using var host = await DashboardHost.StartAsync();
        using var ada = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await ada.HeartbeatAsync("stage");
        await using var site = await ForeignSite.StartAsync(host.BaseAddress, await LinkAsync(host, "stage"));
        await using var visit = await chromium.VisitAsync(site.BaseAddress);
        await visit.Page.GotoAsync("/strict");
        await Expect(visit.Page.Locator("viewer-count [part=count]")).ToHaveTextAsync("1", Patiently);

        await host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/stage/public-link", DashboardHost.ServerKey);

        await Expect(visit.Page.Locator("viewer-count [part=count]")).ToHaveTextAsync("–", Patiently);
        await Expect(visit.Page.Locator("whos-watching [part=face]")).ToHaveCountAsync(0);
        Assert.Equal("gone", await StatusAsync(visit));
    }

    [Fact]
    public async Task Widgets_WhileTheyLoadAndFill_MoveNothingBesideThem()
    {
        await using var host = await DashboardHost.StartAsync();
        using var ada = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await ada.HeartbeatAsync("stage");
        await using var site = await ForeignSite.StartAsync(host.BaseAddress, await LinkAsync(host, "stage"));
        await using var visit = await chromium.VisitAsync(site.BaseAddress);
        await visit.Page.RouteAsync("**/badge/*.json", async route =>
        {
            await visit.Page.Locator("html[data-measured]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await route.ContinueAsync();
        });
        await visit.Page.GotoAsync("/");
        await visit.Page.Locator("whos-watching [part=count]").WaitForAsync();
        var before = await SizesAsync(visit);

        await visit.Page.EvaluateAsync("document.documentElement.dataset.measured = ''");
        await visit.Page.Locator("whos-watching [part=face]").WaitForAsync();

        Assert.Equal(before, await SizesAsync(visit));
    }

    private static Task<string> SizesAsync(BrowserVisit visit) => visit.Page.EvaluateAsync<string>(
        "[...document.querySelectorAll('viewer-count, whos-watching')].map(element => `${element.offsetWidth} x ${element.offsetHeight}`).join(', ')");

    private static Task<string> StatusAsync(BrowserVisit visit) => visit.Page.Locator("viewer-count").EvaluateAsync<string>("element => element.status");

    private static async Task<string> LinkAsync(DashboardHost host, string room) =>
        (await host.PostAsync($"/api/v1/admin/rooms/{room}/public-link", DashboardHost.ServerKey, """{"showNames":true}""")).Json["link"]!.GetValue<string>();
}
