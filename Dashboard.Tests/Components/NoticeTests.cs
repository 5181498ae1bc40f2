using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What was just done is said in one place, with the way back, and goes away by itself.</summary>
public sealed class NoticeTests : PageTest
{
    private NoticeBoard Board => Services.GetRequiredService<NoticeBoard>();

    [Fact]
    public async Task Notice_WithAWayBack_IsUndoneOnceAndGone()
    {
        var undone = 0;
        var notices = Render<Notices>();
        await notices.InvokeAsync(() => Board.Say("Pinned.", () => Task.FromResult(++undone)));
        notices.WaitForAssertion(() => Assert.Contains("Pinned.", notices.ByTestId("notices").TextContent, StringComparison.Ordinal));
        var notice = LastNotice!;

        await notices.ActAsync(shown => shown.ByRole("button", SharedTexts.Undo).ClickAsync(new()));
        await Board.UndoAsync(notice);

        Assert.Equal(1, undone);
        notices.WaitForAssertion(() => Assert.DoesNotContain("Pinned.", notices.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Notices_OfAFewSeconds_AreThreeAtMostAndEndByThemselves()
    {
        foreach (var number in Enumerable.Range(1, 5))
            Board.Say($"{number}", severity: number == 5 ? Severity.Error : Severity.Success);
        Assert.Equal(["3", "4", "5"], Board.Shown.Select(notice => notice.Text));

        Time.Advance(TimeSpan.FromSeconds(9));
        Board.Say("6");
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("6", Assert.Single(Board.Shown).Text);
    }

    [Fact]
    public async Task Lift_Undone_BansAgainUntilTheSameInstant()
    {
        var until = Time.GetUtcNow().AddHours(1);
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new("ada", "stage", until, "Spam"), "ops@example.com", Cancellation);

        Assert.True(await Services.GetRequiredService<ViewerBans>().LiftAsync("ada", "Ada", "stage"));
        Assert.Null(Engine.RemovalOf("ada", "stage"));
        Time.Advance(TimeSpan.FromSeconds(5));
        await Board.UndoAsync(LastNotice!);

        Assert.Equal((until, "Spam"), (Engine.RemovalOf("ada", "stage")!.Until, Engine.RemovalOf("ada", "stage")!.Reason));
    }
}
