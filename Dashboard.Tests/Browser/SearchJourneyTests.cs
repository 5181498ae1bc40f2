using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a moderator does without the mouse: finds anything, goes from row to row and from room to room.</summary>
public sealed class SearchJourneyTests(ChromiumBrowser chromium, PopulatedHost evening) : AppearanceTest, IClassFixture<PopulatedHost>
{
    [Fact]
    public async Task Search_TypedAndEntered_LandsOnTheViewer()
    {
        var person = evening.Engine.Viewers("main-stage", new Presence.Engine.Rooms.ViewerQuery { Limit = 1 }).Viewers[0];
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/settings");
        var field = page.GetByRole(AriaRole.Combobox, new() { Name = "Search", Exact = true });

        await page.Keyboard.PressAsync("/");
        await Expect(field).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(field).ToBeHiddenAsync();
        await page.GetByLabel("Reason").FocusAsync();
        await page.Keyboard.PressAsync("Control+k"); // also while somebody types
        await Expect(field).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(person.UserId);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex("/viewers/" + Regex.Escape(person.UserId) + "$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(field).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("caf");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "café-español" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "café-español" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "café-español" })).ToBeVisibleAsync();
        await Expect(field).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.GetByTestId("search-option").First).ToContainTextAsync("café-español"); // opened lately
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Keys_GoFromRowToRowAndFromRoomToRoom()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        var page = visit.Page;
        await visit.SignInAsync("/rooms?sort=name");
        var names = await page.GetByTestId("room-name").AllTextContentsAsync();

        await page.Keyboard.TypeAsync("jj");
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.TypeAsync("j");
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByTestId("pinned").GetByTestId("room-name")).ToHaveTextAsync([names[1]]);
        await page.GetByRole(AriaRole.Link, new() { Name = names[1], Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByTestId("pinned")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = names[1], Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = names[1] })).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("]");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = names[2] })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("[");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = names[1] })).ToBeVisibleAsync();

        await Expect(page.GetByTestId("viewer-name").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("b"); // of no row: nothing
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("b");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Search_WithPeopleRoomsAndActions_IsAccessibleAndFits()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/rooms");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search", Exact = true }).FillAsync("ra");
        await Expect(visit.Page.GetByTestId("search-option").First).ToBeVisibleAsync();
        await CheckAsync(visit, "search");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search", Exact = true }).FillAsync("nobody at all");
        await Expect(visit.Page.GetByTestId("search-empty")).ToBeVisibleAsync();
        await CheckAsync(visit, "search-empty");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }
}
