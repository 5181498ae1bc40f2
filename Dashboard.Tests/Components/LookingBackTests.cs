using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What history adds inside the pages: what happened meanwhile, a viewer's visits, who left within the hour, a room's last hour.</summary>
public sealed class LookingBackTests : PageTest
{
    private static readonly DateTimeOffset Eight = new(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Away_ForAnHour_ListsWhatHappenedWithAnActionEachUntilItIsMarkedAsSeen()
    {
        Time.SetUtcNow(Eight);
        var before = RenderAway();
        Assert.Empty(before.AllByTestId("away"));
        Time.Advance(TimeSpan.FromMinutes(30));
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new Removal("spam_22", "stage", Time.GetUtcNow().AddHours(1), "links"), "jonas@example.com", Cancellation);
        await Services.GetRequiredService<RoomStore>().DefineAsync("stage", new() { Title = "Main stage" }, "jonas@example.com", null, Cancellation);
        Time.Advance(TimeSpan.FromMinutes(30));

        var away = RenderAway();
        await PassUntilAsync(() => away.FindAll("li").Count == 2);

        Assert.Equal("Since you last looked, 20:00", away.Find("h2").TextContent);
        Assert.Equal(["Ban", "RoomChanged"], away.FindAll("li").Select(item => item.GetAttribute("data-kind")));
        Assert.Contains("spam_22 banned", away.FindAll("li")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("“links”", away.FindAll("li")[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("rooms/stage", away.FindAll("li")[1].QuerySelector("a")!.GetAttribute("href"));

        await away.ActAsync(shown => shown.ByRole("button", Sentence.With(ViewerTexts.LiftOf, "spam_22")).ClickAsync());
        await PassUntilAsync(() => away.FindAll("li").Count == 3);
        Assert.Null(Engine.RemovalOf("spam_22", "stage"));

        Time.Advance(TimeSpan.FromSeconds(1));
        await away.ActAsync(shown => shown.ByRole("button", OverviewTexts.AwayMark).ClickAsync());
        await PassUntilAsync(() => away.AllByTestId("away").Count == 0);
    }

    [Fact]
    public async Task Away_ForAnObserver_LiftsNothing()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Time.SetUtcNow(Eight);
        RenderAway();
        Time.Advance(TimeSpan.FromHours(1));
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new Removal("spam_22", null, Time.GetUtcNow().AddHours(1), null), "jonas@example.com", Cancellation);

        var away = RenderAway();
        await PassUntilAsync(() => away.FindAll("li").Count == 1);

        Assert.Equal("viewers/spam_22", away.Find("li a").GetAttribute("href"));
        Assert.Empty(away.FindAll("li button"));
    }

    [Theory]
    [InlineData(5, 0, 0)] // not away
    [InlineData(11, 10, 1)] // away since the look before
    [InlineData(-5, 0, 1)] // the clock was set back
    public void LastLook_AfterMinutes_IsSinceTheLookBeforeTheyWereAway(int minutes, int since, int isMoved)
    {
        var look = new LastLook(Eight.AddMinutes(-10), Eight);

        var now = look.At(Eight.AddMinutes(minutes));

        Assert.Equal(isMoved == 0 ? Eight.AddMinutes(-10) : Eight.AddMinutes(minutes < 0 ? minutes : since - 10), now.Since);
        Assert.Equal(now, LastLook.Read(now.ToText()));
        Assert.Same(look, look.At(Eight.AddSeconds(30)));
        Assert.Equal(default, LastLook.Read(null).Latest);
    }

    [Fact]
    public async Task Viewer_WithVisits_ShowsThemTheLastHourAndWhatTheyComeTo()
    {
        await WatchTwiceAsync();
        Beat("stage", "ada");
        var page = RenderViewer();
        await PassUntilAsync(() => page.FindAll("[data-testid=viewer-visits] tbody tr").Count == 3);

        Assert.Contains("Visit 3", page.ByTestId("viewer-where").TextContent, StringComparison.Ordinal);
        Assert.Contains("last seen now", page.ByTestId("viewer-seen").TextContent, StringComparison.Ordinal);
        var rows = page.FindAll("[data-testid=viewer-visits] tbody tr").Select(row => row.TextContent).ToList();
        Assert.Contains("now", rows[0], StringComparison.Ordinal);
        Assert.Contains("timed out · Pixel · 4.2.1", rows[1], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["main", "stage"], page.FindAll("[data-testid=viewer-hour] dt").Select(room => room.TextContent));
        Assert.Equal("downloads/viewer/data.json?id=ada", page.Find("[aria-labelledby=privacy] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Viewer_Erased_HasNoVisitsAndCountsStay()
    {
        await WatchTwiceAsync();
        var page = RenderViewer();
        await PassUntilAsync(() => page.FindAll("[data-testid=viewer-visits] tbody tr").Count == 2);
        var dialogs = Render<MudDialogProvider>();

        var erasing = page.ActAsync(shown => shown.ByRole("button", ViewerTexts.Erase).ClickAsync());
        await PassUntilAsync(() => dialogs.FindAll("[role=dialog]").Count == 1);
        Assert.Contains("name nobody", dialogs.Markup, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.ByRole("button", ViewerTexts.EraseAction).ClickAsync());
        await erasing;

        Assert.Equal("Erased. 2 visits now count without a name.", LastNotice!.Text);
        await PassUntilAsync(() => page.AllByTestId("viewer-visits").Count == 0);
        var history = Services.GetRequiredService<IHistory>();
        Assert.Null(await history.ReadPersonAsync("ada", Cancellation));
        Assert.Equal(2, (await history.ReadAttendanceAsync(new AttendanceQuery { From = Eight, Until = Eight.AddHours(2) }, Cancellation)).Items.Count);
    }

    [Fact]
    public async Task Viewer_ForOthersThanAdmins_CannotBeErased()
    {
        await WatchTwiceAsync();
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));
        var moderated = RenderViewer();
        await PassUntilAsync(() => moderated.FindAll("[aria-labelledby=privacy]").Count == 1);
        Assert.Empty(moderated.AllByRole("button", ViewerTexts.Erase));
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<PersonAdministration>().EraseAsync("ada", Cancellation));

        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        var observed = RenderViewer();
        await PassUntilAsync(() => observed.AllByTestId("viewer-visits").Count == 1);
        Assert.Empty(observed.FindAll("[aria-labelledby=privacy]"));
    }

    [Fact]
    public async Task Search_ForWhoLeftWithinTheHour_LeadsToTheViewer()
    {
        await WatchTwiceAsync();
        Time.Advance(TimeSpan.FromMinutes(12));
        var search = Render<SearchPalette>();

        await search.Find("input").InputAsync(new ChangeEventArgs { Value = "ada" });

        var option = search.AllByTestId("search-option")[0];
        Assert.Contains("left stage 12 min ago", option.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("1 person", search.ByTestId("search-count").TextContent, StringComparison.Ordinal);

        Beat("main", "ada"); // back
        await search.Find("input").InputAsync(new ChangeEventArgs { Value = "ad" });
        Assert.DoesNotContain("left stage", search.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_AskedWhyItChanged_OpensItsLastHour()
    {
        await WatchTwiceAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/main");
        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "main"));
        var dialogs = Render<MudDialogProvider>();

        var open = page.ActAsync(shown => shown.ByRole("button", RoomTexts.Past).ClickAsync());
        await PassUntilAsync(() => dialogs.AllByTestId("room-past").Count == 1);
        Assert.Contains(HistoryTexts.WhyEmpty, dialogs.Markup, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.FindAll("input[type=range]")[0].ChangeAsync(new ChangeEventArgs { Value = "1" }));
        await PassUntilAsync(() => dialogs.AllByTestId("drop-panel").Count == 1);

        await dialogs.ActAsync(shown => shown.ByRole("button", HistoryTexts.MomentTab).ClickAsync());
        await PassUntilAsync(() => dialogs.AllByTestId("drop-panel").Count == 0);
        await dialogs.ActAsync(shown => shown.ByRole("button", SharedTexts.Close).ClickAsync());
        await open;
    }

    [Fact]
    public async Task Room_WithAFall_OpensWhyWithItsMinuteFromTheChartAndFromTheEvents()
    {
        await FallAsync();
        var (page, dialogs) = RenderStage();

        Assert.Equal("−20", page.ByTestId("fall").TextContent);
        Assert.Equal("Why did it change? −20 within 1 min, at 20:05", page.ByTestId("fall").GetAttribute("aria-label"));
        await OpensAsync(page.ByTestId("fall"));
        await OpensAsync(page.ByTestId("event").QuerySelector("button")!);

        async Task OpensAsync(AngleSharp.Dom.IElement button)
        {
            var open = page.InvokeAsync(() => button.ClickAsync());
            await PassUntilAsync(() => dialogs.FindAll("[data-testid=drop-panel] h2").Any(title => title.TextContent == "Why 20 left, 20:04 – 20:05"));
            Assert.Equal("selected", dialogs.ByTestId("stretch-chart").GetAttribute("data-state"));
            await dialogs.ActAsync(shown => shown.ByRole("button", SharedTexts.Close).ClickAsync());
            await open;
            await PassUntilAsync(() => dialogs.AllByTestId("room-past").Count == 0);
        }
    }

    [Fact]
    public async Task Chart_OfARoomDraggedOver_OpensWhyWithTheStretchAndAPlacePressedIsReadOut()
    {
        await FallAsync();
        var (page, dialogs) = RenderStage();
        Assert.Equal("61", page.ByTestId("room-curve").GetAttribute("data-stretch"));

        var picking = page.InvokeAsync(() => page.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "56-56" })); // waits before it writes the address
        Assert.StartsWith("20:03 · 30 watching", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
        await page.ActAsync(shown => shown.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "0-61" })); // beyond the chart
        Assert.Empty(dialogs.AllByTestId("room-past"));

