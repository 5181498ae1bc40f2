using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The settings changed by two people at once, and with one thumb.</summary>
public sealed class SettingsJourneyTests(ChromiumBrowser chromium)
{
    /// <summary>What a thumb hits without looking twice.</summary>
    private const int Thumb = 40;

    [Fact]
    public async Task Settings_OfTwoModerators_FollowWhatEitherSaves()
    {
        await using var host = await StartAsync();
        await using var first = await chromium.VisitAsync(host.BaseAddress);
        await using var second = await chromium.VisitAsync(host.BaseAddress);
        await first.SignInAsync("/settings");
        await second.SignInAsync("/settings");

        await first.ChooseAsync("Preset", "30 s / 90 s");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(second.Page.GetByLabel("Presence timeout")).ToHaveValueAsync("90", new() { Timeout = 60_000 });
        await Expect(second.Page.GetByTestId("settings-version")).ToContainTextAsync("version 2");
        await Expect(second.Page.Locator("[aria-labelledby=history] li")).ToHaveCountAsync(2);

        await second.Page.GetByLabel("Presence timeout").FillAsync("100");
        await first.ChooseAsync("Preset", "60 s / 150 s");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(second.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("changed the settings in the meantime", new() { Timeout = 60_000 });
        await Expect(second.Page.GetByLabel("Presence timeout")).ToHaveValueAsync("100");
        await Expect(second.Page.GetByRole(AriaRole.Button, new() { Name = "Save" })).ToBeDisabledAsync();

        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Keep mine and review" }).ClickAsync();
        await Expect(second.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(first.Page.GetByLabel("Presence timeout")).ToHaveValueAsync("100", new() { Timeout = 60_000 });
        Assert.Equal(4, host.Services.GetRequiredService<PresenceEngine>().Settings.Version);
        Assert.Empty(first.Errors);
        Assert.Empty(second.Errors);
    }

    [Fact]
    public async Task Settings_OnAPhone_AreWeighedSavedAndTakenBackWithTheThumb()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress, 390, 844, hasTouch: true);
        var page = visit.Page;
        await visit.SignInAsync("/settings");
        var strip = page.GetByTestId("settings-actions");
        await Expect(page.Locator("[data-testid=settings-actions][data-state=up]")).ToHaveCountAsync(0);

        await visit.ChooseAsync("Preset", "60 s / 150 s", byTouch: true);
        await Expect(strip).ToContainTextAsync("no viewer is dropped");
        await IsAtThumbAsync(page, strip);
        var save = strip.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await IsLargeEnoughAsync(save);
        await IsLargeEnoughAsync(strip.GetByRole(AriaRole.Button, new() { Name = "Reset" }));
        await save.TapAsync();
        await Expect(page.GetByTestId("notices")).ToContainTextAsync("Saved as version 2");
        await IsAtThumbAsync(page, page.GetByTestId("notices"));

        var back = page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" });
        await IsLargeEnoughAsync(back);
        await back.TapAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await IsLargeEnoughAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Restore" }));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Restore" }).TapAsync();
        await Expect(page.GetByTestId("notices")).ToContainTextAsync("Saved as version 3");
        await IsAtThumbAsync(page, page.GetByTestId("notices"));
        Assert.Equal(TimeSpan.FromSeconds(30), host.Services.GetRequiredService<PresenceEngine>().Settings.HeartbeatInterval);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Impact_OnADesktop_IsInSightWhenAPresetIsTaken()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress, 1440, 900);
        await visit.SignInAsync("/settings");

        await visit.ChooseAsync("Preset", "60 s / 150 s");

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Before you save" })).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(visit.Page.GetByTestId("impact")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" })).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    [Fact]
    public async Task PrefixAndSchedule_OfARoom_AreSetSeenAndTakenBack()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        var dialog = page.GetByRole(AriaRole.Dialog);
        await visit.SignInAsync("/settings?tab=rooms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a prefix" }).ClickAsync();
        await dialog.GetByLabel("Rooms whose id begins with").FillAsync("class-*");
        await dialog.GetByLabel("Heartbeat interval").FillAsync("20");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Edit the settings of" })).ToBeVisibleAsync();

        await visit.OpenAsync("/rooms/class-1?tab=room");
        await Expect(page.GetByTestId("setting-source").Nth(1)).ToContainTextAsync("class-*");
        await page.GetByRole(AriaRole.Button, new() { Name = "Schedule settings" }).ClickAsync();
        await dialog.GetByLabel("Heartbeat interval").FillAsync("50");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "for 1 h" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Schedule", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("schedule")).ToContainTextAsync("Then back to what it followed before");
        await Expect(page.GetByTestId("setting-source").Nth(1)).ToContainTextAsync("this room");
        Assert.Equal(50, host.Services.GetRequiredService<PresenceEngine>().Effective("class-1").Values.HeartbeatInterval.TotalSeconds);

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the change for" }).ClickAsync();
        await Expect(page.GetByTestId("schedule")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("setting-source").Nth(1)).ToContainTextAsync("class-*");
        Assert.Empty(visit.Errors);
    }

    private static async Task IsLargeEnoughAsync(ILocator button)
    {
        await button.TapAsync(new() { Trial = true }); // once it stands still
        var box = await button.BoundingBoxAsync();
        Assert.True(box!.Height >= Thumb, $"{box.Height} px high");
    }

    /// <summary>Whole, and not under the bar of links.</summary>
    private static async Task IsAtThumbAsync(IPage page, ILocator strip)
    {
        await Expect(strip).ToBeInViewportAsync(new() { Ratio = 1 });
        var (box, bar) = (await strip.BoundingBoxAsync(), await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).BoundingBoxAsync());
        Assert.InRange(box!.Y + box.Height, 0, bar!.Y + 1);
    }

    private static Task<DashboardHost> StartAsync() =>
        DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
}
