using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>For how long history is kept, as a moderator sets it.</summary>
public sealed class HistorySettingsPanelTests : PageTest
{
    [Fact]
    public async Task Days_AgainstTheRules_AreRefusedWhereTheyAreTyped()
    {
        var page = await RenderRetentionAsync();

        page.Act(shown => shown.Find("#attendance-days").Input("0"));
        Assert.Equal("Enter 1 to 3,660 days.", page.ByTestId("problem").TextContent);
        page.Act(shown => shown.Find("#attendance-days").Input(""));
        Assert.Equal("Enter a whole number.", page.ByTestId("problem").TextContent);
        page.Act(shown => shown.Find("#attendance-days").Input("90"));
        page.Act(shown => shown.Find("#quarter-days").Input("20"));
        Assert.Equal("Enter at least 30 days, the retention of minutes: charts continue with quarters of an hour where minutes end.", page.ByTestId("problem").TextContent);
        page.Act(shown => shown.Find("#quarter-days").Input("730"));
        page.Act(shown => shown.Find("#empty-minutes").Input("1441"));
        Assert.Equal("Enter 0 to 1,440 minutes.", page.ByTestId("problem").TextContent);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Save_OfShorterRetention_WarnsPutsItInForceAndCanBeUndone()
    {
        var page = await RenderRetentionAsync();
        Assert.Empty(page.AllByTestId("kept-shorter"));
        page.Act(shown => shown.Find("#attendance-days").Input("14"));
        page.Act(shown => shown.Find("#empty-minutes").Input("10"));
        Assert.Contains("deletes what is older", page.ByTestId("kept-shorter").TextContent, StringComparison.Ordinal);

        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        Assert.Equal((14, TimeSpan.FromMinutes(10), "mod@example.com"), (Kept.AttendanceDays, Kept.EmptyGap, Kept.UpdatedBy));
        Assert.Empty(page.AllByTestId("kept-shorter"));
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal((90, TimeSpan.FromMinutes(5), 2), (Kept.AttendanceDays, Kept.EmptyGap, Kept.Version));
        await PassUntilAsync(() => { Beat("main", "ada"); return page.Find("#attendance-days").GetAttribute("value") == "90"; });
    }

    [Fact]
    public async Task Save_AfterSomebodyElse_SavesNothingAndKeepsWhatWasTyped()
    {
        var page = await RenderRetentionAsync();
        page.Act(shown => shown.Find("#event-days").Input("7"));
        await Services.GetRequiredService<HistorySettingsStore>().ChangeAsync(new HistorySettings { MinuteDays = 12 }, "eve@example.com", null, null, Cancellation);

        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        Assert.Contains("eve@example.com changed these settings", page.ByTestId("kept-outcome").TextContent, StringComparison.Ordinal);
        Assert.Equal((12, 180), (Kept.MinuteDays, Kept.EventDays));
        Assert.Equal(("12", "7"), (page.Find("#minute-days").GetAttribute("value"), page.Find("#event-days").GetAttribute("value")));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Assert.Equal((12, 7), (Kept.MinuteDays, Kept.EventDays));
    }

    [Fact]
    public async Task Retention_ForAnObserver_IsShownAndCannotBeSaved()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        var page = await RenderRetentionAsync();

        Assert.Empty(page.FindAll("button[type=submit]"));
        Assert.True(page.Find("#minute-days").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Volume_AfterAnHour_SaysWhatADayAddsAndWhatRetentionComesTo()
    {
        Time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 20, 0, 0, TimeSpan.Zero));
        for (var visits = 0; visits < 50; visits++)
        {
            Beat("main", "ada");
            Pass(TimeSpan.FromSeconds(75));
        }
        await KeepHistoryAsync();

        var page = await RenderRetentionAsync();
        await PassUntilAsync(() => page.ByTestId("kept-volume").QuerySelectorAll("td").Length > 0);

        Assert.Contains("50", PairOf(page, SettingsTexts.KeptVisits), StringComparison.Ordinal);
        Assert.Contains("visits)", PairOf(page, SettingsTexts.KeptADay), StringComparison.Ordinal);
        var before = RowOf(page, SettingsTexts.KeptAttendance);
        page.Act(shown => shown.Find("#attendance-days").Input("900"));
        Assert.Equal(before[0], RowOf(page, SettingsTexts.KeptAttendance)[0]);
        Assert.NotEqual(before[1], RowOf(page, SettingsTexts.KeptAttendance)[1]);
    }

    private HistorySettings Kept => Services.GetRequiredService<HistorySettingsStore>().Current;

    private static string PairOf(IRenderedComponent<SettingsPage> page, string name) =>
        page.ByTestId("kept-volume").QuerySelectorAll("dl > div").Single(pair => pair.QuerySelector("dt")!.TextContent == name).QuerySelector("dd")!.TextContent;

    private static string[] RowOf(IRenderedComponent<SettingsPage> page, string name) =>
        [.. page.ByTestId("kept-volume").QuerySelectorAll("tr").Single(row => row.QuerySelector("th")!.TextContent == name).QuerySelectorAll("td").Select(cell => cell.TextContent)];

    private async Task<IRenderedComponent<SettingsPage>> RenderRetentionAsync()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/settings?tab=retention");
        var page = Render<SettingsPage>();
        await PassUntilAsync(() => page.FindAll("#minute-days").Count == 1);
        return page;
    }
}
