using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Display;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Looking back on an evening: its pages at every width, and the way from the history to a sheet of paper and a link.</summary>
public sealed class HistoryJourneyTests(ChromiumBrowser chromium, BroadcastHost evening) : AppearanceTest, IClassFixture<BroadcastHost>
{
    private string Second => "/" + HistoryLinks.Broadcast(evening.Second.Id);

    [Fact]
    public async Task Pages_ThatLookBack_AreAccessibleAndFit()
    {
        var issued = await evening.Host.Services.GetRequiredService<ShareLinkStore>().MakeAsync(
            BroadcastHost.Stage, ShareLinkKind.Broadcast, showsNames: false, ModeratorOfTests.Email, TestContext.Current.CancellationToken, evening.Second.Id);
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/history");
        foreach (var (name, path, part) in ((string Name, string Path, string Part)[])
        [
            ("history", "/history", "totals"), ("broadcast", Second, "finding"), ("broadcast-moment", Second + "?tab=here", "moment-count"), ("broadcast-compared", Second + "?compare=usual", "comparison"),
            .. ProofLength.IsFull
                ? ((string, string, string)[])
                [
                    ("history-year", "/history?range=year&zone=utc", "totals"), ("history-none", "/history?room=nowhere", "no-broadcasts"), ("history-of-a-room", $"/rooms/{BroadcastHost.Stage}/history", "totals"),
                    ("broadcast-live", "/" + HistoryLinks.Broadcast(evening.Live.Id), "figures"), ("broadcast-unknown", "/broadcasts/999", "no-broadcast"),
                ]
                : [],
        ])
        {
            await visit.OpenAsync(path);
            await visit.Page.GetByTestId(part).WaitForAsync();
            await CheckAsync(visit, name);
        }
        await visit.Page.GotoAsync("/" + SharedRoomPages.PathOf(issued));
        await visit.Page.GetByTestId("figures").WaitForAsync();
        await CheckAsync(visit, "shared-broadcast");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Journey_FromHistoryToPaperAndALink_NeedsNothingElse()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        var page = visit.Page;
        await visit.SignInAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await page.GetByTestId("broadcast").Filter(new() { HasText = BroadcastHost.Stage }).First.GetByRole(AriaRole.Link).ClickAsync();
        await page.WaitForURLAsync("**" + Second);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(BroadcastHost.Stage); // the page before has such a chart too

        // The fall, dragged over.
        var plot = page.GetByTestId("stretch-chart");
        await Expect(plot).ToBeVisibleAsync();
        var place = (evening.LostAt - evening.Second.StartedAt) / (evening.Second.EndedAt!.Value - evening.Second.StartedAt);
        await Eventually.TrueAsync(
            async () =>
            {
                // Again, as somebody would: a page that its circuit has not drawn yet does not hear it.
                var box = (await plot.BoundingBoxAsync())!;
                await page.Mouse.MoveAsync((float)(box.X + (box.Width * (place - 0.03))), box.Y + 60);
                await page.Mouse.DownAsync();
                await page.Mouse.MoveAsync((float)(box.X + (box.Width * place)), box.Y + 70);
                await page.WaitForTimeoutAsync(100);
                var isShown = await page.GetByTestId("stretch").IsVisibleAsync();
                await page.Mouse.MoveAsync((float)(box.X + (box.Width * (place + 0.06))), box.Y + 70);
                await page.Mouse.UpAsync();
                await page.WaitForTimeoutAsync(400);
                return isShown && page.Url.Contains("?from=", StringComparison.Ordinal);
            },
            "a stretch is drawn while it is dragged, and stands in the address");
        await Expect(page.GetByTestId("finding")).ToContainTextAsync("Android · 4.2.1");
        await Expect(page.GetByTestId("finding")).ToContainTextAsync("Probably delivery, not content.");

        // The same with the keyboard, from where the stretch begins.
        var before = page.Url;
        await PressUntilAsync(page.GetByLabel("Start of the stretch"), () => page.Url != before);

        // Who was here, and who left until later.
        await page.GetByRole(AriaRole.Link, new() { Name = "Who was here" }).ClickAsync();
        await page.GetByLabel("Moment", new() { Exact = true }).And(page.Locator("input")).FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await UntilAsync(() => Task.FromResult(page.Url.Contains("at=20", StringComparison.Ordinal)), "the moment stands in the address");
        await Expect(page.GetByTestId("moment-count")).ToContainTextAsync("watching at");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare two" }).ClickAsync();
        await UntilAsync(async () => await page.GetByTestId("moment-comparison").CountAsync() == 1, "two moments are compared");
        await Expect(page.GetByTestId("moment-comparison")).ToContainTextAsync("stayed");

        // Beside the average, on one sheet of paper.
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "With the one before" }).ClickAsync();
        await Expect(page.GetByTestId("comparison")).ToContainTextAsync("Different people");
        await page.GetByRole(AriaRole.Link, new() { Name = "Why", Exact = true }).ClickAsync();
        await page.GetByTestId("finding").WaitForAsync();
        Assert.Equal(1, PagesOf(await page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true })));

        // A link, without an account, until it is revoked.
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var address = (await page.GetByRole(AriaRole.Dialog).Locator("code").TextContentAsync())!;
        await using var stranger = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await stranger.Page.GotoAsync(address);
        await Expect(stranger.Page.GetByTestId("figures")).ToContainTextAsync("Different people");
        Assert.DoesNotContain(ModeratorOfTests.Email, await stranger.Page.ContentAsync(), StringComparison.Ordinal);

        var links = evening.Host.Services.GetRequiredService<ShareLinkStore>();
        await links.RevokeAsync(links.Find(new Uri(address).Fragment.AsSpan(1))!.Id, "ada", TestContext.Current.CancellationToken);
        await stranger.Page.ReloadAsync();
        await Expect(stranger.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("This link doesn’t exist or was revoked.");
        await Expect(stranger.Page.GetByTestId("figures")).ToHaveCountAsync(0);
        Assert.Empty(visit.Errors);
    }

    private const string Drag =
        """
        plot => {
          const { left, top, width } = plot.getBoundingClientRect();
          for (const [type, place] of [["pointerdown", 0.25], ["pointermove", 0.4], ["pointerup", 0.5]])
            plot.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 7, pointerType: "touch", isPrimary: true, button: 0, clientX: left + width * place, clientY: top + 40 }));
        }
        """;

    [Fact]
    public async Task Chart_UnderAFinger_IsDraggedSidewaysAndScrolledUpAndDown()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        var page = visit.Page;
        await visit.SignInAsync(Second);
        var plot = page.GetByTestId("stretch-chart");
        await plot.WaitForAsync();

        Assert.Equal("pan-y", await plot.EvaluateAsync<string>("plot => getComputedStyle(plot).touchAction"));
        await Eventually.TrueAsync(
            async () =>
            {
                await plot.EvaluateAsync(Drag); // again, as somebody would: a page that its circuit has not drawn yet does not hear it
                await page.WaitForTimeoutAsync(500);
                return page.Url.Contains("?from=", StringComparison.Ordinal);
            },
            "a stretch was dragged");
    }

    /// <summary>Presses a key again, as somebody would, until the page has heard it.</summary>
    private static Task PressUntilAsync(ILocator slider, Func<bool> isHeard) => Eventually.TrueAsync(
        async () =>
        {
            await slider.PressAsync("ArrowLeft");
            await slider.Page.WaitForTimeoutAsync(2_000); // the address waits for a pause
            return isHeard();
        },
        "the key stands in the address");

    [Fact]
    public async Task Attendance_OfABroadcast_IsAFileOfItsVisits()
    {
        using var visitor = new FormVisitor(evening.Host.BaseAddress);
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);

        using var reply = await visitor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/downloads/broadcasts/{evening.Second.Id}/attendance.csv"));
        using var missing = await visitor.GetAsync("/downloads/broadcasts/999/attendance.csv");

        var lines = (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("room_id", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Equal(evening.Second.Figures!.Joins, lines.Length - 1);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Curves_OfTheNetworkARoomAndABroadcast_AreFilesOfTheirPoints()
    {
        using var visitor = new FormVisitor(evening.Host.BaseAddress);
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);

        var network = await RowsAsync("history.csv?range=7d&zone=utc");
        Assert.Equal("UTC", network[^1][^1]);
        var (from, until) = (AddressInstants.Write(evening.Second.StartedAt), AddressInstants.Write(evening.Second.EndedAt));
        Assert.Equal(evening.Second.Figures!.Peak, (await RowsAsync($"rooms/{BroadcastHost.Stage}/history.csv?from={from}&until={until}")).Max(row => int.Parse(row[5], CultureInfo.InvariantCulture)));
        var curve = await RowsAsync(string.Create(CultureInfo.InvariantCulture, $"broadcasts/{evening.Second.Id}/curve.csv"));
        Assert.Equal(evening.Second.Figures.Joins, curve.Sum(row => int.Parse(row[6], CultureInfo.InvariantCulture)));

        using var tooLong = await visitor.GetAsync("/downloads/history.csv?from=00010101T000000Z&until=20300101T000000Z");
        using var missing = await visitor.GetAsync("/downloads/broadcasts/999/curve.csv");
        Assert.Equal((System.Net.HttpStatusCode.BadRequest, System.Net.HttpStatusCode.NotFound), (tooLong.StatusCode, missing.StatusCode));

        async Task<string[][]> RowsAsync(string path)
        {
            using var reply = await visitor.GetAsync($"/downloads/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}separator=comma");
            var lines = (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith("at,until_at,viewers", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
            return [.. lines.Skip(1).Select(line => line.Split(','))];
        }
    }

    [Fact]
    public async Task SharedContent_WithoutALinkToABroadcast_IsNowhere()
    {
        var links = evening.Host.Services.GetRequiredService<ShareLinkStore>();
        var room = await links.MakeAsync(BroadcastHost.Stage, ShareLinkKind.Page, showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        var gone = await links.MakeAsync(BroadcastHost.Stage, ShareLinkKind.Broadcast, showsNames: false, ModeratorOfTests.Email, TestContext.Current.CancellationToken, 999);
        var broadcast = await links.MakeAsync(BroadcastHost.Stage, ShareLinkKind.Broadcast, showsNames: false, ModeratorOfTests.Email, TestContext.Current.CancellationToken, evening.Second.Id);

        Assert.Equal(404, await AskAsync(SharedBroadcasts.Content, null));
        Assert.Equal(404, await AskAsync(SharedBroadcasts.Content, room.Token));
        Assert.Equal(404, await AskAsync(SharedBroadcasts.Content, gone.Token));
        Assert.Equal(200, await AskAsync(SharedBroadcasts.Content, broadcast.Token));
        Assert.Equal(404, await AskAsync(ShareLinkEndpoints.Route.TrimStart('/'), broadcast.Token)); // it shows no room

        async Task<int> AskAsync(string path, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (token is not null)
                request.Headers.Authorization = new("Bearer", token);
            using var reply = await evening.Host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            return (int)reply.StatusCode;
        }
    }

    // The pause before a moment is read is one of the evening's clock, which stands still.
    private Task UntilAsync(Func<Task<bool>> isSo, string what) => Eventually.TrueAsync(
        () =>
        {
            evening.Clock.Advance(TimeSpan.FromMilliseconds(50));
            return isSo();
        },
        what);

    private static int PagesOf(byte[] pdf) => Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page[^s]", RegexOptions.None, TimeSpan.FromSeconds(5));
}
