using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

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
        var newest = page.FindAll("[aria-labelledby=history] li")[0].TextContent;
        Assert.Contains("mod@example.com", newest, StringComparison.Ordinal);
        Assert.Contains("1 min 30 s", newest, StringComparison.Ordinal);
        Assert.Contains("Final tonight", newest, StringComparison.Ordinal);
        Assert.Contains("Saved as version 2", LastNotice!.Text, StringComparison.Ordinal);
        Assert.Null(page.ByTestId("settings-actions").GetAttribute("data-state"));
        Assert.True(IsSaveDisabled(page));

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal((3, TimeSpan.FromSeconds(60)), (Engine.Settings.Version, Engine.Settings.PresenceTimeout));
        await PassUntilAsync(() => page.Find("#timeout").GetAttribute("value") == "60");
        Assert.Contains("Restored version 1", page.FindAll("[aria-labelledby=history] li")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_UndoneAfterSomebodyElseSaved_ChangesNothingAndSaysWhoDid()
    {
        var page = await RenderSettingsAsync();
        var notices = Render<Presence.Dashboard.Components.Layout.Notices>();
        page.Act(shown => shown.Find("#timeout").Input("90"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        await SaveElsewhereAsync(TimeSpan.FromSeconds(120));

        await notices.ActAsync(shown => shown.ByRole("button", SharedTexts.Undo).ClickAsync(new()));

        Assert.Equal("eve@example.com changed it in the meantime. Nothing was undone.", LastNotice!.Text);
        Assert.Equal(TimeSpan.FromSeconds(120), Engine.Settings.PresenceTimeout);
    }

    [Fact]
    public async Task Tabs_BackAndForth_KeepWhatWasTyped()
    {
        var page = await RenderSettingsAsync();
        page.Act(shown => shown.Find("#timeout").Input("90"));

        await GoToAsync(page, "settings?tab=history");
        Assert.Empty(page.FindAll("form"));
        Assert.Equal("page", page.ByRole("link", SettingsTexts.History).GetAttribute("aria-current"));
        Assert.Single(page.FindAll("[aria-labelledby=history] tbody tr"));
        await GoToAsync(page, "settings");

        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
    }

    [Fact]
    public async Task Rooms_WithTheirOwnSettings_AreListedAndReset()
    {
        var rooms = Services.GetRequiredService<RoomStore>();
        await rooms.DefineAsync("stage", new() { Title = "Main stage", Overrides = new() { HeartbeatInterval = TimeSpan.FromSeconds(15), Enabled = false } }, "eve@example.com", null, Cancellation);
        await rooms.DefineAsync("lobby", new() { Title = "Lobby" }, "eve@example.com", null, Cancellation);
        var page = await RenderSettingsAsync();
        await GoToAsync(page, "settings?tab=rooms");

        Assert.Equal("Rooms 1", page.ByRole("navigation", SettingsTexts.Parts).QuerySelector("[aria-current]")!.TextContent);
        var row = Assert.Single(page.FindAll("tbody tr"));
        Assert.Contains("Presence off · Heartbeat interval 15 s", row.TextContent, StringComparison.Ordinal);
        Assert.Equal("rooms/stage?tab=room", row.QuerySelector("a")!.GetAttribute("href"));

        await page.ActAsync(shown => shown.ByRole("button", $"Reset the settings of {VisibleText.Isolated("Main stage")}").ClickAsync());
        page.WaitForAssertion(() => Assert.Equal(SettingsTexts.RoomsEmpty, page.ByTestId("empty").TextContent));
        Assert.Equal(new RoomDefinition { Title = "Main stage" }, Engine.Definition("stage"));

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal(TimeSpan.FromSeconds(15), Engine.Definition("stage").Overrides.HeartbeatInterval);
        await PassUntilAsync(() => page.FindAll("tbody tr td a").Count == 1);
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
        Assert.Equal("may drop out → may drop out", Impact(page, "Hidden tabs"));
        Assert.Equal("2.0 → 2.0", Impact(page, "Heartbeats per second"));

        await TakeAsync(page, SettingsPreset.All[2]);

        Assert.Equal("2.0 → 1.0", Impact(page, "Heartbeats per second"));
        Assert.Equal("may drop out → stay", Impact(page, "Hidden tabs"));
        Assert.Equal("– → none of 60", Impact(page, "Viewers dropped now"));

        await page.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(false));
        Assert.Equal("– → all 60", Impact(page, "Viewers dropped now"));
        page.Act(shown => shown.Find("#timeout").Input("61"));
        Assert.Equal("2.0 → –", Impact(page, "Heartbeats per second"));
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
    public async Task Adoption_AfterASave_FollowsTheSessionsThatAnswerToIt()
    {
        for (var i = 0; i < 4; i++)
            Say($"viewer{i}", version: 1);
        Beat("main", "published");
        var page = await RenderSettingsAsync();
        await page.WaitForElementAsync("[data-testid=adoption]");
        Assert.Equal(["4 on version 1", "0 not yet", "1 don’t report"], Adoption());

        page.Act(shown => shown.Find("#timeout").Input("90"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Say("viewer0", version: 2);

        await PassUntilAsync(() => Adoption().SequenceEqual(["1 on version 2", "3 not yet", "1 don’t report"]));
        Assert.Contains("The rest are expected by about", page.Markup, StringComparison.Ordinal);

        IEnumerable<string> Adoption() => page.FindAll("[data-testid=adoption] > span").Select(part => part.TextContent);

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

        Assert.Equal("– → none", Impact(page, "Viewers dropped now"));
        Assert.Contains("No sessions are present", page.Find("[aria-labelledby=adoption]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-labelledby=history] li button"));
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

    /// <summary>What is, and what would be after saving.</summary>
    private static string Impact(IRenderedComponent<SettingsPage> page, string name) =>
        string.Join(" → ", page.FindAll("[data-testid=impact] tbody tr").Single(line => line.QuerySelector("th")!.TextContent == name).QuerySelectorAll("td").Select(cell => cell.TextContent));

    private Task GoToAsync(IRenderedComponent<SettingsPage> page, string address) => page.InvokeAsync(() =>
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        page.Render(parameters => { }); // as the router does
    });

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