        // What is read out, and the minutes around it.
        await PassUntilAsync(() => Services.GetRequiredService<NavigationManager>().Uri.EndsWith("?at=20261129T200300Z", StringComparison.Ordinal));
        await picking;
        await ShowsAsync(() => page.ByRole("button", RoomTexts.Past).ClickAsync(), "Why 20 left, 20:01 – 20:05");

        await ShowsAsync(() => page.Find("[data-stretch-field]").ChangeAsync(new ChangeEventArgs { Value = "20-60" }), "Why 20 left, 20:01 – 20:06");

        async Task ShowsAsync(Func<Task> ask, string title)
        {
            var open = page.InvokeAsync(ask);
            await PassUntilAsync(() => dialogs.FindAll("[data-testid=drop-panel] h2").Any(shown => shown.TextContent != HistoryTexts.WhyTitle));
            Assert.StartsWith(title, dialogs.Find("[data-testid=drop-panel] h2").TextContent, StringComparison.Ordinal);
            await dialogs.ActAsync(shown => shown.ByRole("button", SharedTexts.Close).ClickAsync());
            await open;
            await PassUntilAsync(() => dialogs.AllByTestId("room-past").Count == 0);
        }
    }

    private (IRenderedComponent<RoomDetailPage> Page, IRenderedComponent<MudDialogProvider> Dialogs) RenderStage()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/stage");
        return (Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "stage")), Render<MudDialogProvider>());
    }

    /// <summary>Thirty viewers, of whom twenty leave in the fifth minute.</summary>
    private async Task FallAsync()
    {
        Time.SetUtcNow(Eight);
        for (var (half, here) = (0, 30); half < 12; half++)
        {
            if (half == 9)
            {
                for (here = 10; here < 30; here++)
                    Engine.Leave("stage", $"viewer-{here}", "");
                here = 10;
            }
            for (var viewer = 0; viewer < here; viewer++)
                Beat("stage", $"viewer-{viewer}");
            Pass(TimeSpan.FromSeconds(30));
        }
        await KeepHistoryAsync();
    }

    /// <summary>One viewer in two rooms, one after the other, who times out in both.</summary>
    private async Task WatchTwiceAsync()
    {
        Time.SetUtcNow(Eight);
        foreach (var room in (string[])["main", "stage"])
        {
            Beat(room, "ada", device: new SessionDevice("Pixel", "4.2.1"));
            Pass(TimeSpan.FromSeconds(90));
        }
        await KeepHistoryAsync();
    }

    private IRenderedComponent<WhileAway> RenderAway()
    {
        var away = Render<WhileAway>(parameters => parameters.Add(shown => shown.Now, Time.GetUtcNow()));
        return away;
    }

    private IRenderedComponent<ViewerDetailPage> RenderViewer() => Render<ViewerDetailPage>(parameters => parameters.Add(page => page.UserId, "ada"));
}
