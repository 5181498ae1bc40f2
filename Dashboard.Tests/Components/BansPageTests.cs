using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>The page of all bans, the list that is pasted, and what dialogs about one viewer tell.</summary>
public sealed class BansPageTests : PageTest
{
    /// <summary>Readings come from the disk, on other threads.</summary>
    static BansPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private RemovalStore Bans => Services.GetRequiredService<RemovalStore>();

    [Fact]
    public async Task Filters_InTheAddress_SelectBans()
    {
        await BanAsync("ada", "lobby", "links");
        await BanAsync("ben", null, "spam");
        await BanAsync("cat", "stage", null);
        await Bans.LiftAsync("cat", "stage", "eve@example.com", Cancellation);
        var page = Render<BansPage>();

        page.WaitForAssertion(() => Assert.Equal(["ben", "ada"], Shown(page)));
        Assert.Equal("In force: 2, of them 1 from the network", page.ByTestId("in-force-count").TextContent);
        Go("bans?state=past", ["cat"]);
        Assert.Contains("by eve@example.com", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("tbody button"));
        Go("bans?state=all", ["cat", "ben", "ada"]);
        Go("bans?scope=network", ["ben"]);
        Go("bans?scope=rooms", ["ada"]);
        Go("bans?search=LINKS", ["ada"]);
        Go("bans?room=lobby&state=all", ["ada"]);
        Go("bans?search=nobody", []);

        void Go(string address, string[] users)
        {
            Services.GetRequiredService<NavigationManager>().NavigateTo(address);
            page.WaitForAssertion(() => Assert.Equal(users, Shown(page)));
        }
    }

    [Fact]
    public async Task Row_OnANarrowScreen_TellsWhereUntilWhenAndWhyBelowTheName()
    {
        await Bans.RemoveAsync(new Removal("ada", null, RemovalRules.Forever, "links") { Devices = DeviceBans.Join(["one", "two"]) }, "ops@example.com", Cancellation);
        var page = Render<BansPage>();
        page.WaitForAssertion(() => Assert.Single(Shown(page)));

        var lines = page.ByTestId("ban-narrow").Children.Select(line => line.TextContent.Trim());

        Assert.Equal(["the network, 2 devices · until it is lifted", "links", $"Banned {Services.GetRequiredService<LocalTime>().Clock(Time.GetUtcNow(), Time.GetUtcNow())} by ops@example.com"], lines);
    }

    [Fact]
    public async Task Selection_LiftedTogether_HasOneWayBackForAll()
    {
        await BanAsync("ada", "lobby", "links");
        await BanAsync("ben", null, "spam");
        var page = Render<BansPage>();
        page.WaitForAssertion(() => Assert.Equal(2, Shown(page).Count));

        await page.ActAsync(shown => shown.Find("thead input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = true }));
        Assert.Equal("2 bans selected", page.ByTestId("selection").GetAttribute("aria-label"));
        await page.ActAsync(shown => shown.ByRole("button", BanTexts.Lift).ClickAsync(new()));

        await PassUntilAsync(() => LastNotice?.Text == "Bans lifted: 2.");
        page.WaitForAssertion(() => Assert.Empty(Shown(page)));
        Assert.Empty(Engine.Removals());
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);

        page.WaitForAssertion(() => Assert.Equal(["ada", "ben"], Shown(page).Order()));
        Assert.Equal("Restored: 2.", LastNotice!.Text);
        Assert.Equal("links", Engine.RemovalOf("ada", "lobby")!.Reason);
    }

    [Fact]
    public async Task End_Changed_KeepsReasonAndUndoesToWhatItWas()
    {
        var until = await BanAsync("ada", "lobby", "links");
        Render<MudBlazor.MudPopoverProvider>();
        var moderation = Services.GetRequiredService<ViewerModeration>();
        var known = (await Bans.FindAsync("ada", "lobby", Cancellation))!;

        var changes = await moderation.RemoveManyAsync([known.Removal with { Until = RemovalRules.Forever }], null, Cancellation);
        Assert.Equal((true, "links"), (Engine.RemovalOf("ada", "lobby")!.IsForever, Engine.RemovalOf("ada", "lobby")!.Reason));
        Assert.Equal(1, await moderation.UndoAsync(changes, Cancellation));
        Assert.Equal(until, Engine.RemovalOf("ada", "lobby")!.Until);

        changes = await moderation.LiftManyAsync([(await Bans.FindAsync("ada", "lobby", Cancellation))!], null, Cancellation);
        await Bans.RemoveAsync(new Removal("ada", "lobby", Time.GetUtcNow().AddMinutes(1), "theirs"), "eve@example.com", Cancellation);
        Assert.Equal(0, await moderation.UndoAsync(changes, Cancellation)); // decided anew since
        Assert.Equal("theirs", Engine.RemovalOf("ada", "lobby")!.Reason);
    }

    [Fact]
    public async Task List_Pasted_IsCheckedByLineAndBannedWithOneWayBack()
    {
        await Bans.RemoveAsync(new Removal("ada", null, Time.GetUtcNow().AddMinutes(3), "before"), "eve@example.com", Cancellation);
        Beat("lobby", "ben");
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var page = Render<BansPage>();
        page.WaitForAssertion(() => Assert.Equal(["ada"], Shown(page)));
        page.Act(shown => shown.ByRole("button", BanTexts.ListAction).Click()); // is done when the dialog is
        await PassUntilAsync(() => dialogs.FindAll("#ban-list").Count == 1);

        await EnterAsync("ada\n\n " + new string('x', 60) + "\n..\nben\nada");
        await PassUntilAsync(() => dialogs.ByTestId("list-check").TextContent.Contains("Line 4", StringComparison.Ordinal));
        Assert.Contains("Line 3", dialogs.ByTestId("list-check").TextContent, StringComparison.Ordinal);
        Assert.True(dialogs.ByRole("button", "Ban 2 users for 1 h").HasAttribute("disabled"));
        await EnterAsync("ada\r\nben\r\ncat\r\nada");
        await PassUntilAsync(() => dialogs.AllByRole("button", "Ban 3 users for 1 h").Count == 1);
        Assert.Contains("1 repeated ids are ignored", dialogs.ByTestId("list-check").TextContent, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.ByRole("button", "Ban 3 users for 1 h").ClickAsync(new()));

        await PassUntilAsync(() => LastNotice?.Text == "Users banned: 3.");
        page.WaitForAssertion(() => Assert.Equal(["ada", "ben", "cat"], Shown(page).Order()));
        Assert.Equal(0, Engine.Count("lobby").Viewers);
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);

        page.WaitForAssertion(() => Assert.Equal(["ada"], Shown(page)));
        Assert.Equal("before", Engine.RemovalOf("ada", null)!.Reason); // what the list had replaced

        Task EnterAsync(string text) => dialogs.ActAsync(shown => shown.Find("#ban-list").InputAsync(new ChangeEventArgs { Value = text }));
    }

