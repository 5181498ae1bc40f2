using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class ViewerDetailPageTests : PageTest
{
    [Fact]
    public void Viewer_InTwoRooms_IsShownInBothWithItsSessions()
    {
        Beat("stage", "ada", "Ada Lovelace");
        Time.Advance(TimeSpan.FromSeconds(5));
        Engine.Heartbeat(new Heartbeat { RoomId = "rooftop", UserId = "ada", SessionId = "tv", Device = new SessionDevice("LG TV", null) });

        var page = RenderViewer("ada");
        page.WaitForElement("article", TimeSpan.FromSeconds(30));

        Assert.Contains("Ada Lovelace", page.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.Contains("In 2 rooms", page.ByTestId("viewer-where").TextContent, StringComparison.Ordinal);
        Assert.Equal(["stage", "rooftop"], page.FindAll("article header a").Select(room => room.TextContent));
        Assert.Equal(["Unknown device", "LG TV"], page.AllByTestId("device").Select(device => device.TextContent));
        Assert.Contains("No active bans", page.Find("[aria-labelledby=removals]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_TheBackendToldAbout_ShowsWhatItKeepsAndWhatItChanges()
    {
        var users = Services.GetRequiredService<UserStore>();
        await users.ChangeAsync("ada", new UserChange("Ada Lovelace", "https://example.com/ada.png", """{"plan":"premium","age":36,"tags":["host","early"],"team":{"id":7},"\u202Enote":"\u202Ereversed","none":null}"""), null, Cancellation);

        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.AllByTestId("metadata").Count == 6);

        Assert.Equal(
            ["plan premium", "age 36", "tags host, early", """team {"id":7}""", "[U+202E]note reversed", "none null"],
            page.AllByTestId("metadata").Select(line => line.QuerySelector("dt")!.TextContent + " " + line.QuerySelector("dd")!.TextContent));
        var facts = page.Find("[aria-labelledby=from-the-app]").TextContent;
        Assert.Contains("First seen", facts, StringComparison.Ordinal);
        Assert.Contains(ViewerTexts.VerifiedYes, facts, StringComparison.Ordinal);
        Assert.StartsWith("pictures/", page.ByTestId("avatar").QuerySelector("img")!.GetAttribute("src"), StringComparison.Ordinal);

        await users.ChangeAsync("ada", new UserChange("Ada Lovelace", null, $$"""{{{string.Join(',', Enumerable.Range(0, AppMetadata.Most + 2).Select(i => $"\"key{i}\":{i}"))}}}"""), null, Cancellation);
        await PassUntilAsync(() => page.AllByTestId("metadata").Count == AppMetadata.Most);
        Assert.Contains("2 more values", page.Find("[aria-labelledby=from-the-app]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_NobodyVerified_IsSaidToBeUnverified()
    {
        await Services.GetRequiredService<UserStore>().SignInAsync("ada", null, isGuest: false, vouched: false, Cancellation);
        await Services.GetRequiredService<UserStore>().SignInAsync("~guest-1", null, isGuest: true, vouched: false, Cancellation);

        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=from-the-app]").Count == 1);
        var guest = RenderViewer("~guest-1");
        await PassUntilAsync(() => guest.FindAll("[aria-labelledby=from-the-app]").Count == 1);

        Assert.Contains(ViewerTexts.VerifiedNo, page.Find("[aria-labelledby=from-the-app]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(ViewerTexts.Verified, guest.Find("[aria-labelledby=from-the-app]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_WhoAskedARoomNotToListIt_IsShownThereToWhoKnowsTheId()
    {
        Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "ada", SessionId = "", IsUnlisted = true });
        Engine.Heartbeat(new Heartbeat { RoomId = "side", UserId = "ada", SessionId = "" });

        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.AllByTestId("unlisted").Count == 1);

        Assert.Equal(ViewerTexts.Unlisted, page.ByTestId("unlisted").TextContent);
    }

    [Fact]
    public async Task Viewer_SeenBeforeButAway_IsInNoRoom()
    {
        await Services.GetRequiredService<UserStore>().SignInAsync("ada", "Ada Lovelace", isGuest: false, vouched: false, Cancellation);

        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.AllByTestId("viewer-where").Count == 1);

        Assert.Contains("Ada Lovelace", page.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.Contains("Not in a room now", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("never seen", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_OnlineInNoRoom_IsKnownAndSaidToBeOnline()
    {
        Engine.UserHeartbeat("ada");

        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.AllByTestId("viewer-where").Count == 1);

        Assert.Contains("Not in a room now · Online, last heartbeat just now", page.ByTestId("viewer-where").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("never seen", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_WhoAskedNotToBeListed_IsNotSaidToBeOnline()
    {
        Engine.UserHeartbeat("shy");
        Engine.SetOptOut("shy", isOut: true);

        var page = RenderViewer("shy");
        await PassUntilAsync(() => page.AllByTestId("viewer-where").Count == 1);

        Assert.DoesNotContain("Online", page.ByTestId("viewer-where").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_NeverSeen_SaysSo()
    {
        var page = RenderViewer("nobody");

        await PassUntilAsync(() => page.Markup.Contains("never seen a user with this id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Viewer_ThatCannotBeRead_SaysSoAndOffersToTryAgain()
    {
        Services.AddTransient(services => new ViewerDetailQuery(Local, null!, null!, null!, null!, services.GetRequiredService<ModeratorGuard>(), Time));

        var page = RenderViewer("ada");

        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.Contains("Couldn’t load the viewer.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_WhileItIsReadAndWhenThatFails_SaysSoAndReadsAgain()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);
        Beat("stage", "ada");

        var page = RenderViewer("ada");
        Assert.Equal("Loading viewer…", page.ByTestId("loading").TextContent);
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.Empty(page.AllByTestId("loading"));
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        await PassUntilAsync(() => page.FindAll("article").Count == 1);
    }

    [Fact]
    public async Task LetIn_ThatFails_IsSaidAndThePageStays()
    {
        Services.AddScoped(services => new ViewerModeration(Local, null!, null!, null!, null!, services.GetRequiredService<ModeratorGuard>(), Time));
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new Removal("ada", "stage", Time.GetUtcNow().AddHours(1), null), "ops@example.com", Cancellation);
        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=removals] li").Count == 1);

        await page.ActAsync(shown => shown.Find("button[aria-label='Lift ban: stage']").ClickAsync(new()));

        await PassUntilAsync(() => LastNotice?.Text == "Couldn’t lift the ban. Try again.");
        Assert.Single(page.FindAll("[aria-labelledby=removals] li"));
    }

    [Fact]
    public void Guest_WithoutAName_IsCalledByTheEndOfItsId()
    {
        Beat("stage", "~guest-0123456789abcdef", isGuest: true);

        var page = RenderViewer("~guest-0123456789abcdef");
        page.WaitForElement("article", TimeSpan.FromSeconds(30));

        Assert.StartsWith("Guest cdef", page.Find("h1").TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_WhenItLeaves_LeavesThePage()
    {
        Beat("stage", "ada");
        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.FindAll("article").Count == 1);

        Engine.Leave("stage", "ada", "");

        await PassUntilAsync(() => page.FindAll("article").Count == 0);
    }

    [Fact]
    public async Task Removal_InForce_SaysWhoDecidedItAndIsLifted()
    {
        var removals = Services.GetRequiredService<RemovalStore>();
        await removals.RemoveAsync(new Removal("ada", "stage", Time.GetUtcNow().AddHours(1), "Spam"), "ops@example.com", Cancellation);
        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=removals] li").Count == 1);

        var text = page.Find("[aria-labelledby=removals] li").TextContent;
        Assert.Contains("stage", text, StringComparison.Ordinal);
        Assert.Contains("ops@example.com", text, StringComparison.Ordinal);
        Assert.Contains("Spam", text, StringComparison.Ordinal);
        await page.ActAsync(shown => shown.Find("button[aria-label='Lift ban: stage']").ClickAsync(new()));

        await PassUntilAsync(() => page.FindAll("[aria-labelledby=removals] li").Count == 0);
        Assert.Null(Engine.RemovalOf("ada", "stage"));
        Assert.Null(await removals.FindAsync("ada", "stage", Cancellation));
        Assert.Contains("Ban lifted for", LastNotice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_FromTheNetworkForTheDay_IsKeptInTheModeratorsName()
    {
        Beat("stage", "ada");
        Beat("rooftop", "ada");
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var page = RenderViewer("ada");
        await PassUntilAsync(() => page.FindAll("article").Count == 2);

        page.Act(shown => shown.ByRole("button", Sentence.With(ViewerTexts.RemoveFrom, ViewerTexts.Network)).Click()); // is done when the dialog is
        await PassUntilAsync(() => dialogs.FindAll("#removal-reason").Count == 1);
        Assert.Empty(dialogs.AllByRole("radio", ViewerTexts.WhereNetwork));
        Services.GetRequiredService<LocalTime>().Use("Pacific/Auckland");
        await dialogs.ActAsync(shown => shown.ByRole("button", Sentence.With(ViewerTexts.RemoveFor, BanTexts.Today)).ClickAsync());
        await PassUntilAsync(() => page.FindAll("article").Count == 0 && page.FindAll("[aria-labelledby=removals] li").Count == 1);

        var entry = await Services.GetRequiredService<RemovalStore>().FindAsync("ada", null, Cancellation);
        Assert.Equal("mod@example.com", entry!.By);
        Assert.Equal(TimeSpan.Zero, TimeZoneInfo.ConvertTime(entry.Removal.Until, TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland")).TimeOfDay);
        Assert.InRange(entry.Removal.Until - entry.At, TimeSpan.Zero, TimeSpan.FromDays(1));
        Assert.Equal(0, Engine.CountNetwork().Viewers);
    }

    [Fact]
    public async Task PastBans_SayWhoWhenWhyAndWhoLifted()
    {
        var removals = Services.GetRequiredService<RemovalStore>();
        await removals.RemoveAsync(new Removal("ada", "stage", Time.GetUtcNow().AddHours(1), "links"), "ops@example.com", Cancellation);
        await removals.LiftAsync("ada", "stage", "eve@example.com", Cancellation);

        var page = RenderViewer("ada");

        await PassUntilAsync(() => page.AllByTestId("past-bans").Count == 1);
        var past = page.ByTestId("past-bans").TextContent;
        Assert.All(["stage", "by eve@example.com", "by ops@example.com", "links", "lifted"], part => Assert.Contains(part, past, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("[aria-labelledby=removals] button"));
    }

    [Fact]
    public void Observer_OfAViewer_IsOfferedNothingToDo()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Beat("stage", "ada");

        var page = RenderViewer("ada");
        page.WaitForElement("article", TimeSpan.FromSeconds(30));

        Assert.All(page.FindAll("button"), button => Assert.Equal(ViewerTexts.VisitsCsv, button.GetAttribute("aria-label")));
    }

    [Theory]
    [InlineData("ada", "viewers/ada")]
    [InlineData("zoë @home", "viewers/zo%C3%AB%20%40home")]
    [InlineData("..", "viewer?id=..")]
    [InlineData("a/b", "viewer?id=a%2Fb")]
    [InlineData("50%", "viewer?id=50%25")]
    public void Link_ToAViewer_SurvivesTheWay(string userId, string expected) => Assert.Equal(expected, ViewerLinks.To(userId));

    private IRenderedComponent<ViewerDetailPage> RenderViewer(string userId) => Render<ViewerDetailPage>(parameters => parameters.Add(page => page.UserId, userId));
}
