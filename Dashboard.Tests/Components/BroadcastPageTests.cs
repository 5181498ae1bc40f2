using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class BroadcastPageTests : PastPageTest
{
    private IRenderedComponent<MudPopoverProvider>? _popovers;

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public async Task Page_OfABroadcastThatIsOver_SaysWhatItCameTo()
    {
        var page = Render(await EveningAsync());

        Assert.Equal("stage, Sunday evening", page.Find("h1").TextContent);
        Assert.Equal("29 November, 20:15 – 20:30, 15 min. 525% more people than the one before.", page.ByTestId("when").TextContent);
        Assert.Equal(
            [
                "Peak|25|at 20:15", "Different people|25|1 guest", "Average|23|viewers at once", "Median stay|15 min|± 30 s",
                "Watched|5 h 31 min|13 min a head|under 1 min of it hidden", "Returning|0%|0 people, 25 new",
            ],
            page.FindAll("[data-testid=figures] > div").Select(figure => string.Join('|', figure.Children.Select(part => part.TextContent))));
        Assert.Equal("dashed: the one before", page.Find("figcaption span").TextContent);
        Assert.Equal("downloads/broadcasts/2/attendance.csv", page.FindComponent<Dashboard.Components.Shared.CsvDownload>().Instance.Href);
    }

    [Fact]
    public async Task Page_WithAFall_OpensWithWhyAndSaysItInASentence()
    {
        var page = Render(await EveningAsync());

        page.WaitForAssertion(() => Assert.Equal("8 of 8 timed out. In the quarter of an hour before, no one left. 8 were on Android · 4.2.1, 32% of the room. Probably delivery, not content.", page.ByTestId("finding").TextContent));
        Assert.StartsWith("Why 8 left, 20:2", page.Find("[data-testid=drop-panel] h2").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("[data-testid=moments] button"), moment => moment.TextContent.Contains("−8 in 1 min", StringComparison.Ordinal) && moment.GetAttribute("aria-pressed") == "true");
        Assert.Contains("−8", page.AllByTestId("chart-mark").Select(mark => mark.TextContent.Trim()));
    }

    [Fact]
    public async Task Chart_StretchDraggedOrChosenWithAHandle_StandsInTheAddressAndIsAsked()
    {
        var page = Render(await EveningAsync());

        await page.ActAsync(shown => shown.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "2-4" }));

        Assert.EndsWith("?from=20261129T201700Z&until=20261129T202000Z", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("No one left, 20:17 – 20:20", page.Find("[data-testid=drop-panel] h2").TextContent));
        await page.ActAsync(shown => shown.Find("input[aria-label='End of the stretch']").ChangeAsync(new ChangeEventArgs { Value = "13" }));
        page.WaitForAssertion(() => Assert.Equal("Why 8 left, 20:17 – 20:29", page.Find("[data-testid=drop-panel] h2").TextContent));
        Assert.Equal("20:17 · 25 watching · 0 joined, 0 left · the one before: 4", page.Find("input[aria-label='Start of the stretch']").GetAttribute("aria-valuetext"));
    }

    [Fact]
    public async Task Chart_OfAnyKind_HasItsNumbersAsATable()
    {
        var page = Render(await EveningAsync());

        await page.ActAsync(shown => shown.ByRole("button", HistoryTexts.ShowTable).ClickAsync(new()));

        Assert.Equal(["Time", "Viewers", "the one before", "Joined", "Left"], page.FindAll("figure thead th").Select(head => head.TextContent));
        Assert.Equal(["20:15", "25", "4", "25", "0"], page.FindAll("figure tbody tr")[0].Children.Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task Chart_PlacePressed_ShowsWhoWasHereThenAndWhoLeftUntilAnotherMoment()
    {
        var page = Render(await EveningAsync());

        await page.ActAsync(shown => shown.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "5-5" }));

        page.WaitForAssertion(() => Assert.Equal("25 watching at 20:20:00 · 1 guest", Words(page.ByTestId("moment-count").TextContent)));
        Assert.Equal(25, page.FindAll("[data-testid=moment-visits] li").Count);
        Assert.Contains("viewers/web-1", page.FindAll("[data-testid=moment-visits] a").Select(link => link.GetAttribute("href")));

        var comparing = page.InvokeAsync(() => page.ByRole("button", HistoryTexts.MomentCompare).ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("moment-comparison").Count == 1);
        await comparing;
        var moving = page.InvokeAsync(() => page.Find("input[aria-label='Second: time']").ChangeAsync(new ChangeEventArgs { Value = "20:28:00" }));
        await PassUntilAsync(() => page.ByTestId("moment-comparison").TextContent == "25 at first, 17 later. 17 stayed.");
        await moving;
        Assert.Equal(["Left: 8", "Joined: 0"], page.FindAll("[data-testid=moment-visits] h3").Select(list => list.TextContent));
    }

    [Fact]
    public async Task Compare_WithTheOneBefore_PutsBothBesideEachOther()
    {
        var second = await EveningAsync();

        var page = Render(second, "?compare=1");

        Assert.Equal("Compared with 29 November, 19:55", page.Find("[data-testid=comparison] h2").TextContent);
        Assert.Contains(["Peak", "25", "4", "+525%"], page.FindAll("[data-testid=comparison] tbody tr").Select(row => row.Children.Select(cell => cell.TextContent)));
        Assert.Equal("dashed: 29 November, 19:55", page.Find("figcaption span").TextContent);

        page = Render(second, "?compare=usual");
        Assert.Equal("Compared with the one before", page.Find("[data-testid=comparison] h2").TextContent);
    }

    [Fact]
    public async Task Compare_WithABroadcastOfAnotherRoom_IsNone()
    {
        var stage = await EveningAsync();
        Join("side", ["ada"]);
        await WatchAsync(3);
        var side = (await History.ReadBroadcastsAsync(new BroadcastQuery { RoomId = "side" }, Cancellation)).Items[0];

        var page = Render(stage, string.Create(CultureInfo.InvariantCulture, $"?compare={side.Id}"));

        Assert.Empty(page.AllByTestId("comparison"));
    }

    [Fact]
    public async Task Page_OfABroadcastThatGoesOn_SaysSoAndKeepsUp()
    {
        Join("stage", ["ada", "ben"]);
        await WatchAsync(4);
        var page = Render((await History.ReadBroadcastsAsync(new BroadcastQuery(), Cancellation)).Items[0]);
        Assert.Equal("29 November, live since 19:55, 4 min so far. ", page.ByTestId("when").TextContent);
        Assert.Equal(HistoryTexts.Live, page.ByTestId("live").TextContent.Trim());
        Assert.Equal("2", page.Find("[data-testid=figures] dd").TextContent);

        Join("stage", ["cem"]);
        await PassUntilAsync(() => page.Find("[data-testid=figures] dd").TextContent == "3");
    }

    [Fact]
    public void Page_OfNoBroadcast_SaysWhyAndTheWayOn()
    {
        var page = Render(new Broadcast(99, "stage", null, Time.GetUtcNow(), null, BroadcastEnd.None, null));

        Assert.Contains("broadcasts are kept for 730 days", page.ByTestId("no-broadcast").TextContent, StringComparison.Ordinal);
        Assert.Equal("history", page.ByRole("link", HistoryTexts.BroadcastGoneNext).GetAttribute("href"));
    }

    [Fact]
    public async Task Page_ThatCannotBeRead_SaysSoAndTriesAgain()
    {
        var broadcast = await EveningAsync();
        var file = DatabaseFile;
        await Database.DisposeAsync();
        File.Move(file, file + ".away");
        var page = Render(broadcast);

        Assert.Contains(HistoryTexts.BroadcastFailed, page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Share_AsAModerator_MakesALinkWithoutNamesThatAnObserverIsNotOffered()
    {
        var broadcast = await EveningAsync();
        var dialogs = Render<MudDialogProvider>();
        var page = Render(broadcast);

        var sharing = page.InvokeAsync(() => page.ByRole("button", HistoryTexts.Share).ClickAsync(new()));
        dialogs.WaitForAssertion(() => Assert.NotEmpty(dialogs.AllByRole("button", HistoryTexts.ShareMake)));
        Assert.Empty(ShareLinks.List());
        await dialogs.ActAsync(shown => shown.ByRole("button", HistoryTexts.ShareMake).ClickAsync(new()));

        var link = Assert.Single(ShareLinks.List());
        Assert.Equal(("stage", ShareLinkKind.Broadcast, false, broadcast.Id), (link.RoomId, link.Kind, link.ShowsNames, link.BroadcastId!.Value));
        Assert.Matches("^http://localhost/shared/broadcast#[0-9A-Za-z]{32}$", dialogs.Find("code").TextContent);
        await dialogs.ActAsync(shown => shown.ByRole("button", SharedTexts.Close).ClickAsync(new()));
        await sharing;

        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Assert.Empty(Render(broadcast).AllByRole("button", HistoryTexts.Share));
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<BroadcastPage> Render(Broadcast broadcast, string query = "")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(HistoryLinks.Broadcast(broadcast.Id) + query);
        _popovers ??= Render<MudPopoverProvider>();
        var page = Render<BroadcastPage>(parameters => parameters.Add(shown => shown.Id, broadcast.Id));
        page.WaitForAssertion(() => Assert.False(page.AllByTestId("loading").Any() && page.FindAll("h1")[0].TextContent == HistoryTexts.BroadcastUnread));
        return page;
    }
}
