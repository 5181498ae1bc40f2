using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.History;

namespace Presence.Dashboard.Tests.Components;

public sealed class HistoryPageTests : PastPageTest
{
    private IRenderedComponent<MudPopoverProvider>? _popovers;

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public void Page_BeforeAnyBroadcast_SaysHowOneBegins()
    {
        var page = Render();

        Assert.Equal("No broadcast yet", page.Find("[data-testid=no-history] h2").TextContent);
        Assert.Equal("connect", page.ByRole("link", HistoryTexts.EmptyNext).GetAttribute("href"));
    }

    [Fact]
    public async Task Page_OfTheNetwork_AddsTheRangeUpAndListsBroadcasts()
    {
        await EveningAsync();
        Join("side", ["ada"]);
        await WatchAsync(3);

        var page = Render();

        Assert.Equal(["Peak|25|at 20:15", "Average|8.6|while the server ran", "Watched|6 h 19 min|under 1 min of it hidden", "Joined|30", "Left|29|8 timed out"], Totals(page));
        Assert.Equal(
            ["sideLive|20:38|3 min|1|1|2 min", "stage|20:15|15 min|25|25|5 h 31 min", "stage|19:55|10 min|4|4|40 min"],
            page.AllByTestId("broadcast").Select(row => string.Join('|', row.Children.Select(Words))));
        Assert.Equal("downloads/history.csv", page.FindComponent<CsvDownload>().Instance.Href);
        Assert.Equal("broadcasts/2", page.FindAll("[data-testid=broadcast] a")[1].GetAttribute("href"));
    }

    [Fact]
    public async Task LiveBroadcast_InTheList_ShowsWhatItsPageDoes()
    {
        Join("stage", [.. Names("web", 5)]);
        await WatchAsync(4);
        Leave("stage", "web-1");
        Join("stage", ["late"]);
        await WatchAsync(0.5);

        var row = Render().ByTestId("broadcast");

        var figures = (await History.ReadBroadcastAsync(1, Cancellation))!.Broadcast.Figures!;
        Assert.Equal((6, 5), (figures.People, figures.Peak));
        Assert.Equal(["5", "6", Durations.Together(figures.Watched)], row.Children.TakeLast(3).Select(cell => cell.TextContent));
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(6, null, 1)] // the stage has seven: six there, one gone
    [InlineData(8, 7, 1)]
    [InlineData(7, 7, null)]
    public async Task LiveBroadcasts_BeyondTheVisitsAListMayRead_HaveNoFigures(int visits, int? stage, int? side)
    {
        Join("side", ["ada"]);
        await WatchAsync(1);
        Join("stage", Names("web", 7));
        await WatchAsync(1);
        Leave("stage", "web-1");
        await WatchAsync(1);

        var page = await History.ReadBroadcastsAsync(new BroadcastQuery { LiveVisits = visits }, Cancellation);

        Assert.Equal([("stage", stage), ("side", side)], page.Items.Select(broadcast => (broadcast.RoomId, broadcast.Figures?.People)));
    }

    [Fact]
    public async Task Range_ChosenOrZoomedInto_StandsInTheAddress()
    {
        await EveningAsync();
        var page = Render("?range=7d");
        Assert.Equal("7 d", page.Find("nav[aria-label=Range] [aria-current]").TextContent);

        await page.ActAsync(shown => shown.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "166-168" }));

        Assert.EndsWith("/history?from=20261129T180000Z&until=20261129T203600Z", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("downloads/history.csv?from=20261129T180000Z&until=20261129T203600Z", page.FindComponent<CsvDownload>().Instance.Href));
        Assert.Empty(page.FindAll("nav[aria-label=Range] [aria-current]"));
        page.WaitForAssertion(() => Assert.Equal("2026-11-29", page.FindAll("input[type=date]")[0].GetAttribute("value"))); // the fields follow the address
        await page.ActAsync(shown => shown.FindAll("input[type=date]")[0].ChangeAsync(new ChangeEventArgs { Value = "2026-11-28" }));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Assert.EndsWith("/history?from=20261128T000000Z&until=20261130T000000Z", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("2026-11-29", page.FindAll("input[type=date]")[1].GetAttribute("value")));
        await page.ActAsync(shown => shown.FindAll("input[type=date]")[1].ChangeAsync(new ChangeEventArgs { Value = "2026-11-01" }));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Assert.Equal(HistoryTexts.RangeProblem, page.Find("[role=alert]").TextContent);
    }

    [Fact]
    public async Task Zone_OfTheBrowser_MovesTheClockAndTheDays()
    {
        Services.GetRequiredService<LocalTime>().Use("Asia/Kathmandu");
        await EveningAsync();

        Assert.Contains("19:55", Render().AllByTestId("broadcast")[1].TextContent, StringComparison.Ordinal);
        var browser = Render("?zone=browser");

        Assert.Contains("01:40", browser.AllByTestId("broadcast")[1].TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(browser.AllByRole("button", "Time zone: Asia/Kathmandu"));
    }

    [Fact]
    public async Task Filter_ForARoomWithoutBroadcasts_SaysTheWayOn()
    {
        await EveningAsync();

        var page = Render("?room=nowhere");

        Assert.Equal("No broadcasts of nowhere in this range. Check the room’s id, or choose a longer range.", page.ByTestId("no-broadcasts").TextContent);
        Assert.Equal(2, Render("?room=stage").AllByTestId("broadcast").Count);
    }

    [Fact]
    public async Task List_OfMoreThanAPage_GoesOnWithTheOlder()
    {
        for (var room = 0; room < HistoryPageQuery.Listed + 2; room++)
            Join($"room-{room:00}", [$"viewer-{room}"]);
        await WatchAsync(2);
        var page = Render();
        Assert.Equal(HistoryPageQuery.Listed, page.AllByTestId("broadcast").Count);

        var older = Render(new Uri(page.ByRole("link", HistoryTexts.PageNext).GetAttribute("href")!).Query);

        Assert.Equal(2, older.AllByTestId("broadcast").Count);
        Assert.Empty(older.AllByRole("link", HistoryTexts.PageNext));
        Assert.NotEmpty(older.AllByRole("link", HistoryTexts.PageFirst));
    }

    [Fact]
    public async Task Room_WithTwoBroadcastsChosen_ComparesThem()
    {
        await EveningAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo("rooms/stage/history");
        var page = Render<HistoryPage>(parameters => parameters.Add(shown => shown.RoomId, "stage"));
        page.WaitForAssertion(() => Assert.Equal(2, page.AllByTestId("broadcast").Count));
        Assert.Equal("stage History", Words(page.Find("h1")));
        Assert.Equal("downloads/rooms/stage/history.csv", page.FindComponent<CsvDownload>().Instance.Href);
        Assert.True(page.ByRole("button", HistoryTexts.CompareTwo).HasAttribute("disabled"));

        foreach (var number in (int[])[0, 1])
            await page.ActAsync(shown => shown.FindAll("input[type=checkbox]")[number].ChangeAsync(new ChangeEventArgs { Value = true }));
        await page.ActAsync(shown => shown.ByRole("button", HistoryTexts.CompareTwo).ClickAsync(new()));

        Assert.EndsWith("/broadcasts/2?compare=1", Address, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Totals(IRenderedComponent<HistoryPage> page) =>
        page.FindAll("[data-testid=totals] > div").Select(total => string.Join('|', total.Children.Select(part => part.TextContent)));

    private static string Words(AngleSharp.Dom.IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<HistoryPage> Render(string query = "")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("history" + query);
        _popovers ??= Render<MudPopoverProvider>();
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Empty(page.AllByTestId("loading")));
        return page;
    }
}
