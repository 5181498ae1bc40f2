using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A tab that stays hidden gives its circuit back, and is where it was when it is shown again.</summary>
public sealed class HiddenTabTests(ChromiumBrowser chromium)
{
    /// <summary>Five minutes are a moment. The page's clock isn't moved: the connection's own timers would take it for lost.</summary>
    private const string Impatient = "const wait = setTimeout; window.setTimeout = (act, time, ...more) => wait(act, time === 5 * 60 * 1000 ? 100 : time, ...more);";

    private static readonly LocatorAssertionsToHaveAttributeOptions Patiently = new() { Timeout = 60_000 };

    [Fact]
    public async Task Tab_HiddenForFiveMinutes_HasNoCircuitAndComesBackWithWhatWasTyped()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await page.AddInitScriptAsync(Impatient);
        await visit.SignInAsync("/settings");
        await page.GetByLabel("Presence timeout").FillAsync("90");
        await page.GetByLabel("Reason").FillAsync("Final tonight");
        await Expect(page.GetByTestId("settings-line")).ToBeVisibleAsync();
        await page.EvaluateAsync("window.neverReloaded = true");

        await HideAsync(visit, host);
        Assert.Equal(0, await page.GetByRole(AriaRole.Dialog).CountAsync());
        await ShowAsync(visit);

        await Expect(page.GetByLabel("Presence timeout")).ToHaveValueAsync("90");
        await Expect(page.GetByLabel("Reason")).ToHaveValueAsync("Final tonight");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" })).ToBeVisibleAsync(); // the notice of it may be gone by now
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded"));
        Assert.Equal(0, await page.GetByRole(AriaRole.Dialog).CountAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Restore version 1?" }).WaitForAsync();
        await HideAsync(visit, host);
        await ShowAsync(visit);
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Restore version 1?" });
        await dialog.GetByTestId("impact").WaitForAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Restore version 2" })).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Tab_HiddenForFiveMinutes_KeepsSearchAndScrollAndOutlivesARestart()
    {
        await using var host = await StartAsync();
        for (var room = 0; room < 200; room++)
            host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = $"room {room:000}", UserId = $"viewer {room}", SessionId = "" });
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await page.AddInitScriptAsync(Impatient);
        await visit.SignInAsync("/rooms?sort=name");
        await page.GetByLabel("Search rooms").FillAsync("room 1");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "room 100" })).ToBeVisibleAsync();
        await page.EvaluateAsync("window.neverReloaded = true; document.scrollingElement.scrollTop = 900");
        await visit.AnsweredAsync();

        await HideAsync(visit, host);
        await ShowAsync(visit);

        Assert.EndsWith("/rooms?sort=name&search=room%201", page.Url, StringComparison.Ordinal);
        await Expect(page.GetByLabel("Search rooms")).ToHaveValueAsync("room 1");
        await page.WaitForFunctionAsync("() => scrollY === 900");

        await HideAsync(visit, host);
        await host.RestartAsync();
        await ShowAsync(visit);
        await Expect(page.GetByLabel("Search rooms")).ToHaveValueAsync("room 1");
        Assert.Equal(0, await page.GetByRole(AriaRole.Dialog).CountAsync());
    }

    [Fact]
    public async Task Tab_HiddenForFiveMinutes_KeepsARoomsFormAndItsOpenDialogs()
    {
        await using var host = await StartAsync();
        host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "stage", UserId = "ada", SessionId = "" });
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await page.AddInitScriptAsync(Impatient);
        await visit.SignInAsync("/rooms/stage?edit=1");
        await page.GetByLabel("Presence timeout").FillAsync("120");
        await visit.AnsweredAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove ada" }).First.ClickAsync();
        var ban = page.GetByRole(AriaRole.Dialog);
        await ban.GetByRole(AriaRole.Button, new() { Name = "Other" }).ClickAsync();
        await ban.GetByLabel("Until", new() { Exact = true }).CheckAsync(new() { Force = true });
        await ban.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("Spam");
        await visit.AnsweredAsync();
        await HideAsync(visit, host);
        await ShowAsync(visit);
        await Expect(ban.GetByLabel("Until", new() { Exact = true })).ToBeCheckedAsync();
        await Expect(ban.GetByRole(AriaRole.Textbox, new() { Name = "Reason" })).ToHaveValueAsync("Spam");
        await ban.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.GetByLabel("Presence timeout")).ToHaveValueAsync("120");

        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        var share = page.GetByRole(AriaRole.Dialog);
        await share.GetByRole(AriaRole.Button, new() { Name = "Create page link" }).ClickAsync();
        var address = await share.GetByText("/shared/room#").TextContentAsync();
        await HideAsync(visit, host);
        await ShowAsync(visit);
        await Expect(share.GetByText(address!)).ToBeVisibleAsync();
        await share.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(page.GetByLabel("Presence timeout")).ToHaveValueAsync("120");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByTestId("notices")).ToContainTextAsync("The settings of stage are saved");
        Assert.Empty(visit.Errors);
    }

    /// <summary>Hides the tab until it has given its circuit back.</summary>
    private static async Task HideAsync(BrowserVisit visit, DashboardHost host)
    {
        await SetHiddenAsync(visit.Page, true);
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<LimitUsageRegistry>().All.Single(usage => usage.Kind == LimitKind.Pages).Used == 0, "the circuit is given back");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "paused");
    }

    private static async Task ShowAsync(BrowserVisit visit)
    {
        var since = Stopwatch.StartNew();
        await SetHiddenAsync(visit.Page, false);
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "live", Patiently);
        TestContext.Current.TestOutputHelper!.WriteLine($"Live {since.ElapsedMilliseconds} ms after it was shown.");
    }

    private static async Task SetHiddenAsync(IPage page, bool hidden) => await page.EvaluateAsync(
        """
        hidden => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """,
        hidden);

    private static Task<DashboardHost> StartAsync() => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
    });
}
