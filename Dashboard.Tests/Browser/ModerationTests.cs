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
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("Spam in the chat");
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
    public async Task Bans_FromTheRowInTwoTapsAndFromAList_AreFoundLiftedAndUndone()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        foreach (var user in new[] { "ada", "ben", "cat" })
            Beat(engine, user, user);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/stage");

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove ada" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove forever" }).ClickAsync();
        await Expect(page.GetByText("is banned from this room until it is lifted")).ToBeVisibleAsync();
        Assert.True(engine.RemovalOf("ada", "stage")!.IsForever);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).Last.ClickAsync();
        await Expect(page.GetByText("Ban lifted for")).ToBeVisibleAsync();
        Assert.Null(engine.RemovalOf("ada", "stage"));

        await visit.OpenAsync("/bans");
        await Expect(page.GetByTestId("empty")).ToHaveTextAsync("No bans in force.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ban a list" }).ClickAsync();
        await page.GetByLabel("User ids, one per line").FillAsync("ada\nben\nada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Spam" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ban 2 users for 1 h" }).ClickAsync();
        await Expect(page.GetByText("Users banned: 2.")).ToBeVisibleAsync();
        var rows = page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        Assert.Equal(("Spam", 1), (engine.RemovalOf("ben", null)!.Reason, engine.Count("stage").Viewers));

        await page.GetByLabel("Search user, room").FillAsync("BEN");
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Lift the ban of ben" }).ClickAsync();
        await Expect(page.GetByText("Bans lifted: 1.")).ToBeVisibleAsync();
        Assert.Null(engine.RemovalOf("ben", null));
        await page.GetByRole(AriaRole.Link, new() { Name = "Past" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).Last.ClickAsync();
        await Expect(page.GetByText("Restored: 1.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "In force" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        Assert.Equal("Spam", engine.RemovalOf("ben", null)!.Reason);
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
