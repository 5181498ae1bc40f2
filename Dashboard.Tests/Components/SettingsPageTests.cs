using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Tests.Components;

public sealed partial class SettingsPageTests : PageTest
{
    [Fact]
    public async Task Interval_WhileTypedTooLong_IsRefusedInline()
    {
        var page = await RenderSettingsAsync();

        page.Act(shown => shown.Find("#interval").Input("58"));

        Assert.Contains("must be at least 5 s longer", page.ByTestId("problem").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
        page.Act(shown => shown.Find("#timeout").Input("63"));
        Assert.Empty(page.AllByTestId("problem"));
        Assert.False(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Interval_WhileEmpty_IsRefusedInline()
    {
        var page = await RenderSettingsAsync();

        page.Act(shown => shown.Find("#interval").Input(""));

        Assert.Contains("Enter a whole number", page.ByTestId("problem").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Timeout_WhileTypedShort_WarnsAndMayBeSaved()
    {
        var page = await RenderSettingsAsync();

        page.Act(shown => shown.Find("#interval").Input("25"));
        page.Act(shown => shown.Find("#timeout").Input("30"));

        var warnings = string.Join(" ", page.AllByTestId("warning").Select(warning => warning.TextContent));
        Assert.Contains("One missed heartbeat", warnings, StringComparison.Ordinal);
        Assert.Contains("Published TypeScript clients", warnings, StringComparison.Ordinal);
        Assert.False(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Save_OfAChange_PutsItInForceAndIntoTheHistory()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));
        page.Act(shown => shown.Find("#reason").Input("Final tonight"));

        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        Assert.Equal(TimeSpan.FromSeconds(90), Engine.Settings.PresenceTimeout);
        Assert.Equal("mod@example.com", Engine.Settings.UpdatedBy);
        var newest = page.FindAll("[aria-labelledby=history] tbody tr")[0].TextContent;
        Assert.Contains("mod@example.com", newest, StringComparison.Ordinal);
        Assert.Contains("1 min 30 s", newest, StringComparison.Ordinal);
        Assert.Contains("Final tonight", newest, StringComparison.Ordinal);
        Assert.Contains("Saved as version 2", page.ByTestId("outcome").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Switch_TurnedOff_AsksBeforeItSaves()
    {
        Beat("main", "ada");
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudDialogProvider>();
        await page.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(false));

        var saving = page.ActAsync(shown => shown.Find("form").SubmitAsync());
        dialogs.WaitForElement("[role=dialog]");
        Assert.Contains("1 viewer leaves every room at once", dialogs.Markup, StringComparison.Ordinal);
        Assert.True(Engine.Settings.Enabled);
        await dialogs.ActAsync(shown => shown.ByRole("button", "Switch off").ClickAsync());
        await saving;

        page.WaitForAssertion(() => Assert.False(Engine.Settings.Enabled));
        Assert.Equal(0, Engine.Count("main").Viewers);
    }

    [Fact]
    public async Task Settings_ForAnObserver_AreShownAndCannotBeSaved()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        var page = await RenderSettingsAsync();

        Assert.Empty(page.FindAll("button[type=submit]"));
        Assert.True(page.Find("#interval").HasAttribute("disabled"));
        await Assert.ThrowsAsync<AccessRefusedException>(() =>
            Services.GetRequiredService<SettingsAdministration>().SaveAsync(PresenceSettings.Default, null, Cancellation));
    }

    [Fact]
    public async Task Preset_Taken_FillsTheFormAndSavesNothing()
    {
        var page = await RenderSettingsAsync();
        Assert.Equal(SettingsTexts.Compatible, page.Find("#preset").GetAttribute("value"));

        await TakeAsync(page, SettingsPreset.All[2]);

        Assert.Equal(("60", "150"), (page.Find("#interval").GetAttribute("value"), page.Find("#timeout").GetAttribute("value")));
        Assert.Equal(SettingsTexts.Light, page.Find("#preset").GetAttribute("value"));
        page.Act(shown => shown.Find("#timeout").Input("151"));
        Assert.DoesNotContain(SettingsTexts.Light, page.Find("#preset").GetAttribute("value") ?? "", StringComparison.Ordinal);
        Assert.Equal(1, Engine.Settings.Version);
    }

    [Fact]
    public async Task Impact_OfADraft_SaysWhatItMeansForThosePresent()
    {
        for (var i = 0; i < 60; i++)
            Beat("main", $"viewer{i}");
        var page = await RenderSettingsAsync();
        await page.WaitForElementAsync("[data-testid=impact]");
        Assert.Contains("may drop out", Impact(page, "Hidden tabs"), StringComparison.Ordinal);
        Assert.Contains("2.0", Impact(page, "Heartbeats per second"), StringComparison.Ordinal);

        await TakeAsync(page, SettingsPreset.All[2]);

        Assert.Contains("1.0", Impact(page, "Heartbeats per second"), StringComparison.Ordinal);
        Assert.Contains("was 2.0", Impact(page, "Heartbeats per second"), StringComparison.Ordinal);
        Assert.Contains("stay", Impact(page, "Hidden tabs"), StringComparison.Ordinal);
        Assert.Contains("60 viewers, none is dropped", Impact(page, "Present now"), StringComparison.Ordinal);

        await page.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(false));
        Assert.Contains("all leave at once", Impact(page, "Present now"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actions_FromTheFirstChangeOn_AreInSightWithTheImpactInALine()
    {
        for (var i = 0; i < 60; i++)
            Beat("main", $"viewer{i}");
        var page = await RenderSettingsAsync();
        Assert.Null(page.ByTestId("settings-actions").GetAttribute("data-state"));

        await TakeAsync(page, SettingsPreset.All[2]);
        Assert.Equal("up", page.ByTestId("settings-actions").GetAttribute("data-state"));
        Assert.Equal("2.0 → 1.0 heartbeats/s · no viewer is dropped", page.ByTestId("settings-line").TextContent);

        page.Act(shown => shown.Find("#timeout").Input("61"));
        Assert.Equal("Fix the highlighted fields.", page.ByTestId("settings-line").TextContent);
        page.Act(shown => shown.Find("#interval").Input("25"));
        page.Act(shown => shown.Find("#timeout").Input("33"));
        Assert.Equal("2.0 → 2.4 heartbeats/s · published clients drop out", page.ByTestId("settings-line").TextContent);
        page.Act(shown => shown.Find("#interval").Input("30"));
        page.Act(shown => shown.Find("#timeout").Input("61"));
        Assert.Equal("2.0 heartbeats/s (no change) · no viewer is dropped", page.ByTestId("settings-line").TextContent);
        await page.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(false));
        Assert.Equal("2.0 → 0 heartbeats/s · 60 viewers leave at once", page.ByTestId("settings-line").TextContent);

        await page.ActAsync(shown => shown.ByRole("button", SettingsTexts.Reset).ClickAsync());
        Assert.Null(page.ByTestId("settings-actions").GetAttribute("data-state"));
        Assert.Empty(page.AllByTestId("settings-line"));
    }

    [Fact]
    public async Task Saved_SomeSecondsAgo_LeavesTheThumbsPlace()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Contains("Saved as version 2", page.Find("[data-testid=settings-actions][data-state=up]").TextContent, StringComparison.Ordinal));

        await PassUntilAsync(() => page.FindAll("[data-testid=settings-actions][data-state=up]").Count == 0);

        Assert.Contains("Saved as version 2", page.ByTestId("outcome").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adoption_AfterASave_FollowsTheSessionsThatAnswerToIt()
    {
        for (var i = 0; i < 4; i++)
            Say($"viewer{i}", version: 1);
        Beat("main", "published");
        var page = await RenderSettingsAsync();
        await page.WaitForElementAsync("[data-testid=adoption]");
        Assert.Contains("4 of 4 sessions", page.ByTestId("adoption").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 session from clients that don’t report", page.Markup, StringComparison.Ordinal);

        page.Act(shown => shown.Find("#timeout").Input("90"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Say("viewer0", version: 2);

        await PassUntilAsync(() => page.ByTestId("adoption").TextContent.Contains("1 of 4 sessions", StringComparison.Ordinal));
        Assert.Contains("The rest are expected by about", page.Markup, StringComparison.Ordinal);

        void Say(string user, int version) =>
            Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = user, SessionId = "", SettingsVersion = version });
    }

    [Fact]
    public async Task Settings_WhileTheyAreReadAndWhenThatFails_SaySo()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);

        var page = Render<SettingsPage>();
        Assert.Equal("Loading…", page.ByTestId("loading").TextContent.Trim());
        Assert.Empty(page.AllByTestId("freshness"));
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Contains("Live", page.ByTestId("freshness").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("form"));
    }

    [Fact]
    public async Task Settings_WithNobodyPresent_SayThatNobodyCouldAnswer()
    {
        var page = await RenderSettingsAsync();

        Assert.Contains("0 viewers, none is dropped", Impact(page, "Present now"), StringComparison.Ordinal);
        Assert.Contains("No sessions are present", page.Find("[aria-labelledby=adoption]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-labelledby=history] td button"));
    }

    [Fact]
    public async Task Settings_WhenALaterReadFails_StayAndSaySinceWhen()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));

        await Database.DisposeAsync();
        Engine.Apply(Engine.Settings with { Version = 2 }); // what the page reads anew then

        await PassUntilAsync(() => page.FindAll("[data-testid=freshness][data-state=stale]").Count == 1);
        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
        await Database.OpenAsync(Cancellation);
    }

    [Fact]
    public async Task Settings_ThatCannotBeRead_OfferToTryAgain()
    {
        await Database.DisposeAsync();
        var page = Render<SettingsPage>();
        await page.WaitForElementAsync("[role=alert]");
        Assert.Contains("Couldn’t load", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        await Database.OpenAsync(Cancellation);
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        await page.WaitForElementAsync("form");
    }

    private static string Impact(IRenderedComponent<SettingsPage> page, string name) =>
        page.FindAll("[data-testid=impact] > div").Single(line => line.TextContent.Contains(name, StringComparison.Ordinal)).TextContent;

    private async Task<IRenderedComponent<SettingsPage>> RenderSettingsAsync()
    {
        var page = Render<SettingsPage>();
        await page.WaitForElementAsync("form");
        return page;
    }

    private static Task TakeAsync(IRenderedComponent<SettingsPage> page, SettingsPreset preset) =>
        page.InvokeAsync(() => page.FindComponent<MudSelect<SettingsPreset>>().Instance.ValueChanged.InvokeAsync(preset));

    private static bool IsSaveDisabled(IRenderedComponent<SettingsPage> page) =>
        page.Find("button[type=submit]").HasAttribute("disabled");
}
