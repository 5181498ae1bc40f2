using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Notes on viewers where moderators meet them: the viewer's page, the rows of a room, the watch list, and the notice of an arrival.</summary>
public sealed class ViewerNotesTests : PageTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator);

    static ViewerNotesTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private ViewerNoteStore Notes => Services.GetRequiredService<ViewerNoteStore>();

    [Fact]
    public async Task ViewerPage_Notes_AreAddedEditedDeletedAndUndone()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        Render<MudBlazor.MudPopoverProvider>();
        var page = RenderViewer("ada");
        Assert.Contains("the viewer never sees them", page.ByTestId("notes").TextContent, StringComparison.Ordinal);

        page.Act(shown => shown.ByRole("button", "Add a note on ada").Click()); // is done when the dialog is
        await PassUntilAsync(() => dialogs.FindAll("#note-text").Count == 1);
        Assert.True(dialogs.ByRole("button", NoteTexts.Add).HasAttribute("disabled"));
        await dialogs.ActAsync(shown => shown.Find("#note-text").InputAsync(new ChangeEventArgs { Value = " Speaks French " }));
        await dialogs.ActAsync(shown => shown.ByRole("button", NoteTexts.Add).ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("note").Count == 1);
        var note = Assert.Single(Notes.Of("ada"));
        Assert.Equal(("Speaks French", "mod@example.com", null, null), (note.Text, note.By, note.Flag, note.ExpiresAt));
        Assert.StartsWith("Note added on", LastNotice!.Text, StringComparison.Ordinal);

        page.Act(shown => shown.ByRole("button", "Edit the note on ada").Click());
        await PassUntilAsync(() => dialogs.FindAll("#note-text").Count == 1);
        await dialogs.ActAsync(shown => shown.ByRole("radio", NoteTexts.FlagTrouble).ClickAsync(new()));
        await dialogs.ActAsync(shown => shown.ByRole("button", NoteTexts.Save).ClickAsync(new()));
        await PassUntilAsync(() => page.ByTestId("note").GetAttribute("data-state") == "trouble");
        Assert.Equal(NoteTexts.FlagTrouble, page.ByTestId("viewer-flag").TextContent.Trim());
        Assert.Contains("edited by mod@example.com", page.ByTestId("note").TextContent, StringComparison.Ordinal);

        await page.ActAsync(shown => shown.ByRole("button", "Delete the note on ada").ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("note").Count == 0);
        Assert.Empty(Notes.Of("ada"));
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        await PassUntilAsync(() => page.AllByTestId("note").Count == 1);
        Assert.Equal(("Speaks French", ViewerFlag.Trouble), (Notes.Of("ada")[0].Text, Notes.Of("ada")[0].Flag));
    }

    [Fact]
    public async Task ViewerPage_NoteOfAnother_IsLiveAndOnlyAnAdminsToChange()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));
        var page = RenderViewer("ada");

        var note = await Notes.AddAsync("ada", new NoteDraft("Loud <b>voice</b>"), Mia, Cancellation);
        await PassUntilAsync(() => page.AllByTestId("note").Count == 1);

        Assert.Contains("Loud <b>voice</b>", page.ByTestId("note").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.AllByRole("button", "Edit the note on ada"));
        await Assert.ThrowsAsync<NoteOfAnotherException>(() => Services.GetRequiredService<NoteModeration>().SaveAsync("ada", note.Id, new NoteDraft("mine")));
        Moderator.SetRoles(nameof(ModeratorRole.Admin));
        await PassUntilAsync(() => page.AllByRole("button", "Edit the note on ada").Count == 1);
    }

    [Fact]
    public async Task Observer_SeesNoNotesAndNoWatchList()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Beat("main", "ada", "Ada");
        Beat("main", "ben", "Ben");
        await Notes.AddAsync("ada", new NoteDraft("Loud", ViewerFlag.Trouble), Mia, Cancellation);
        var notes = Services.GetRequiredService<NoteModeration>();

        Assert.Empty(RenderViewer("ada").AllByTestId("notes"));
        var room = RenderRoom("?watch=trouble"); // nobody learns from a filter who is on the list
        Assert.Equal(2, room.AllByTestId("viewer-name").Count);
        Assert.Empty(room.AllByTestId("row-flag"));
        Assert.Empty(room.FindAll("nav[aria-label='Watch list']"));
        Assert.Equal(2, await DownloadAsync("trouble"));
        await Assert.ThrowsAsync<AccessRefusedException>(async () => await notes.OfAsync("ada"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => notes.ReadWatchListAsync(null, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => notes.SaveAsync("ada", null, new NoteDraft("x")));
        var tab = Services.GetRequiredService<ModeratorTab>();
        await tab.OpenAsync();
        Assert.False(tab.MayAct);
    }

    [Fact]
    public async Task Row_OfANotedViewer_ShowsFlagAndLatestNoteAndTakesAnother()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        Render<MudBlazor.MudPopoverProvider>();
        Beat("main", "ada", "Ada");
        Beat("main", "ben", "Ben");
        var page = RenderRoom("");
        Assert.Empty(page.AllByTestId("row-flag"));

        await Notes.AddAsync("ada", new NoteDraft("", ViewerFlag.Vip), Mia, Cancellation);
        await PassUntilAsync(() => page.AllByTestId("row-flag").Count == 1);
        Assert.Equal(("vip", NoteTexts.FlagVip), (page.ByTestId("row-flag").GetAttribute("data-state"), page.ByTestId("row-flag").TextContent));
        Assert.Empty(page.AllByTestId("row-note")); // the flag says it all
        page.Act(shown => shown.Find("button[aria-label='Add a note on Ada']").Click());
        await PassUntilAsync(() => dialogs.FindAll("#note-text").Count == 1);
        Assert.Contains("mia@example.com", dialogs.ByTestId("known-notes").TextContent, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.Find("#note-text").InputAsync(new ChangeEventArgs { Value = "On at nine" }));
        await dialogs.ActAsync(shown => shown.ByRole("button", NoteTexts.Add).ClickAsync(new()));

        await PassUntilAsync(() => page.AllByTestId("row-note").Count == 1);
        Assert.Equal("Note: On at nine (mod@example.com)", page.ByTestId("row-note").GetAttribute("title"));
        await Notes.AddAsync("ada", new NoteDraft("Banned elsewhere", ViewerFlag.Trouble), Mia, Cancellation);
        await PassUntilAsync(() => page.ByTestId("row-flag").GetAttribute("data-state") == "trouble");
        Assert.Equal("2 notes. The latest: Banned elsewhere (mia@example.com)", page.ByTestId("row-note").GetAttribute("title"));
    }

    [Fact]
    public async Task Roster_FilteredByTheWatchList_ListsAndDownloadsThose()
    {
        foreach (var user in (string[])["ada", "ben", "cem"])
            Beat("main", user, user);
        await Notes.AddAsync("ada", new NoteDraft("", ViewerFlag.Vip), Mia, Cancellation);
        await Notes.AddAsync("cem", new NoteDraft("", ViewerFlag.Trouble), Mia, Cancellation);
        await Notes.AddAsync("elsewhere", new NoteDraft("", ViewerFlag.Trouble), Mia, Cancellation);

        Assert.Equal(["ada", "cem"], Names(RenderRoom("?watch=any")));
        Assert.Equal(["cem"], Names(RenderRoom("?watch=trouble")));
        Assert.Empty(Names(RenderRoom("?watch=speaker")));
        Assert.Equal(["ada", "ben", "cem"], Names(RenderRoom("?watch=friends"))); // no filter
        Assert.Equal((2, 1, 3), (await DownloadAsync("any"), await DownloadAsync("trouble"), await DownloadAsync(null)));

        static IEnumerable<string> Names(IRenderedComponent<RoomDetailPage> page) => page.AllByTestId("viewer-name").Select(name => name.TextContent).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task WatchListPage_ListsFiltersAddsAndTellsTheLatestArrival()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        Render<MudBlazor.MudPopoverProvider>();
        await Notes.AddAsync("ada", new NoteDraft("", ViewerFlag.Vip), Mia, Cancellation);
        await Notes.AddAsync("ben", new NoteDraft("Spams", ViewerFlag.Trouble), Mia, Cancellation);
        await Notes.AddAsync("cem", new NoteDraft("no flag"), Mia, Cancellation);
        var arrivals = Services.GetRequiredService<WatchedArrivals>();
        await arrivals.PassAsync(Cancellation);
        Beat("main", "ben", "Benedict");
        await arrivals.PassAsync(Cancellation);
        var page = Render<WatchListPage>();

        page.WaitForAssertion(() => Assert.Equal(["Benedict", "ada"], Shown(page)));
        Assert.Equal("main", page.Find("tr[data-state=trouble] a[href='rooms/main']").TextContent);
        Assert.Contains(NoteTexts.NoArrival, page.Find("tr[data-state=vip]").TextContent, StringComparison.Ordinal);
        Services.GetRequiredService<NavigationManager>().NavigateTo("watch-list?flag=vip");
        page.WaitForAssertion(() => Assert.Equal(["ada"], Shown(page)));

        page.Act(shown => shown.ByRole("button", NoteTexts.AddUser).Click());
        await PassUntilAsync(() => dialogs.FindAll("#note-user").Count == 1);
        Assert.True(dialogs.ByRole("button", NoteTexts.Add).HasAttribute("disabled"));
        await dialogs.ActAsync(shown => shown.Find("#note-user").InputAsync(new ChangeEventArgs { Value = "zoe" }));
        await dialogs.ActAsync(shown => shown.ByRole("button", NoteTexts.Add).ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Equal(["zoe", "ada"], Shown(page)));
        await page.ActAsync(shown => shown.ByRole("button", "Delete the note on ada").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Equal(["zoe"], Shown(page)));

        static IEnumerable<string> Shown(IRenderedComponent<WatchListPage> page) => page.FindAll("tbody tr").Select(row => row.QuerySelector("a")!.TextContent);
    }

    [Fact]
    public async Task Arrival_OfAWatchedViewer_IsToldInOneTabOfEachModerator()
    {
        await Notes.AddAsync("ada", new NoteDraft("", ViewerFlag.Vip), Mia, Cancellation);
        await Notes.AddAsync("ben", new NoteDraft("", ViewerFlag.Trouble), Mia, Cancellation);
        var arrivals = Services.GetRequiredService<WatchedArrivals>();
        await arrivals.PassAsync(Cancellation);
        await using var second = Services.CreateAsyncScope(); // another tab of the same moderator, opened later
        foreach (var services in (IServiceProvider[])[Services, second.ServiceProvider])
            await services.GetRequiredService<ModeratorTab>().OpenAsync();
        var (first, later) = (Services.GetRequiredService<NoticeBoard>(), second.ServiceProvider.GetRequiredService<NoticeBoard>());

        Beat("main", "ada", "Ada");
        await arrivals.PassAsync(Cancellation);
        Assert.Empty(first.Shown);
        Assert.Equal(("Ada (VIP) joined main.", "rooms/main"), (Assert.Single(later.Shown).Text, later.Shown[0].Href));

        second.ServiceProvider.GetRequiredService<PageVisibility>().SetVisible(false); // the one on screen is told
        Beat("stage", "ada", "Ada");
        await arrivals.PassAsync(Cancellation);
        Assert.Single(later.Shown);
        var notices = Render<Notices>();
        Assert.Equal("rooms/stage", notices.ByRole("link", NoteTexts.Show).GetAttribute("href"));

        Beat("main", "ben", "Ben");
        await arrivals.PassAsync(Cancellation);
        Assert.Equal(("2 users on the watch list arrived. The latest: Ben in main.", "watch-list"), (Assert.Single(first.Shown).Text, first.Shown[0].Href)); // other notices keep their place
    }

    private IRenderedComponent<ViewerDetailPage> RenderViewer(string userId)
    {
        var page = Render<ViewerDetailPage>(parameters => parameters.Add(shown => shown.UserId, userId));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("aside")));
        return page;
    }

    private IRenderedComponent<RoomDetailPage> RenderRoom(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("rooms/main" + query);
        return Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "main"));
    }

    private async Task<int> DownloadAsync(string? watch)
    {
        var caller = (await Services.GetRequiredService<Microsoft.AspNetCore.Components.Authorization.AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        var download = new RosterDownload(Local, Time, Notes);
        return await download.Rows(caller, RosterView.Of("main", null, null, null, watch: watch), new CsvFormat(Csv.Comma, TimeZoneInfo.Utc)).CountAsync(Cancellation);
    }
}
