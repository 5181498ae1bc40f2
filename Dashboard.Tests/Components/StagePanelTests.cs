using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class StagePanelTests : PageTest
{
    static StagePanelTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private StageStore Stages => Services.GetRequiredService<StageStore>();

    [Fact]
    public async Task Row_OfAViewer_InvitesAndFollowsWhatBecomesOfIt()
    {
        Beat("main", "ada", "Ada Lovelace");
        var page = Render();
        Assert.Empty(page.AllByTestId("stage-panel"));

        await page.ActAsync(shown => shown.Find("button[aria-label='Invite Ada Lovelace to the stage']").ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("row-stage").Count > 0);
        Assert.StartsWith("Invited 1:", page.ByTestId("row-stage").TextContent.Replace("2:00", "1:60", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("pending", page.ByTestId("stage-guest").GetAttribute("data-state"));
        Assert.Equal("mod@example.com", Engine.InvitationOf("main", "ada")!.InvitedBy);

        await Stages.AnswerAsync("main", "ada", Engine.InvitationOf("main", "ada")!.Id, accepts: true, null, Cancellation);
        await PassUntilAsync(() => page.ByTestId("row-stage").TextContent == "On stage");
        Assert.Equal("On stage", page.ByTestId("row-stage").TextContent);
        Assert.Equal("accepted", page.ByTestId("stage-guest").GetAttribute("data-state"));

        await page.ActAsync(shown => shown.Find("[data-testid=stage-guest] button[aria-label='Take Ada Lovelace off the stage']").ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("stage-panel").Count == 0);
        Assert.Equal(InvitationStatus.Cancelled, Engine.InvitationOf("main", "ada")!.Status);
        Assert.Empty(page.AllByTestId("row-stage"));
    }

    [Fact]
    public async Task Hands_Raised_AreQueuedInOrderAndLowered()
    {
        Beat("main", "ada", "Ada Lovelace");
        Beat("main", "grace", "Grace Hopper");
        Raise("grace");
        Time.Advance(TimeSpan.FromSeconds(10));
        Raise("ada");
        var page = Render();

        Assert.Equal("2", page.ByTestId("hand-count").TextContent);
        Assert.Equal(["Grace Hopper", "Ada Lovelace"], page.AllByTestId("hand").Select(hand => hand.QuerySelector("a")!.TextContent));
        Assert.Equal(2, page.AllByTestId("row-hand").Count);

        await page.ActAsync(shown => shown.Find("button[aria-label='Lower the hand of Grace Hopper']").ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("hand").Count == 1);
        Assert.Equal(["Ada Lovelace"], page.AllByTestId("hand").Select(hand => hand.QuerySelector("a")!.TextContent));
        await page.ActAsync(shown => shown.ByRole("button", RoomTexts.StageLowerAll).ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("hand").Count == 0);
        Assert.Empty(page.AllByTestId("hand"));
        Assert.Equal([AuditActs.HandLowered, AuditActs.HandLowered], (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancellation)).Select(act => act.Act));
    }

    [Fact]
    public async Task Observer_SeesTheStageAndHasNoButtons()
    {
        Beat("main", "ada", "Ada Lovelace");
        Raise("ada");
        await Stages.InviteAsync("main", "ada", InvitationRules.Default, "mia", Cancellation);
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        var page = Render();
        await PassUntilAsync(() => page.AllByTestId("stage-guest").Count > 0);

        Assert.Single(page.AllByTestId("stage-guest"));
        Assert.Single(page.AllByTestId("hand"));
        Assert.Empty(page.FindAll("[data-testid=stage-panel] button"));
        Assert.Empty(page.FindAll("button[data-row-key=i]"));
    }

    private IRenderedComponent<RoomDetailPage> Render() => Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));

    private void Raise(string user) => Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = user, SessionId = "", HandRaised = true });
}
