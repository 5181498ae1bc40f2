using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>One viewer among many: found, looked at, sent away for a while, let in again.</summary>
public sealed class ModerationTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task Viewer_AmongMany_IsFoundRemovedAndLetInAgain()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var user = 0; user < 2_000; user++)
            Beat(engine, $"user-{user}", $"Viewer {user}");
        using var troll = await OutsideViewer.LogInAsync(host, "troll", "Terry Pest");
        await troll.HeartbeatAsync("stage");
        await using var visit = await chromium.VisitAsync(host.BaseAddress, 390, 844);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/stage");
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2,001");

        await page.GetByLabel("Search viewers").FillAsync("terry");
        await Expect(page.GetByTestId("viewer-name")).ToHaveTextAsync(["Terry Pest"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sessions of Terry Pest" }).ClickAsync();
        await Expect(page.GetByTestId("session")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Terry Pest" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("Spam in the chat");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove for 5 min" }).ClickAsync();

        await Expect(page.GetByText("Terry Pest is banned from this room until")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2,000");
        await page.GetByRole(AriaRole.Link, new() { Name = "Events" }).ClickAsync();
        await Expect(page.Locator("[aria-labelledby=just-left] li").First).ToContainTextAsync("Terry Pest");
        await Expect(page.Locator("[aria-labelledby=just-left] li").First).ToContainTextAsync("removed");
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await troll.TryHeartbeatAsync("stage"));

        var lift = page.GetByRole(AriaRole.Button, new() { Name = "Lift ban: Terry Pest" });
        await lift.Last.ClickAsync();
        await Expect(lift).ToHaveCountAsync(0); // only then has the server heard of it
        await troll.HeartbeatAsync("stage");
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2,001");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Roster_OfFiftyThousand_ScrollsToItsEndAndHoldsFewRows()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var user = 0; user < 50_000; user++)
            Beat(engine, $"user-{user}", $"Viewer {user}");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/stage");
        await Expect(page.GetByTestId("viewer-name").First).ToHaveTextAsync("Viewer 49999");

        await page.Locator("[aria-labelledby=watching] [role=region]").EvaluateAsync("frame => frame.scrollTo(0, frame.scrollHeight)");
        await Expect(page.GetByTestId("viewer-name").Last).ToHaveTextAsync("Viewer 0");
        Beat(engine, "late", "Late Arrival");

        await Expect(page.GetByTestId("waiting")).ToBeVisibleAsync();
        Assert.InRange(await page.Locator("tbody tr").CountAsync(), 5, 60);
        await page.Locator("[aria-labelledby=watching] [role=region]").EvaluateAsync("frame => frame.scrollTo(0, 0)");
        await Expect(page.GetByTestId("viewer-name").First).ToHaveTextAsync("Late Arrival");
        Assert.Empty(visit.Errors);
    }

    private static void Beat(PresenceEngine engine, string userId, string name) =>
        engine.Heartbeat(new Heartbeat { RoomId = "stage", UserId = userId, SessionId = "", Profile = new UserProfile(name, null) });
}