    [Fact]
    public async Task Dialogs_OfTwoModeratorsOnOnePerson_NameEachOtherUntilTheyClose()
    {
        var board = Services.GetRequiredService<ModeratorBoard>();
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var told = 0;
        var elsewhere = board.Enter("ada", "mia@example.com", () => Interlocked.Increment(ref told));
        using var other = board.Enter("ben", "jo@example.com", () => { });

        var asking = RemoveViewerDialog.OpenAsync(Services.GetRequiredService<MudBlazor.IDialogService>(), new("ada", "Ann", "lobby", new RemovalDraft()));
        await PassUntilAsync(() => dialogs.AllByTestId("acting").Count == 1);

        Assert.Contains("mia@example.com is also acting on", dialogs.ByTestId("acting").TextContent, StringComparison.Ordinal);
        Assert.Equal(["mod@example.com"], elsewhere.Others);
        Assert.Equal(1, told);
        elsewhere.Dispose();
        await PassUntilAsync(() => dialogs.AllByTestId("acting").Count == 0);
        using var late = board.Enter("ada", "zoe@example.com", () => { });
        await PassUntilAsync(() => dialogs.AllByTestId("acting").Count == 1);
        await dialogs.ActAsync(shown => shown.ByRole("button", ViewerTexts.Cancel).ClickAsync(new()));
        await asking;
        await PassUntilAsync(() => late.Others.Count == 0);
    }

    [Fact]
    public async Task QuickReasons_AreChosenEditedAndKept()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var asking = RemoveViewerDialog.OpenAsync(Services.GetRequiredService<MudBlazor.IDialogService>(), new("ada", "Ann", null, new RemovalDraft()));
        await PassUntilAsync(() => dialogs.AllByRole("button", BanTexts.EditReasons).Count == 1);

        await dialogs.ActAsync(shown => shown.ByRole("button", BanTexts.EditReasons).ClickAsync(new()));
        await dialogs.ActAsync(shown => shown.Find("textarea").InputAsync(new ChangeEventArgs { Value = "Links\nRude" }));
        await dialogs.ActAsync(shown => shown.ByRole("button", BanTexts.SaveReasons).ClickAsync(new()));
        await PassUntilAsync(() => dialogs.Markup.Contains("Rude", StringComparison.Ordinal) && !dialogs.Markup.Contains("Harassment", StringComparison.Ordinal));
        await dialogs.ActAsync(shown => shown.Find("[role=group] [aria-pressed]").ClickAsync(new()));
        await dialogs.ActAsync(shown => shown.ByRole("button", ViewerTexts.RemoveForever).ClickAsync(new()));

        Assert.Equal("Links", (await asking)!.Removal.Reason);
        Assert.True(Engine.RemovalOf("ada", null)!.IsForever);
        var stored = new QuickReasonStore(Database);
        await stored.ReloadAsync(Cancellation);
        Assert.Equal(["Links", "Rude"], stored.Current);
        await Assert.ThrowsAsync<ArgumentException>(() => stored.SetAsync([.. Enumerable.Repeat("x", QuickReasonStore.Most + 1)], "ada", Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => stored.SetAsync([new string('x', RemovalRules.LongestReason + 1)], "ada", Cancellation));
    }

    [Fact]
    public async Task Observer_MayNeitherReadNorAct()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        var moderation = Services.GetRequiredService<ViewerModeration>();

        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<BansQuery>().ReadAsync(BansView.Of(null, null, null, null, null), Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.RemoveManyAsync([], null, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.LiftManyAsync([], null, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.UndoAsync([], Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.SetQuickReasonsAsync([], Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.EnterAsync("ada", () => { }));
    }

    private async Task<DateTimeOffset> BanAsync(string userId, string? roomId, string? reason) =>
        (await Bans.RemoveAsync(new Removal(userId, roomId, Time.GetUtcNow().AddHours(1), reason), "ops@example.com", Cancellation)).Entry.Removal.Until;

    private static IReadOnlyList<string> Shown(IRenderedComponent<BansPage> page) => [.. page.FindAll("tbody tr").Select(row => row.QuerySelector("a")!.TextContent)];
}
