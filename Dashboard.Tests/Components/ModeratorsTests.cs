using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Moderators of one room see each other, who has it in hand, and what the last one left; and they see who of its viewers came back.</summary>
public sealed class ModeratorsTests : PageTest
{
    static ModeratorsTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private ModeratorBoard Board => Services.GetRequiredService<ModeratorBoard>();

    private HandoverStore Handovers => Services.GetRequiredService<HandoverStore>();

    [Fact]
    public async Task Room_OpenByAnother_ShowsWhoAndWhatTheyAreAboutToDo()
    {
        Beat("main", "ada", "Ada");
        var page = RenderRoom();
        Assert.Empty(page.AllByTestId("moderators-here"));

        var mia = await OpenAsync("mia@example.com", "main");
        await PassUntilAsync(() => page.AllByTestId("moderators-here").Count == 1);
        Assert.Equal("mia is here", page.ByTestId("moderators-text").TextContent);
        using var elsewhere = await OpenAsync("jo@example.com", "stage");
        using var again = await OpenAsync("MOD@example.com", "main"); // this moderator's other tab is no other
        var acting = Board.Enter("ada", "mia@example.com", () => { }, ModeratorAct.Ban, "Ada", "main");
        await PassUntilAsync(() => page.ByTestId("moderators-text").TextContent == "mia is about to ban Ada");
        Assert.Equal("mia@example.com is about to ban this viewer", page.ByTestId("row-acting").GetAttribute("title"));
        Assert.Equal(["mia@example.com"], Board.In("main", "mod@example.com").Select(other => other.Moderator));

        acting.Dispose();
        await PassUntilAsync(() => page.AllByTestId("row-acting").Count == 0);
        mia.Dispose(); // the circuit ended
        await PassUntilAsync(() => page.AllByTestId("moderators-here").Count == 0);
        Assert.Equal((1, 1), (Engine.Count("main").Viewers, Engine.CountNetwork().Sessions)); // moderators are never counted
    }

    [Fact]
    public async Task Claim_TakenReleasedAndTakenOver_IsSeenByBoth()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        Beat("main", "ada", "Ada");
        var page = RenderRoom();
        using var mia = await OpenAsync("mia@example.com", "main");
        Assert.Equal(DeskTexts.Unclaimed, page.ByTestId("claim").TextContent);

        await page.ActAsync(shown => shown.ByRole("button", DeskTexts.Claim).ClickAsync(new()));
        Assert.StartsWith("You have this room", page.ByTestId("claim").TextContent, StringComparison.Ordinal);
        Assert.False(Board.TryClaim("main", "mia@example.com", known: null)); // whoever saw a free room doesn't take it unasked
        await page.ActAsync(shown => shown.ByRole("button", DeskTexts.Release).ClickAsync(new()));
        Assert.Null(Board.ClaimOf("main"));

