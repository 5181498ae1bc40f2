using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <content>Saves of others, and going back to earlier ones.</content>
public sealed partial class SettingsPageTests
{
    [Fact]
    public async Task Save_AfterSomebodyElseSaved_ShowsTheirsAndSavesNothing()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));
        await SaveElsewhereAsync(TimeSpan.FromSeconds(120));

        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        var notice = page.Find("form [role=alert]").TextContent;
        Assert.Contains("eve@example.com changed the settings in the meantime", notice, StringComparison.Ordinal);
        Assert.Contains("2 min", notice, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(120), Engine.Settings.PresenceTimeout);

        await page.ActAsync(shown => shown.FindAll("form [role=alert] button")[1].ClickAsync());
        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Assert.Equal(TimeSpan.FromSeconds(90), Engine.Settings.PresenceTimeout);
    }

    [Fact]
    public async Task Revert_ToAnEarlierVersion_AsksOnceAndSavesItAsANewOne()
    {
        Beat("main", "ada");
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        await SaveElsewhereAsync(TimeSpan.FromSeconds(90));
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=history] li").Count == 2);

        var reverting = page.ActAsync(shown => shown.ByRole("button", Sentence.With(SettingsTexts.RevertTo, 1)).ClickAsync());
        dialogs.WaitForElement("[role=dialog] [data-testid=impact]");
        Assert.Contains("Restore version 1?", dialogs.Markup, StringComparison.Ordinal);
        Assert.Contains("1 min 30 s", dialogs.ByTestId("differences").TextContent, StringComparison.Ordinal);
        Assert.Contains("none", dialogs.ByTestId("impact").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, Engine.Settings.Version);
        await dialogs.ActAsync(shown => shown.ByRole("button", SettingsTexts.GoBack).ClickAsync());
        await reverting;

        page.WaitForAssertion(() => Assert.Contains("Saved as version 3", Assert.Single(Services.GetRequiredService<NoticeBoard>().Shown).Text, StringComparison.Ordinal));
        Assert.Equal((3, TimeSpan.FromSeconds(60)), (Engine.Settings.Version, Engine.Settings.PresenceTimeout));
        Assert.Equal("60", page.Find("#timeout").GetAttribute("value"));
        Assert.Contains("Restored version 1", page.FindAll("[aria-labelledby=history] li")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_ThoughtBetterOf_SavesNothing()
    {
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        await SaveElsewhereAsync(TimeSpan.FromSeconds(90));
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=history] li button").Count == 1);

        var reverting = page.ActAsync(shown => shown.Find("[aria-labelledby=history] li button").ClickAsync());
        dialogs.WaitForElement("[role=dialog] [data-testid=impact]");
        await dialogs.ActAsync(shown => shown.ByRole("button", SharedTexts.Cancel).ClickAsync());
        await reverting;

        Assert.Equal(2, Engine.Settings.Version);
    }

    [Fact]
    public async Task Revert_ToAVersionThatWasOff_SaysWhoLeaves()
    {
        await SwitchElsewhereAsync(false);
        await SwitchElsewhereAsync(true);
        Beat("main", "ada");
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();

        var reverting = page.ActAsync(shown => shown.ByRole("button", Sentence.With(SettingsTexts.RevertTo, 2)).ClickAsync());
        dialogs.WaitForElement("[role=dialog] [data-testid=impact]");
        Assert.Contains("all 1", dialogs.ByTestId("impact").TextContent, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.ByRole("button", SettingsTexts.GoBack).ClickAsync());
        await reverting;

        page.WaitForAssertion(() => Assert.False(Engine.Settings.Enabled));
    }

    [Fact]
    public async Task Settings_SavedBySomebodyElse_AreShownWhereNothingWasTyped()
    {
        var page = await RenderSettingsAsync();

        await SaveElsewhereAsync(TimeSpan.FromSeconds(120));

        await PassUntilAsync(() => page.Find("#timeout").GetAttribute("value") == "120");
        Assert.Contains("version 2", page.ByTestId("settings-version").TextContent, StringComparison.Ordinal);
        Assert.Contains("eve@example.com", page.FindAll("[aria-labelledby=history] li")[0].TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form [role=alert]"));
    }

    [Fact]
    public async Task Settings_SavedBySomebodyElseWhileTyping_StandBesideWhatWasTyped()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));

        await SaveElsewhereAsync(TimeSpan.FromSeconds(120));

        await PassUntilAsync(() => page.FindAll("form [role=alert]").Count == 1);
        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
        Assert.Contains("Choose your values or theirs above", page.ByTestId("settings-line").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
        await page.ActAsync(shown => shown.FindAll("form [role=alert] button")[0].ClickAsync());
        Assert.Equal("120", page.Find("#timeout").GetAttribute("value"));
        Assert.Empty(page.FindAll("form [role=alert]"));
    }

    private Task<PresenceSettings> SaveElsewhereAsync(TimeSpan timeout) => Store.ChangeAsync(
        new SettingsChange
        {
            Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = timeout, ListLimit = 200 },
            By = "eve@example.com",
        },
        Cancellation);

    private Task<PresenceSettings> SwitchElsewhereAsync(bool enabled) => Store.ChangeAsync(
        new SettingsChange
        {
            Settings = new() { Enabled = enabled, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(60), ListLimit = 200 },
            By = "eve@example.com",
        },
        Cancellation);
}
