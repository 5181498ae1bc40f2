using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Two moderators of one room.</summary>
public sealed class ModeratorJourneyTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task TwoModerators_OfOneRoom_SeeEachOtherTheirNotesAndWhoArrives()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await ModeratorOfTests.MakeAsync(host, "jonas@example.com", ModeratorRole.Moderator);
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        Beat("stage", "ada", "Ada");
        await using var first = await chromium.VisitAsync(host.BaseAddress, 1440, 900);
        await using var second = await chromium.VisitAsync(host.BaseAddress, 1440, 900);
        var (mod, jonas) = (first.Page, second.Page);
        await first.SignInAsync("/rooms/stage");
        await second.SignInByFormAsync("/rooms/stage", "jonas@example.com");

        // Each sees the other, and a claim.
        await Expect(mod.GetByTestId("moderators-text")).ToHaveTextAsync("jonas is here");
        await Expect(jonas.GetByTestId("moderators-text")).ToHaveTextAsync("mod is here");
        await mod.GetByRole(AriaRole.Button, new() { Name = "Claim room" }).ClickAsync();
        await Expect(jonas.GetByTestId("claim")).ToContainTextAsync("mod@example.com has this room");
        await mod.GetByRole(AriaRole.Button, new() { Name = "Leave a hand-over note" }).ClickAsync();
        await mod.GetByLabel("Hand-over note").FillAsync("Ben is on a last warning");
        await mod.GetByTestId("desk").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(jonas.GetByTestId("handover")).ToContainTextAsync("Ben is on a last warning");

        // What one is about to do, and the note that comes of it, stand in the other's row.
        await jonas.GetByRole(AriaRole.Button, new() { Name = "Add a note on Ada" }).ClickAsync();
        await Expect(mod.GetByTestId("moderators-text")).ToHaveTextAsync("jonas is writing a note on Ada");
        await Expect(mod.GetByTestId("row-acting")).ToBeVisibleAsync();
        await jonas.GetByLabel("Note", new() { Exact = true }).FillAsync("Speaks French");
        await jonas.GetByRole(AriaRole.Radio, new() { Name = "VIP" }).CheckAsync();
        await jonas.GetByRole(AriaRole.Button, new() { Name = "Add note", Exact = true }).ClickAsync();
        await Expect(mod.GetByTestId("row-flag")).ToHaveTextAsync("VIP");
        await Expect(mod.GetByTestId("row-note")).ToHaveAttributeAsync("title", "Note: Speaks French (jonas@example.com)");
        await Expect(mod.GetByTestId("row-acting")).ToHaveCountAsync(0);

        // Taken over, and told.
        await jonas.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
        await jonas.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
        await Expect(mod.GetByText("jonas@example.com took over stage.")).ToBeVisibleAsync();

        // Elsewhere by now, and told who arrives where.
        await first.OpenAsync("/settings");
        await Expect(jonas.GetByTestId("moderators-here")).ToHaveCountAsync(0);
        await first.AnsweredAsync();
        Beat("backstage", "ada", "Ada");
        await Expect(mod.GetByText("Ada (VIP) joined backstage.")).ToBeVisibleAsync();
        await mod.GetByRole(AriaRole.Link, new() { Name = "Show" }).ClickAsync();
        await Expect(mod.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("backstage");
        Assert.Equal((1, 2), (engine.CountNetwork().Viewers, engine.CountNetwork().Sessions)); // moderators are in no count
        Assert.Empty(first.Errors);
        Assert.Empty(second.Errors);

        void Beat(string roomId, string userId, string name) => engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", Profile = new UserProfile(name, null) });
    }
}
