using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A phone in one hand, mid-stream: the number stays in sight, the actions in reach, and nothing is too small to hit.</summary>
public sealed class TouchTargetTests(ChromiumBrowser chromium)
{
    private const int Width = 390;
    private const int Height = 844;

    [Fact]
    public async Task Number_HoweverFarThePeopleAreScrolled_StaysInSightWithTheSearch()
    {
        await using var host = await StartAsync();
        Fill(host, "stage", 40);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Width, Height);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/stage");
        await Expect(page.GetByTestId("viewer-name").First).ToBeVisibleAsync();

        await page.GetByTestId("viewer-name").Last.ScrollIntoViewIfNeededAsync();
        await Expect(page.GetByTestId("viewer-name").First).Not.ToBeInViewportAsync();
        Fill(host, "stage", 41);
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("41");
        await Expect(page.GetByTestId("viewer-count")).ToBeInViewportAsync();
        Assert.True(
            await BottomAsync(page.GetByRole(AriaRole.Region, new() { Name = "Viewers in this room" })) <= await TopAsync(page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })) + 1,
            "The people are under the bar.");

        await page.GetByLabel("Search viewers").FillAsync("stage 7");
        await Expect(page.GetByTestId("viewer-name")).ToHaveTextAsync(["stage 7"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Events" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Just left" })).ToBeInViewportAsync();
        await Expect(page.GetByTestId("viewer-count")).ToBeInViewportAsync();
        Assert.Contains("search=stage", page.Url, StringComparison.Ordinal);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Explain_UnderTheNumber_OpensWhereItIsSeen()
    {
        await using var host = await StartAsync();
        Fill(host, "stage", 3);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Width, Height);
        await visit.SignInAsync("/rooms/stage");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Explain this number" }).ClickAsync();

        await Expect(visit.Page.Locator("#explanation dd > span").First).ToBeInViewportAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Actions_OfEveryPageMidStream_AreAsTallAsAFingertip()
    {
        await using var host = await StartAsync();
        Fill(host, "stage", 40);
        await host.Services.GetRequiredService<Presence.Engine.Storage.RemovalStore>().RemoveAsync(
            new Removal("stage 1", "stage", host.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddHours(1), null), "ops", TestContext.Current.CancellationToken);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Width, Height);
        await visit.SignInAsync();
        var small = new List<string>();
        foreach (var path in (string[])["/", "/rooms", "/rooms/stage?explain=1", "/rooms/stage?edit=1", "/viewers/stage%201", "/viewers/stage%202", "/online", "/system"])
        {
            await visit.OpenAsync(path);
            await Expect(visit.Page.GetByTestId("freshness")).ToBeVisibleAsync();
            var found = await visit.Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll("main :is(button, select, summary, input[type=search], th a, nav a, [role=group] a, [aria-labelledby=room-settings] a, a[download], a[aria-expanded], a[href=wall])")]
                  .filter(action => action.checkVisibility() && action.getBoundingClientRect().height < 40)
                  .map(action => `${action.tagName} "${action.textContent.trim()}": ${action.getBoundingClientRect().height} px`)
                """);
            small.AddRange(found.Distinct(StringComparer.Ordinal).Select(action => $"{path}: {action}"));
        }

        Assert.Empty(small);
    }

    [Fact]
    public async Task RoomsRow_OnAPhone_TellsPeakAgeHiddenAndGuestsBelowAWholeName()
    {
        await using var host = await StartAsync();
        Fill(host, "album-release-live", 12);
        host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "album-release-live", UserId = "guest", SessionId = "", IsGuest = true, State = ViewerState.Hidden });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Width, Height);
        await visit.SignInAsync("/rooms");

        await Expect(visit.Page.GetByTestId("row-note")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^peak 13 · since .* · 1 hidden · 1 guest$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(visit.Page.GetByTestId("row-note")).ToBeVisibleAsync();
        Assert.True(await visit.Page.Locator("td:has([data-testid=room-name])").EvaluateAsync<bool>("cell => cell.scrollWidth <= cell.clientWidth"), "The name is cut.");
        Assert.True(await visit.Page.GetByTestId("row-note").EvaluateAsync<bool>("note => note.scrollWidth <= note.clientWidth"), "The second line is cut.");
    }

    [Fact]
    public async Task Rooms_WhilePointedAt_StandStill()
    {
        await using var host = await StartAsync();
        Fill(host, "first", 2);
        Fill(host, "second", 1);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms");
        await page.GetByRole(AriaRole.Link, new() { Name = "first" }).HoverAsync();
        await visit.AnsweredAsync();

        Fill(host, "second", 9);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Update order" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["first", "second"]);
        await page.Mouse.MoveAsync(700, 5);

        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["second", "first"]);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Update order" })).ToBeHiddenAsync();
        Assert.Empty(visit.Errors);
    }

    private static async Task<double> TopAsync(ILocator part) => (await part.BoundingBoxAsync())!.Y;

    private static async Task<double> BottomAsync(ILocator part)
    {
        var box = (await part.BoundingBoxAsync())!;
        return box.Y + box.Height;
    }

    private static void Fill(DashboardHost host, string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = room, UserId = $"{room} {viewer}", SessionId = "" });
    }

    // Nobody here beats again, and a slow machine takes its time: the timeout must not come in between.
    private static Task<DashboardHost> StartAsync() => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
    });
}
