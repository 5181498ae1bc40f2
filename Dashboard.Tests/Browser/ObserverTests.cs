using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A moderator only watches: nothing is counted, and nothing is sent while nobody looks.</summary>
public sealed class ObserverTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    /// <summary>Each fourth shows the rooms, all others one room.</summary>
    private static readonly int Dashboards = ProofLength.IsFull ? 20 : 4;

    [Fact]
    public async Task Visiting_OpeningReloadingAndStaying_ChangesNoNumber()
    {
        var before = evening.Engine.CountNetwork();
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.SignInAsync();

        string[] paths = ["/", "/?range=day", "/rooms", "/rooms?show=growing", "/online", "/wall", "/wall?rooms=main-stage,nobody-was-ever-here", "/rooms/main-stage", "/rooms/main-stage?search=ada", "/rooms/main-stage?explain=1&state=hidden", "/viewers/ada.0", "/rooms/nobody-was-ever-here", "/settings", "/connect"];
        foreach (var path in paths)
            await visit.OpenAsync(path);
        await visit.Page.ReloadAsync();
        await visit.WaitUntilLiveAsync();
        evening.Engine.Sweep();

        var after = evening.Engine.CountNetwork();
        Assert.Equal((before.Rooms, before.Viewers, before.Sessions), (after.Rooms, after.Viewers, after.Sessions));
        Figure.Tell($"{paths.Length} pages opened while {before.Viewers:N0} viewers watched: no number changed");
    }

    [Fact]
    public async Task ManyDashboards_OpenAtOnce_ChangeNoCountAndAreCountedApart()
    {
        var before = evening.Engine.CountNetwork();
        var room = evening.Engine.Count("main-stage");
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.SignInAsync();

        for (var dashboard = 0; dashboard < Dashboards; dashboard++)
        {
            var page = await visit.Context.NewPageAsync();
            page.SetDefaultTimeout(60_000);
            await page.GotoAsync(dashboard % 4 == 3 ? "/rooms" : "/rooms/main-stage");
            await page.Locator("html[data-connection]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        }
        await Eventually.TrueAsync(() => evening.Engine.Explain("main-stage").Watches == Dashboards * 3 / 4, "three of four pages watch the room");
        evening.Engine.Sweep();

        var after = evening.Engine.CountNetwork();
        Assert.Equal((before.Rooms, before.Viewers, before.Sessions), (after.Rooms, after.Viewers, after.Sessions));
        Assert.Equal((room.Viewers, room.Sessions, room.Sequence), (evening.Engine.Count("main-stage").Viewers, evening.Engine.Count("main-stage").Sessions, evening.Engine.Count("main-stage").Sequence));
    }

    [Fact]
    public async Task HiddenTab_WhileViewersCome_GetsNothingUntilShown()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var ada = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        using var grace = await OutsideViewer.LogInAsync(host, "grace", "Grace Hopper");
        using var hedy = await OutsideViewer.LogInAsync(host, "hedy", "Hedy Lamarr");
        await ada.HeartbeatAsync("stage");
        await using var hidden = await chromium.VisitAsync(host.BaseAddress);
        await using var shown = await chromium.VisitAsync(host.BaseAddress);
        await hidden.SignInAsync("/rooms/stage");
        await shown.SignInAsync("/rooms/stage");
        await Expect(hidden.Page.GetByTestId("viewer-count")).ToHaveTextAsync("1");
        await SetHiddenAsync(hidden.Page, true);
        await hidden.Page.Locator("html[data-connection=paused]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await grace.HeartbeatAsync("stage");
        await Expect(shown.Page.GetByTestId("viewer-count")).ToHaveTextAsync("2");
        await hedy.HeartbeatAsync("stage");
        await Expect(shown.Page.GetByTestId("viewer-count")).ToHaveTextAsync("3");

        Assert.Equal("1", await hidden.Page.GetByTestId("viewer-count").TextContentAsync());
        await SetHiddenAsync(hidden.Page, false);
        await Expect(hidden.Page.GetByTestId("viewer-count")).ToHaveTextAsync("3");
    }

    private static async Task SetHiddenAsync(IPage page, bool hidden) => await page.EvaluateAsync(
        """
        hidden => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """,
        hidden);
}
