using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Everything a moderator chose stands in the address: a reload shows it again, and so does the link in somebody else's browser.</summary>
public sealed class AddressJourneyTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    [Fact]
    public async Task Room_AsAModeratorArrangedIt_IsTheSameInAnotherBrowser()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, height: 700);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/main-stage");

        await page.GetByLabel("Search viewers").FillAsync("a");
        await UntilAsync("?search=a");
        await FollowAsync(page.GetByRole(AriaRole.Link, new() { Name = "Hidden", Exact = true }), "search=a");
        await FollowAsync(page.GetByRole(AriaRole.Columnheader, new() { Name = "Viewer" }).GetByRole(AriaRole.Link), "state=hidden");
        await page.Locator("tbody td").First.WaitForAsync();
        await page.Locator("button[aria-label^='Sessions of']").First.ClickAsync();
        await UntilAsync("&open=");
        await FollowAsync(page.GetByRole(AriaRole.Link, new() { Name = "Explain this number" }), "open=");
        await FollowAsync(page.GetByRole(AriaRole.Link, new() { Name = "15 min" }), "explain=1");
        await UntilAsync("&range=15m");
        await FollowAsync(page.GetByRole(AriaRole.Link, new() { Name = "Edit" }), "range=15m");
        await page.GetByLabel("Title").FillAsync("Half typed");
        var scrolled = await page.EvaluateAsync<int>("() => { scrollTo(0, 120); return Math.round(scrollY); }");
        await page.GetByLabel("Step through the chart by minute").FocusAsync();
        for (var step = 0; step < 4; step++)
            await page.Keyboard.PressAsync("ArrowLeft");
        await UntilAsync("&at=20");
        Assert.Equal(scrolled, await ScrolledAsync(page));
        var readOut = await page.GetByTestId("chart-reading").TextContentAsync();
        var shown = await ShownAsync(page);

        Assert.DoesNotContain("Half", page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await visit.WaitUntilLiveAsync();
        await SeesAsync(page);
        await using var colleague = await chromium.VisitAsync(evening.Host.BaseAddress, height: 700);
        await colleague.SignInAsync(new Uri(page.Url).PathAndQuery);
        await SeesAsync(colleague.Page);
        Assert.Empty(visit.Errors);

        // The pause before the address is written is one of the evening's clock, which stands still.
        Task UntilAsync(string part) => Eventually.TrueAsync(
            () =>
            {
                evening.Clock.Advance(TimeSpan.FromMilliseconds(50));
                return page.Url.Contains(part, StringComparison.Ordinal);
            },
            $"{part} in the address");

        // A link of the page knows what was chosen before a round trip after the address does.
        static async Task FollowAsync(ILocator link, string chosenBefore)
        {
            await Expect(link).ToHaveAttributeAsync("href", new Regex(Regex.Escape(chosenBefore), RegexOptions.None, TimeSpan.FromSeconds(1)));
            await link.ClickAsync();
        }

        async Task SeesAsync(IPage seen)
        {
            await Expect(seen.GetByTestId("session").First).ToBeVisibleAsync();
            Assert.Equal(shown, await ShownAsync(seen));
            Assert.Equal(readOut, await seen.GetByTestId("chart-reading").TextContentAsync());
            await Expect(seen.GetByLabel("Search viewers")).ToHaveValueAsync("a");
            await Expect(seen.Locator("#explanation")).ToBeVisibleAsync();
            await Expect(seen.GetByRole(AriaRole.Group, new() { Name = RoomTexts.RangeLabel }).Locator("[aria-current]")).ToHaveTextAsync("15 min");
            await Expect(seen.GetByLabel("Title")).ToHaveValueAsync("");
        }
    }

    [Fact]
    public async Task Page_ScrolledDown_StaysThereWhenAFilterIsChosenAndNotOnAnotherPage()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, 390, 420);
        var page = visit.Page;
        await visit.SignInAsync("/rooms");
        await Expect(page.GetByTestId("room-name").First).ToBeVisibleAsync();
        await page.EvaluateAsync("document.scrollingElement.scrollTop = 40");
        var scrolled = await ScrolledAsync(page);
        Assert.True(scrolled > 0);

        await page.GetByRole(AriaRole.Link, new() { Name = "With guests", Exact = true }).EvaluateAsync("link => link.click()");
        await page.WaitForURLAsync("**/rooms?show=*");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "With guests", Exact = true })).ToHaveAttributeAsync("aria-current", new Regex(".", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Equal(scrolled, await ScrolledAsync(page));
        await page.GetByTestId("room-name").First.EvaluateAsync("room => (room.closest('a') ?? room.querySelector('a') ?? room).click()");
        await Expect(page.GetByTestId("viewer-count")).ToBeVisibleAsync();

        await page.WaitForFunctionAsync("() => scrollY === 0");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Rooms_OnAPhone_AreSortedByPeakAndByHowLongTheyAreLive()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
        });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        Fill(engine, "first", 1);
        Fill(engine, "was full", 9);
        for (var viewer = 1; viewer < 9; viewer++)
            engine.Leave("was full", $"was full {viewer}", "");
        Fill(engine, "full", 5);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, 390, 844);
        var page = visit.Page;
        await visit.SignInAsync("/rooms");
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["full", "first", "was full"]);
        await SortAsync("Highest peak");
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["was full", "full", "first"]);
        await Expect(page.GetByTestId("row-note").First).ToContainTextAsync("peak 9");
        await SortAsync("Newest");
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["full", "was full", "first"]);
        await page.ReloadAsync();
        await visit.WaitUntilLiveAsync();

        await Expect(Sort()).ToHaveTextAsync("Newest");
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["full", "was full", "first"]);
        Assert.Empty(visit.Errors);

        ILocator Sort() => page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Sort by", RegexOptions.None, TimeSpan.FromSeconds(1)) });

        async Task SortAsync(string order)
        {
            await Sort().ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = order, Exact = true }).ClickAsync();
        }
    }

    [Fact]
    public async Task Lists_WhileTheirFirstLinesAreOnTheWay_AreAsTallAsWithThem()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
        });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var room = 0; room < 300; room++)
            Fill(engine, $"room {room:000}", 1);
        Fill(engine, "few", 3);
        Fill(engine, "many", 2_000);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync();

        foreach (var path in (string[])["/rooms?sort=name", "/rooms/few", "/rooms/many"])
        {
            await page.RouteAsync("**/blazor.web*.js", route => route.AbortAsync());
            await page.GotoAsync(path);
            var before = await HeightsAsync(page);
            if (path.StartsWith("/rooms?", StringComparison.Ordinal))
                await Expect(page.GetByTestId("room-name")).ToHaveCountAsync(40);
            await page.UnrouteAsync("**/blazor.web*.js");
            await visit.OpenAsync(path);
            await page.Locator("tbody td").First.WaitForAsync();

            Assert.Equal(before, await HeightsAsync(page));
        }
    }

    private static Task<int> ScrolledAsync(IPage page) => page.EvaluateAsync<int>("() => Math.round(scrollY)");

    private static Task<string> HeightsAsync(IPage page) => page.EvaluateAsync<string>(
        "() => [...document.querySelectorAll('[data-testid=hold-area], [aria-labelledby=watching] [role=region]')].map(frame => Math.round(frame.getBoundingClientRect().height) + ' at ' + Math.round(frame.getBoundingClientRect().top)).join()");

    private static async Task<string> ShownAsync(IPage page) =>
        string.Join('|', await page.GetByTestId("viewer-name").AllTextContentsAsync());

    private static void Fill(PresenceEngine engine, string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            engine.Heartbeat(new Heartbeat { RoomId = room, UserId = $"{room} {viewer}", SessionId = "" });
    }
}
