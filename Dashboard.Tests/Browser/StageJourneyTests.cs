using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A moderator and a viewer, each in a browser of its own: hand, invitation, stage.</summary>
public sealed class StageJourneyTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task Viewer_RaisesItsHand_IsInvitedFromTheRowAcceptsAndIsTakenOffTheStage()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        var token = await host.TokenAsync("anna", displayName: "Anna Arndt");
        await using var audience = await chromium.VisitAsync(host.BaseAddress);
        await audience.Page.GotoAsync(new Uri(host.BaseAddress, "/health/live").ToString());
        await audience.Page.EvaluateAsync(
            """
            async ([baseUrl, token]) => {
              const { StagePresence } = await import("/client/v1/stage.js");
              window.told = [];
              window.anna = new StagePresence({ baseUrl, token, roomId: "show" });
              window.anna.onInvitation(invitation => window.told.push(invitation?.status ?? "over"));
              await window.anna.startHeartbeat();
              window.anna.raiseHand();
            }
            """,
            new[] { host.BaseAddress.ToString(), token });
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/show");

        await Expect(page.GetByTestId("hand")).ToContainTextAsync("Anna Arndt");
        await page.GetByRole(AriaRole.Row).GetByRole(AriaRole.Button, new() { Name = "Invite Anna Arndt to the stage" }).ClickAsync();
        await Expect(page.GetByTestId("row-stage")).ToContainTextAsync("Invited");
        await audience.Page.EvaluateAsync("window.anna.lowerHand()"); // a heartbeat, which brings the invitation
        await audience.Page.WaitForFunctionAsync("window.told.includes('pending')");
        await Expect(page.GetByTestId("hand")).ToHaveCountAsync(0);
        await audience.Page.EvaluateAsync("window.anna.accept()");

        await Expect(page.GetByTestId("row-stage")).ToHaveTextAsync("On stage");
        await page.GetByTestId("stage-guest").GetByRole(AriaRole.Button, new() { Name = "Take Anna Arndt off the stage" }).ClickAsync();
        await Expect(page.GetByTestId("stage-panel")).ToHaveCountAsync(0);
        await audience.Page.EvaluateAsync("window.anna.setViewerState('paused')");
        await audience.Page.WaitForFunctionAsync("window.told.join() === 'pending,accepted,over'");
        Assert.Empty(visit.Errors);
    }
}
