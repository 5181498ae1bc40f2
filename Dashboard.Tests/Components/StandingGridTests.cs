using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Sorting and filtering of a grid, on the page of share links.</summary>
public sealed class StandingGridTests : PageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Filter_Typed_NarrowsTheRowsAndClearedRestoresThem()
    {
        var page = await RenderLinksAsync();
        Assert.Equal(["stage", "lobby", "café"], Rooms(page));

        page.Act(shown => shown.Find("input[type=search]").Input("CAFE"));
        await PassUntilAsync(() => Rooms(page).SequenceEqual(["café"]));
        Assert.Equal("1 of 3", page.ByTestId("grid-showing").TextContent);
        Assert.EndsWith("?filter=CAFE", Navigation.Uri, StringComparison.Ordinal);

        page.Act(shown => shown.Find("input[type=search]").Input("nobody"));
        await PassUntilAsync(() => page.AllByTestId("empty") is [var nothing] && nothing.TextContent == SharedTexts.FilterNothing);

        page.Act(shown => shown.Find("input[type=search]").Input(""));
        await PassUntilAsync(() => Rooms(page).Count == 3);
        Assert.Equal("", page.ByTestId("grid-showing").TextContent);
    }

    [Fact]
    public async Task Choice_Taken_NarrowsTogetherWithTheTextAndGoesWithAny()
    {
        var popovers = Render<MudPopoverProvider>();
        Navigation.NavigateTo("links?filter=e");
        var page = await RenderLinksAsync();
        Assert.Equal(["stage", "café"], Rooms(page));

        await page.ActAsync(shown => shown.ByRole("button", $"{ShareTexts.ColumnShows}: any").ClickAsync());
        popovers.WaitForAssertion(() => Assert.Equal(["any", ShareTexts.ShowsOverlay, ShareTexts.ShowsPage], popovers.FindAll("[role=menuitem]").Select(item => item.TextContent.Trim())));
        await page.InvokeAsync(() => Navigation.NavigateTo(popovers.ByRole("menuitem", ShareTexts.ShowsPage).GetAttribute("href")!));

        page.WaitForAssertion(() => Assert.Equal(["stage"], Rooms(page)));
        Assert.NotEmpty(page.AllByRole("button", $"{ShareTexts.ColumnShows}: {ShareTexts.ShowsPage}"));
        await page.InvokeAsync(() => Navigation.NavigateTo(popovers.ByRole("menuitem", "any").GetAttribute("href")!));
        page.WaitForAssertion(() => Assert.Equal(["stage", "café"], Rooms(page)));
    }

    [Fact]
    public async Task Heading_OfAColumn_SaysByWhatItSortsAndSorts()
    {
        var page = await RenderLinksAsync();

        await page.ActAsync(shown => shown.ByRole("button", $"Sort by {ShareTexts.ColumnRoom}").ClickAsync());
        Assert.Equal(["café", "lobby", "stage"], Rooms(page));
        await page.ActAsync(shown => shown.ByRole("button", $"Sort by {ShareTexts.ColumnRoom}").ClickAsync());

        Assert.Equal(["stage", "lobby", "café"], Rooms(page));
        Assert.Equal(ShareTexts.ColumnRoom, page.Find("[aria-sort=descending] button").TextContent);
    }

    private async Task<IRenderedComponent<ShareLinksPage>> RenderLinksAsync()
    {
        foreach (var (room, kind) in new[] { ("café", ShareLinkKind.Overlay), ("lobby", ShareLinkKind.Overlay), ("stage", ShareLinkKind.Page) })
        {
            await ShareLinks.MakeAsync(room, kind, showsNames: false, "ann", Cancellation);
            Time.Advance(TimeSpan.FromMinutes(1));
        }
        var page = Render<ShareLinksPage>();
        await page.WaitForElementAsync("tbody a");
        return page;
    }

    private static IReadOnlyList<string> Rooms(IRenderedComponent<ShareLinksPage> page) => [.. page.FindAll("tbody a").Select(room => room.TextContent)];
}
