using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What is opened, typed or asked on a page: panels, forms, dialogs.</summary>
public sealed class PanelAppearanceTests(ChromiumBrowser chromium, PopulatedHost evening) : AppearanceTest, IClassFixture<PopulatedHost>
{
    private const string Offered = "[role=listbox]:not(dialog *)";
    private const string Menu = "[role=menu]";

    [Fact]
    public async Task Rooms_WithPinsAndAKeyboardOnTheChart_AreAccessibleAndFit()
    {
        await using var first = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await first.SignInAsync("/rooms");
        foreach (var room in (string[])["q-and-a", "main-stage", "rehearsal"])
        {
            var pin = first.Page.GetByRole(AriaRole.Button, new() { Name = "Pin " + room });
            if (await pin.GetAttributeAsync("aria-pressed") == "false") // the other theme's turn may have left it pinned
                await pin.ClickAsync();
            await Assertions.Expect(first.Page.GetByTestId("pinned").GetByText(room)).ToBeVisibleAsync();
        }
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/rooms");
        await CheckAsync(visit, "rooms-pinned");
        await visit.OpenAsync("/wall");
        await CheckAsync(visit, "wall-pinned");
        await visit.OpenAsync("/");
        await visit.Page.GetByLabel("Step through the chart").FocusAsync();
        for (var point = 0; point < 30; point++)
            await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(visit.Page.GetByTestId("chart-reading")).ToBeVisibleAsync();
        await CheckAsync(visit, "overview-keyboard");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Room_WithEverythingOpen_IsAccessibleAndFits()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/main-stage?state=watching");
        await page.Locator("tbody button[aria-expanded]").First.ClickAsync();
        await page.GetByTestId("session").First.WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Presence timeout").FillAsync("5");
        await Assertions.Expect(page.GetByTestId("problem").First).ToBeVisibleAsync();
        await CheckAsync(visit, "room-open");

        await page.Locator("button[aria-label^='Remove ']").First.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Other" }).ClickAsync();
        await CheckAsync(visit, "room-remove");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
        await page.GetByText("is banned from this room").WaitForAsync();
        await CheckAsync(visit, "room-removed");
        evening.Pass(TimeSpan.FromSeconds(5)); // the page's clock stands still until then
        await page.Locator("[aria-labelledby=just-left] li", new() { HasText = "removed" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.Locator("[aria-labelledby=removals] button").First.WaitForAsync();
        await CheckAsync(visit, "viewer-removed");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Settings_WithARefusedValue_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/settings");
        await visit.Page.GetByLabel("Heartbeat interval").FillAsync("58");
        await Assertions.Expect(visit.Page.GetByText("must be at least 5 s longer")).ToBeVisibleAsync();
        await CheckAsync(visit, "settings-refused");
        await visit.Page.GetByLabel("Heartbeat interval").FillAsync("30");
        await visit.Page.GetByRole(AriaRole.Switch).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Space");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await CheckAsync(visit, "settings-confirm");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Settings_WithAChangeAndOnTheWayBack_AreAccessibleAndFit()
    {
        var saved = new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(90), ListLimit = 200 }, By = "eve@example.com", Reason = "Hidden tabs dropped out" };
        await evening.Host.Services.GetRequiredService<SettingsStore>().ChangeAsync(saved, TestContext.Current.CancellationToken);
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/settings");
        await visit.ChooseAsync("Preset", "60 s / 150 s");
        await Assertions.Expect(visit.Page.Locator("[data-testid=settings-actions][data-state=up]")).ToBeVisibleAsync();
        await CheckAsync(visit, "settings-changed");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByTestId("impact").WaitForAsync();
        await CheckAsync(visit, "settings-revert");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Dialogs_Open_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await ModeratorOfTests.MakeAsync(host, "grace.hopper@example.com", ModeratorRole.Observer);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/people");
        await visit.Page.GetByLabel("Invite for", new() { Exact = true }).FillAsync("Ada Lovelace");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("/join?token=")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change grace.hopper@example.com" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await CheckAsync(visit, "people-dialog");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Role: any" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Observer" }).WaitForAsync();
        await CheckMenuAsync(visit, "people-filter", Wide, Menu);
        await visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Observer" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sort by Role" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sort", Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.GetByTestId("grid-showing")).ToHaveTextAsync("1 of 2");
        await visit.Page.GetByLabel("Filter people").FillAsync("hopper");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("filter=hopper", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await CheckAsync(visit, "people-filtered");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change grace.hopper@example.com" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create password link" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("/new-password?token=")).ToBeVisibleAsync();
        await CheckAsync(visit, "people-invited");
        await visit.Page.GotoAsync((await visit.Page.GetByText("/new-password?token=").TextContentAsync())!);
        await Assertions.Expect(visit.Page.GetByLabel("New password")).ToBeVisibleAsync();
        await CheckAsync(visit, "new-password");

        await visit.OpenAsync("/settings");
        await visit.Page.Keyboard.PressAsync("?");
        await visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" }).WaitForAsync();
        await CheckAsync(visit, "keyboard");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Menus_Open_AreAccessibleAndFit()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Narrow, 844);
        var page = visit.Page;
        await visit.SignInAsync("/people");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Role", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option).Last.WaitForAsync();
        await CheckMenuAsync(visit, "people-role", Narrow, Offered);
        await page.Keyboard.PressAsync("Escape");

        await visit.OpenAsync("/rooms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sort by:" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem).Last.WaitForAsync();
        await CheckMenuAsync(visit, "rooms-orders", Narrow, Menu);
        await page.Keyboard.PressAsync("Escape");

        await visit.OpenAsync("/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await CheckMenuAsync(visit, "more", Narrow, "#more-links");
        await page.Locator("#more-links").GetByRole(AriaRole.Link, new() { Name = "Account", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Change password" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#more-links")).ToBeHiddenAsync();

        await page.SetViewportSizeAsync(960, 900);
        await visit.OpenAsync("/settings");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Preset", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option).Last.WaitForAsync();
        await CheckMenuAsync(visit, "settings-preset", 960, Offered);
        await page.Keyboard.PressAsync("Escape");
        await visit.OpenAsync("/rooms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sort by:" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem).Last.WaitForAsync();
        await CheckMenuAsync(visit, "rooms-orders", 960, Menu);
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }
}
