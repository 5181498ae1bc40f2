using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class SettingsPageTests : PageTest
{
    [Fact]
    public async Task Interval_WhileTypedTooLong_IsRefusedInline()
    {
        var page = await RenderSettingsAsync();

        page.Find("#interval").Input("58");

        Assert.Contains("must be at least 5 s longer", page.Find(".remark-problem").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
        page.Find("#timeout").Input("63");
        Assert.Empty(page.FindAll(".remark-problem"));
        Assert.False(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Interval_WhileEmpty_IsRefusedInline()
    {
        var page = await RenderSettingsAsync();

        page.Find("#interval").Input("");

        Assert.Contains("Enter a whole number", page.Find(".remark-problem").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Timeout_WhileTypedShort_WarnsAndMayBeSaved()
    {
        var page = await RenderSettingsAsync();

        page.Find("#interval").Input("25");
        page.Find("#timeout").Input("30");

        var warnings = string.Join(" ", page.FindAll(".remark-warning").Select(warning => warning.TextContent));
        Assert.Contains("one missed heartbeat", warnings, StringComparison.Ordinal);
        Assert.Contains("Published TypeScript clients", warnings, StringComparison.Ordinal);
        Assert.False(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Save_OfAChange_PutsItInForceAndIntoTheHistory()
    {
        var page = await RenderSettingsAsync();
        page.Find("#timeout").Input("90");
        page.Find("#reason").Input("Final tonight");

        await page.Find("form").SubmitAsync();

        Assert.Equal(TimeSpan.FromSeconds(90), Engine.Settings.PresenceTimeout);
        Assert.Equal("mod@example.com", Engine.Settings.UpdatedBy);
        var newest = page.FindAll(".history li")[0].TextContent;
        Assert.Contains("mod@example.com", newest, StringComparison.Ordinal);
        Assert.Contains("1 min 30 s", newest, StringComparison.Ordinal);
        Assert.Contains("Final tonight", newest, StringComparison.Ordinal);
        Assert.Contains("Saved as version 2", page.Find(".saved").TextContent, StringComparison.Ordinal);
        Assert.True(IsSaveDisabled(page));
    }

    [Fact]
    public async Task Save_AfterSomebodyElseSaved_ShowsTheirsAndSavesNothing()
    {
        var page = await RenderSettingsAsync();
        page.Find("#timeout").Input("90");
        await SaveElsewhereAsync(TimeSpan.FromSeconds(120));

        await page.Find("form").SubmitAsync();

        var notice = page.Find(".notice-warning").TextContent;
        Assert.Contains("eve@example.com changed the settings meanwhile", notice, StringComparison.Ordinal);
        Assert.Contains("2 min", notice, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(120), Engine.Settings.PresenceTimeout);

        await page.FindAll(".notice-warning button")[1].ClickAsync();
        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
        await page.Find("form").SubmitAsync();
        Assert.Equal(TimeSpan.FromSeconds(90), Engine.Settings.PresenceTimeout);
    }

    [Fact]
    public async Task Switch_TurnedOff_AsksBeforeItSaves()
    {
        Beat("main", "ada");
        var page = await RenderSettingsAsync();
        var dialogs = Render<Radzen.Blazor.RadzenDialog>();
        await page.Find(".rz-switch").ClickAsync();

        var saving = page.Find("form").SubmitAsync();
        dialogs.WaitForElement(".rz-dialog");
        Assert.Contains("1 viewer leaves every room at once", dialogs.Markup, StringComparison.Ordinal);
        Assert.True(Engine.Settings.Enabled);
        await dialogs.FindAll(".dialog-foot button").Single(button => button.TextContent == "Switch off").ClickAsync();
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
        Assert.Equal("true", page.FindAll(".preset")[0].GetAttribute("aria-pressed"));

        await page.FindAll(".preset")[2].ClickAsync();

        Assert.Equal(("60", "150"), (page.Find("#interval").GetAttribute("value"), page.Find("#timeout").GetAttribute("value")));
        Assert.Equal("true", page.FindAll(".preset")[2].GetAttribute("aria-pressed"));
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
        Assert.Contains("2.0", Impact(page, "Heartbeats a second"), StringComparison.Ordinal);

        await page.FindAll(".preset")[2].ClickAsync();

        Assert.Contains("1.0", Impact(page, "Heartbeats a second"), StringComparison.Ordinal);
        Assert.Contains("was 2.0", Impact(page, "Heartbeats a second"), StringComparison.Ordinal);
        Assert.Contains("stay", Impact(page, "Hidden tabs"), StringComparison.Ordinal);
        Assert.Contains("60 viewers, none is dropped", Impact(page, "Present now"), StringComparison.Ordinal);

        await page.Find(".rz-switch").ClickAsync();
        Assert.Contains("all leave at once", Impact(page, "Present now"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_ToAnEarlierVersion_FillsTheFormAndIsSavedAsANewOne()
    {
        var page = await RenderSettingsAsync();
        await page.FindAll(".preset")[1].ClickAsync();
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Saved as version 2", page.Find(".saved").TextContent, StringComparison.Ordinal));

        await page.FindAll(".history button").Single(button => button.TextContent.Contains("version 1", StringComparison.Ordinal)).ClickAsync();
        Assert.Contains("Version 1 is filled in", page.Find(".saved").TextContent, StringComparison.Ordinal);
        Assert.Equal("60", page.Find("#timeout").GetAttribute("value"));
        Assert.Equal(2, Engine.Settings.Version);
        await page.Find("form").SubmitAsync();

        Assert.Equal((3, TimeSpan.FromSeconds(60)), (Engine.Settings.Version, Engine.Settings.PresenceTimeout));
        Assert.Contains("Back to version 1", page.FindAll(".history li")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adoption_AfterASave_FollowsTheSessionsThatAnswerToIt()
    {
        for (var i = 0; i < 4; i++)
            Say($"viewer{i}", version: 1);
        Beat("main", "published");
        var page = await RenderSettingsAsync();
        await page.WaitForElementAsync("[data-testid=adoption]");
        Assert.Contains("4 of 4 sessions", page.Find("[data-testid=adoption]").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 more never say", page.Markup, StringComparison.Ordinal);

        page.Find("#timeout").Input("90");
        await page.Find("form").SubmitAsync();
        Say("viewer0", version: 2);

        await PassUntilAsync(() => page.Find("[data-testid=adoption]").TextContent.Contains("1 of 4 sessions", StringComparison.Ordinal));
        Assert.Contains("The rest by about", page.Markup, StringComparison.Ordinal);

        void Say(string user, int version) =>
            Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = user, SessionId = "", SettingsVersion = version });
    }

    [Fact]
    public async Task Settings_ThatCannotBeRead_OfferToTryAgain()
    {
        await Database.DisposeAsync();
        var page = Render<SettingsPage>();
        await page.WaitForElementAsync("[role=alert]");
        Assert.Contains("could not be read", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        await Database.OpenAsync(Cancellation);
        await page.Find("[role=alert] button").ClickAsync();

        await page.WaitForElementAsync(".settings-form");
    }

    private static string Impact(IRenderedComponent<SettingsPage> page, string name) =>
        page.FindAll("[data-testid=impact] > div").Single(line => line.TextContent.Contains(name, StringComparison.Ordinal)).TextContent;

    private async Task<IRenderedComponent<SettingsPage>> RenderSettingsAsync()
    {
        var page = Render<SettingsPage>();
        await page.WaitForElementAsync(".settings-form");
        return page;
    }

    private Task<PresenceSettings> SaveElsewhereAsync(TimeSpan timeout) => Store.ChangeAsync(
        new SettingsChange
        {
            Enabled = true,
            HeartbeatInterval = TimeSpan.FromSeconds(30),
            PresenceTimeout = timeout,
            ListLimit = 200,
            By = "eve@example.com",
        },
        Cancellation);

    private static bool IsSaveDisabled(IRenderedComponent<SettingsPage> page) =>
        page.Find("button[type=submit]").HasAttribute("disabled");
}
