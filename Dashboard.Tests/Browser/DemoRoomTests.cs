using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The demo room: a real viewer in a real browser, which shows what its client does.</summary>
public sealed class DemoRoomTests(ChromiumBrowser chromium)
{
    /// <summary>So long that only a leave can end a session while a test runs.</summary>
    private const string Patient = "600";

    private static readonly LocatorAssertionsToHaveTextOptions Patiently = new() { Timeout = 60_000 };

    [Fact]
    public async Task DemoRoom_OpenedAndClosed_CountsItselfAndLeaves()
    {
        await using var host = await StartAsync("30");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await OpenAsync(visit, "quiet room");
        Assert.Equal(1, CountOf(host, "quiet room"));
        await Expect(visit.Page.GetByTestId("demo-count")).ToHaveTextAsync("1", Patiently);
        await Expect(visit.Page.Locator("#demo-faces li")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(visit.Page.Locator("#demo-reply")).ToContainTextAsync("\"nextHeartbeatInSeconds\"");
        await using var another = await chromium.VisitAsync(host.BaseAddress);
        await OpenAsync(another, "quiet room");
        await Expect(visit.Page.GetByTestId("demo-count")).ToHaveTextAsync("2", Patiently);
        Assert.Empty(visit.Errors);

        await visit.Page.CloseAsync(new() { RunBeforeUnload = true });

        await Eventually.TrueAsync(() => CountOf(host, "quiet room") == 1, "the closed tab has left");
        await Expect(another.Page.GetByTestId("demo-count")).ToHaveTextAsync("1", Patiently);
    }

    [Fact]
    public async Task DemoRoom_LeavingReturningSwitchingAndRenaming_DoesWhatItsButtonsSay()
    {
        await using var host = await StartAsync("30");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await OpenAsync(visit, "quiet room");

        await page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await Eventually.TrueAsync(() => CountOf(host, "quiet room") == 0, "it has left");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rejoin" }).ClickAsync();
        await Eventually.TrueAsync(() => CountOf(host, "quiet room") == 1, "it is back");
        await page.GetByLabel("Your name").FillAsync("Ada Lovelace");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await Expect(page.GetByTitle("Ada Lovelace")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByLabel("Room", new() { Exact = true }).SelectOptionAsync("owl-nest-camera");

        await Eventually.TrueAsync(() => CountOf(host, "quiet room") == 0 && CountOf(host, "owl-nest-camera") > 0, "it is in the other room");
        await Expect(page.GetByTitle("Ada Lovelace")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.EndsWith("?room=owl-nest-camera", page.Url, StringComparison.Ordinal);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task DemoRoom_WhileItsTabIsHidden_SaysSoToTheServerAndKeepsBeating()
    {
        await using var host = await StartAsync("1");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await OpenAsync(visit, "quiet room");

        await visit.Page.EvaluateAsync(
            """
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
            """);

        await Eventually.TrueAsync(() => host.Services.GetRequiredService<PresenceEngine>().Count("quiet room").Hidden == 1, "the server knows");
        await Expect(visit.Page.Locator("[data-when=hidden]")).ToBeVisibleAsync();
        var taken = await TakenAsync(visit);
        await Eventually.TrueAsync(async () => await TakenAsync(visit) > taken + 2, "heartbeats go on");
        Assert.Equal(1, CountOf(host, "quiet room"));
    }

    [Fact]
    public async Task Interval_ChangedOnTheDashboard_ReachesTheRunningClientWithItsNextHeartbeat()
    {
        await using var host = await StartAsync("2");
        await using var viewer = await chromium.VisitAsync(host.BaseAddress);
        await OpenAsync(viewer, "quiet room");
        await Expect(viewer.Page.Locator("#demo-interval")).ToHaveTextAsync("2 s", Patiently);
        await using var moderator = await chromium.VisitAsync(host.BaseAddress);
        await moderator.SignInAsync("/settings");

        await moderator.Page.GetByLabel("Heartbeat interval").FillAsync("20");
        await moderator.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(viewer.Page.Locator("#demo-interval")).ToHaveTextAsync("20 s", Patiently);
        await Expect(viewer.Page.Locator("#demo-version")).ToHaveTextAsync("2");
        await Expect(viewer.Page.Locator("#demo[data-status=present]")).ToBeVisibleAsync();
        Assert.Empty(viewer.Errors);
    }

    [Fact]
    public async Task DemoRoom_OutsideTheDemo_IsNotThere()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

        var answer = await host.GetAsync("/demo", headers: ("Accept", "text/html"));

        Assert.True(answer.Status == 404, answer.Body + string.Join('\n', host.Log.Faults));
        Assert.DoesNotContain(DashboardHost.ClientKey, answer.Body, StringComparison.Ordinal);
    }

    private static int CountOf(DashboardHost host, string room) => host.Services.GetRequiredService<PresenceEngine>().Count(room).Viewers;

    private static async Task<int> TakenAsync(BrowserVisit visit) => int.Parse((await visit.Page.Locator("#demo-taken").TextContentAsync())!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task OpenAsync(BrowserVisit visit, string room)
    {
        await visit.Page.GotoAsync("/demo?room=" + Uri.EscapeDataString(room));
        await visit.Page.Locator("#demo[data-status=present]").WaitForAsync(new() { Timeout = 60_000 });
    }

    private static Task<DashboardHost> StartAsync(string interval)
    {
        var configuration = ModeratorOfTests.Configuration;
        configuration["Presence:Demo"] = "true";
        configuration["Presence:Initial:HeartbeatInterval"] = interval;
        configuration["Presence:Initial:PresenceTimeout"] = Patient;
        return DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
    }
}