        Assert.True(Board.TryClaim("main", "mia@example.com", known: null));
        await PassUntilAsync(() => page.ByTestId("claim").TextContent.StartsWith("mia@example.com has this room", StringComparison.Ordinal));
        page.Act(shown => shown.ByRole("button", DeskTexts.TakeOver).Click()); // is done when the question is answered
        await PassUntilAsync(() => dialogs.Markup.Contains("mia@example.com has this room. They are told", StringComparison.Ordinal));
        Assert.Equal("mia@example.com", Board.ClaimOf("main")!.Moderator); // asked first
        await dialogs.ActAsync(shown => shown.ByRole("button", DeskTexts.TakeOver).ClickAsync(new()));
        await PassUntilAsync(() => page.ByTestId("claim").TextContent.StartsWith("You have this room", StringComparison.Ordinal));
        Assert.Equal("mod@example.com took over main.", Assert.Single(mia.Notices.Shown).Text);
    }

    [Fact]
    public async Task Claim_OfAModeratorWhoIsGone_OutlivesAReloadAndEndsWithTheGrace()
    {
        var mia = await OpenAsync("mia@example.com", "main");
        Board.TryClaim("main", "mia@example.com", known: null);
        var second = await OpenAsync("mia@example.com", "stage");
        mia.Dispose();
        Time.Advance(ModeratorBoard.Grace);
        Assert.NotNull(Board.ClaimOf("main")); // another tab is open

        second.Dispose();
        Time.Advance(ModeratorBoard.Grace - TimeSpan.FromSeconds(1));
        var reloaded = await OpenAsync("mia@example.com", "main");
        Time.Advance(ModeratorBoard.Grace);
        Assert.NotNull(Board.ClaimOf("main"));
        reloaded.Dispose();
        Time.Advance(ModeratorBoard.Grace);

        Assert.Null(Board.ClaimOf("main"));
    }

    [Fact]
    public async Task Handover_LeftByOne_IsShownToTheNextAndCleared()
    {
        Beat("main", "ada", "Ada");
        var page = RenderRoom();
        await page.ActAsync(shown => shown.ByRole("button", DeskTexts.Leave).ClickAsync(new()));
        await page.ActAsync(shown => shown.Find("#handover").InputAsync(new ChangeEventArgs { Value = " Ben is on a last warning " }));
        await page.ActAsync(shown => shown.ByRole("button", NoteTexts.Save).ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("handover").Count == 1);
        Assert.Equal(("Ben is on a last warning", "mod@example.com"), (Handovers.Of("main")!.Text, Handovers.Of("main")!.By));

        await Handovers.SetAsync("main", "Ben is gone", "mia@example.com", Cancellation);
        await PassUntilAsync(() => page.ByTestId("handover").TextContent.Contains("Ben is gone", StringComparison.Ordinal));
        Assert.Contains("Hand-over by mia@example.com", page.ByTestId("handover").TextContent, StringComparison.Ordinal);
        Assert.Equal("handed-over", page.ByTestId("desk").GetAttribute("data-state"));
        await page.ActAsync(shown => shown.ByRole("button", DeskTexts.Clear).ClickAsync(new()));
        await PassUntilAsync(() => page.AllByTestId("handover").Count == 0);
        Assert.Null(Handovers.Of("main"));
    }

    [Fact]
    public async Task Observer_SeesOthersAndTakesNothingInHand()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        using var mia = await OpenAsync("mia@example.com", "main");
        Beat("main", "ada", "Ada");
        var page = RenderRoom();
        var desk = Services.GetRequiredService<RoomDesk>();

        await PassUntilAsync(() => page.AllByTestId("moderators-here").Count == 1);
        Assert.Empty(page.AllByTestId("desk"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => desk.TryClaimAsync("main", null));
        await Assert.ThrowsAsync<AccessRefusedException>(() => desk.ReleaseAsync("main"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => desk.HandOverAsync("main", "x"));
    }

    [Fact]
    public async Task Rows_OfEarlierVisits_SayWhoIsNewAndWhoCameBack()
    {
        await KeepHistoryAsync();
        var then = Time.GetUtcNow();
        await PlantAsync(then.AddDays(-2), "ada");
        await PlantAsync(then.AddDays(-1), "ada", "ben");
        Beat("main", "ada", "Ada");
        Beat("main", "ben", "Ben");
        Beat("main", "cem", "Cem");
        Beat("main", "guest-1", isGuest: true);
        var page = RenderRoom();

        await PassUntilAsync(() => page.AllByTestId("row-regular").Count == 3);
        var marks = page.FindAll("tr[data-row]").Where(row => row.QuerySelector("[data-testid=row-regular]") is not null).ToDictionary(row => row.QuerySelector("[data-testid=viewer-name]")!.TextContent, row => row.QuerySelector("[data-testid=row-regular]")!);
        Assert.Equal((RoomTexts.Returning, RoomTexts.Returning, RoomTexts.FirstTime), (marks["Ada"].TextContent, marks["Ben"].TextContent, marks["Cem"].TextContent));
        Assert.StartsWith("Was here at 2 of the last 2 broadcasts", marks["Ada"].GetAttribute("title"), StringComparison.Ordinal);
        Assert.StartsWith("Was here at one of the last 2 broadcasts", marks["Ben"].GetAttribute("title"), StringComparison.Ordinal);

        await Services.GetRequiredService<ViewerNoteStore>().AddAsync("ada", new Presence.Engine.Moderation.NoteDraft("", Presence.Engine.Moderation.ViewerFlag.Vip), "mia", Cancellation);
        await PassUntilAsync(() => page.AllByTestId("row-regular").Count == 2); // one badge a viewer: the more important one
        var viewer = Render<ViewerDetailPage>(parameters => parameters.Add(shown => shown.UserId, "cem"));
        viewer.WaitForAssertion(() => Assert.Equal(RoomTexts.FirstTimeIs, viewer.ByTestId("place-regular").TextContent));
    }

    private IRenderedComponent<RoomDetailPage> RenderRoom() => Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));

    /// <summary>A tab of another moderator, on a room's page.</summary>
    private async Task<OtherTab> OpenAsync(string email, string roomId)
    {
        var notices = new NoticeBoard(Time);
        var tab = new ModeratorTab(Board, Local, new ModeratorGuard(new SignedIn(email)), new PageVisibility(), notices, NullLogger<ModeratorTab>.Instance) { RoomId = roomId };
        await tab.OpenAsync();
        return new OtherTab(tab, notices);
    }

    /// <summary>A broadcast of an hour, and who was there.</summary>
    private async Task PlantAsync(DateTimeOffset startedAt, params string[] users)
    {
        await using var context = Database.CreateDbContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        var at = startedAt.ToUnixTimeMilliseconds();
        await ExecuteAsync($"""INSERT OR IGNORE INTO "HistoryRooms" ("No", "RoomId") VALUES (77, 'main'); INSERT OR IGNORE INTO "HistoryDevices" ("No", "Name", "AppVersion") VALUES (77, '', '')""");
        await ExecuteAsync($"""INSERT INTO "Broadcasts" ("RoomNo", "StartedAt", "HadViewers", "EndedAt", "End", "Peak", "PresentMilliseconds", "WatchedMilliseconds", "HiddenMilliseconds", "Users", "Guests", "Joins", "MedianStayMilliseconds", "Returning") VALUES (77, {at}, 1, {at + 3_600_000}, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)""");
        foreach (var user in users)
        {
            await ExecuteAsync($"""INSERT OR IGNORE INTO "HistoryPeople" ("UserId", "IsGuest", "FirstSeenAt", "LastSeenAt", "Visits", "WatchedMilliseconds") VALUES ('{user}', 0, {at}, {at}, 1, 0)""");
            await ExecuteAsync($"""INSERT INTO "Visits" ("RoomNo", "JoinedAt", "PersonNo", "StayedMilliseconds", "UnseenMilliseconds", "HiddenMilliseconds", "Reason", "DeviceNo") SELECT 77, {at + 1_000}, "No", 60000, 0, 0, 0, 77 FROM "HistoryPeople" WHERE "UserId" = '{user}'""");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private sealed record OtherTab(ModeratorTab Tab, NoticeBoard Notices) : IDisposable
    {
        public void Dispose()
        {
            Tab.Dispose();
            Notices.Dispose();
        }
    }

    private sealed class SignedIn(string email) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, email), new Claim(ClaimTypes.Email, email), new Claim(ClaimTypes.Role, nameof(ModeratorRole.Moderator))], "test"))));
    }
}
