using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Tests.Components;

public sealed class RoomListPageTests : PageTest
{
    public RoomListPageTests()
    {
        var options = new DashboardOptions { Data = Directory.CreateTempSubdirectory("presence-keys-").FullName, Clients = { Key = "the-key", AllowUnverifiedLogin = true } };
        Services.AddSingleton(options);
        Services.AddSingleton(new ClientKey(options, new KeyFolder(options)));
        Services.AddSingleton<ClientCommands>();
    }

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public void Rooms_WithViewers_ShowsOneRowARoomWithWhatIsInIt()
    {
        Beat("main", "ada");
        Beat("main", "grace", state: ViewerState.Hidden);
        Beat("main", "visitor", isGuest: true);
        Beat("side", "ada");

        var page = Render<RoomListPage>();

        Assert.Equal(["main", "side"], Names(page));
        Assert.Equal("rooms/main", page.Find("tbody a").GetAttribute("href"));
        Assert.Equal(["3", "1"], page.AllByTestId("room-viewers").Select(count => count.TextContent));
        Assert.Equal(["2 watching, 1 hidden, 0 fading, 1 guest", "1 watching, 0 hidden, 0 fading"], page.AllByTestId("split").Select(split => split.GetAttribute("aria-label")));
        Assert.Equal("2 rooms", page.ByTestId("showing").TextContent);
    }

    [Fact]
    public void Rooms_WithNobody_OffersTheCommandAndTheDemo()
    {
        var page = Render<RoomListPage>();

        var text = page.Find("[aria-labelledby=first-viewer]").TextContent;
        Assert.Contains("X-API-Key: the-key", text, StringComparison.Ordinal);
        Assert.Contains("http://localhost/api/v1/presence/rooms/first-room/heartbeat", text, StringComparison.Ordinal);
        Assert.Contains("-- --demo", text, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("button[data-copy]"));
    }

    [Fact]
    public async Task Rooms_WhileTheyAreRead_SaySoAndThenShowThem()
    {
        Beat("main", "ada");
        var held = new TaskCompletionSource();
        PinStore.Ready = held.Task;

        var page = Render<RoomListPage>();
        Assert.Equal("Loading rooms…", page.ByTestId("loading").TextContent);
        held.SetResult();

        await PassUntilAsync(() => page.AllByTestId("room-name").Count == 1);
    }

    [Fact]
    public async Task Rooms_ThatCannotBeRead_OfferToTryAgain()
    {
        Beat("main", "ada");
        PinStore.Ready = Task.FromException(new InvalidOperationException("disk"));
        var page = Render<RoomListPage>();
        Assert.Contains("Couldn’t load", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        PinStore.Ready = Task.CompletedTask;
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Equal(["main"], Names(page));
    }

    [Fact]
    public async Task Rooms_WhenSomebodyComes_ShowsItWithoutReload()
    {
        var page = Render<RoomListPage>();

        Beat("main", "ada");

        await PassUntilAsync(() => page.AllByTestId("room-name").Count == 1);
    }

    [Fact]
    public void Rooms_WithSearchAndSortInTheAddress_ShowsThem()
    {
        Beat("main", "ada");
        Beat("maintenance", "ada");
        Beat("maintenance", "grace");
        Beat("side", "ada");
        Open("/rooms?search=MAIN&sort=name");

        var page = Render<RoomListPage>();

        Assert.Equal(["main", "maintenance"], Names(page));
        Assert.Equal("ascending", page.FindAll("th")[0].GetAttribute("aria-sort"));
        Assert.Equal("MAIN", page.Find("input[type=search]").GetAttribute("value"));
    }

    [Fact]
    public async Task Rooms_WhilePointedAt_KeepTheirPlacesUntilTheNewOrderIsAskedFor()
    {
        Beat("main", "ada");
        Beat("main", "grace");
        Beat("side", "ada");
        var page = Render<RoomListPage>();
        page.Act(shown => shown.ByTestId("hold-area").TriggerEvent("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));

        for (var viewer = 0; viewer < 4; viewer++)
            Beat("side", $"viewer {viewer}");
        await PassUntilAsync(() => page.AllByTestId("room-viewers").Any(count => count.TextContent == "5") && page.FindAll("[data-testid=waiting] button").Count == 1);
        Assert.Equal(["main", "side"], Names(page));
        Assert.Equal(["1", "2", "3"], page.FindAll("[aria-rowindex]").Select(row => row.GetAttribute("aria-rowindex")));
        Assert.Equal("3", page.Find("table").GetAttribute("aria-rowcount"));

        await page.ActAsync(shown => shown.Find("[data-testid=waiting] button").ClickAsync(new()));
        Assert.Equal(["side", "main"], Names(page));
        Assert.Empty(page.AllByTestId("waiting"));

        for (var viewer = 0; viewer < 9; viewer++)
            Beat("main", $"viewer {viewer}");
        await PassUntilAsync(() => page.FindAll("[data-testid=waiting] button").Count == 1);
        Assert.Equal(["side", "main"], Names(page));
        page.Act(shown => shown.ByTestId("hold-area").TriggerEvent("onpointerleave", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));

        await PassUntilAsync(() => Names(page).SequenceEqual(["main", "side"]));
    }

    [Fact]
    public void Row_OnAPhone_TellsInASecondLineWhatHasNoColumnThere()
    {
        Beat("main", "ada");
        Beat("main", "grace", state: ViewerState.Hidden);
        Beat("main", "visitor", isGuest: true);
        Engine.Leave("main", "ada", "");

        Assert.Equal("peak 3 · since 12:00 · 1 hidden · 1 guest", Render<RoomListPage>().ByTestId("row-note").TextContent);
    }

    [Theory]
    [InlineData("", "grows still falls")]
    [InlineData("?sort=-count", "falls still grows")]
    [InlineData("?sort=-name", "still grows falls")]
    [InlineData("?sort=change", "grows still falls")]
    [InlineData("?sort=-change", "falls still grows")]
    [InlineData("?show=growing", "grows")]
    [InlineData("?show=falling", "falls")]
    [InlineData("?show=guests", "still")]
    [InlineData("?show=off", "closed")]
    [InlineData("?show=nonsense", "grows still falls")]
    public void Rooms_SortedAndFilteredByTheAddress_AreThose(string query, string expected)
    {
        Engine.Define("closed", new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } });
        Beat("grows", "a");
        Beat("still", "b", isGuest: true);
        Beat("still", "c");
        Beat("falls", "d");
        Beat("falls", "e");
        Pass(TimeSpan.FromSeconds(16));
        for (var viewer = 0; viewer < 3; viewer++)
            Beat("grows", $"more {viewer}");
        Engine.Leave("falls", "e", "");
        Open("/rooms" + query);

        var page = Render<RoomListPage>();

        Assert.Equal(expected.Split(' '), Names(page));
    }

    [Theory]
    [InlineData("peak", "was-full is-full new", "descending", "Highest peak", 6)]
    [InlineData("-peak", "new is-full was-full", "ascending", "Lowest peak", 6)]
    [InlineData("since", "was-full is-full new", "ascending", "Live longest", 7)]
    [InlineData("-since", "new is-full was-full", "descending", "Newest", 7)]
    public void Rooms_ByPeakOrByHowLongTheyAreLive_AreInThatOrderAndSayIt(string sort, string expected, string direction, string name, int column)
    {
        for (var viewer = 0; viewer < 4; viewer++)
            Beat("was-full", $"viewer {viewer}");
        for (var viewer = 1; viewer < 4; viewer++)
            Engine.Leave("was-full", $"viewer {viewer}", "");
        Pass(TimeSpan.FromSeconds(5));
        for (var viewer = 0; viewer < 3; viewer++)
            Beat("is-full", $"viewer {viewer}");
        Pass(TimeSpan.FromSeconds(5));
        Beat("new", "ada");
        Open($"/rooms?sort={sort}");

        var page = Render<RoomListPage>();

        Assert.Equal(expected.Split(' '), Names(page));
        Assert.Equal(direction, page.FindAll("th")[column].GetAttribute("aria-sort"));
        Assert.Single(page.FindAll("th[aria-sort]"));
        Assert.Equal(name, page.Find("[aria-haspopup=menu]").TextContent.Trim());
    }

    [Fact]
    public async Task Orders_WhereTheTableIsNarrow_StandInAMenuOfLinks()
    {
        Beat("main", "ada");
        Open("/rooms?show=guests");
        var popups = Render<MudPopoverProvider>();
        var page = Render<RoomListPage>();

        await page.ActAsync(shown => shown.Find("[aria-haspopup=menu]").ClickAsync());

        popups.WaitForAssertion(() => Assert.Equal(10, popups.FindAll("a[href]").Count));
        Assert.Equal(["http://localhost/rooms?show=guests", "http://localhost/rooms?show=guests&sort=-count"], popups.FindAll("a[href]").Take(2).Select(link => link.GetAttribute("href")));
        Assert.Equal("Most viewers", popups.Find("a[aria-current]").TextContent.Trim());
    }

    [Fact]
    public async Task Rooms_InTheFirstAnswer_AreEnoughForATallScreen()
    {
        for (var room = 0; room < 200; room++)
            Beat($"room {room:000}", $"viewer {room}");

        var reading = await Services.GetRequiredService<RoomListQuery>().ReadAsync(new RoomListView("", RoomFilter.All, RoomOrder.Name, Reversed: false));

        Assert.Equal(Enumerable.Range(0, 40).Select(room => new RoomLine($"room {room:000}", room + 1)), reading.First);
        Assert.Equal(Enumerable.Range(40, 160).Select(room => new RoomLine($"room {room:000}", room + 1)), reading.Rest);
        Assert.Equal(200, reading.Matching);
    }

    [Fact]
    public void Rooms_SwitchedOff_SaySoBesideTheirTitle()
    {
        Engine.Define("closed", new RoomDefinition { Title = "Green room", Overrides = new RoomOverrides { Enabled = false } });
        Open("/rooms?show=off");

        var page = Render<RoomListPage>();

        Assert.Equal("Green room", page.ByTestId("room-name").TextContent);
        Assert.Equal("Off", page.ByTestId("room-tag").TextContent);
        Assert.Equal("rooms/closed", page.Find("tbody a").GetAttribute("href"));
    }

    [Fact]
    public async Task Search_WhileTyping_GoesIntoTheAddressAtTheNextPause()
    {
        Beat("main", "ada");
        Beat("side", "ada");
        var page = Render<RoomListPage>();

        page.Act(shown => shown.Find("input[type=search]").Input("sid"));
        await PassUntilAsync(() => Names(page).SequenceEqual(["side"]));

        Assert.EndsWith("?search=sid", Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?search=zzz", "room matches “zzz”")]
    [InlineData("?show=growing", "No room gained viewers")]
    [InlineData("?show=off", "No room is switched off")]
    public void Rooms_NoneOfWhichMatch_SayWhyAndLeadBack(string query, string expected)
    {
        Beat("main", "ada");
        Open("/rooms" + query);

        var page = Render<RoomListPage>();

        Assert.Contains(expected, page.ByTestId("empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("rooms", page.Find("[data-testid=empty] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Pin_OfARoom_ShowsItAboveTheListAndKeepsIt()
    {
        Beat("large", "ada");
        Beat("large", "grace");
        Beat("small", "ada");
        var page = Render<RoomListPage>();
        Assert.Empty(page.AllByTestId("pinned"));

        await page.ActAsync(shown => shown.Find("button[aria-label='Pin small']").ClickAsync());

        Assert.Equal("Pinned", page.Find("section[aria-labelledby=pinned-rooms] h2").TextContent);
        Assert.Equal(["small"], page.FindAll("[data-testid=pinned] [data-testid=room-name]").Select(name => name.TextContent));
        Assert.Equal(["1"], page.FindAll("[data-testid=pinned] [data-testid=room-viewers]").Select(count => count.TextContent));
        Assert.Equal(["large", "small"], Rows(page));
        Assert.All(page.FindAll("button[aria-label='Pin small']"), pin => Assert.Equal("true", pin.GetAttribute("aria-pressed")));
        Assert.Equal(["small"], await PinStore.LoadAsync("mod@example.com"));
        Assert.Equal(["small", "large", "small"], Names(Render<RoomListPage>()));

        await page.ActAsync(shown => shown.Find("button[aria-label='Pin small']").ClickAsync());

        Assert.Equal(["large", "small"], Names(page));
    }

    [Fact]
    public async Task Pin_OfARoomNobodyIsIn_KeepsItInSight()
    {
        await PinStore.SaveAsync("mod@example.com", ["later"]);

        var page = Render<RoomListPage>();
        Assert.Equal(["later"], Names(page));
        page.Act(shown => shown.Find("input[type=search]").Input("now"));

        await PassUntilAsync(() => page.AllByTestId("room-name").Count == 0);
    }

    [Fact]
    public async Task Pin_OfOneMoreThanAWallShows_SaysWhatToDo()
    {
        await PinStore.SaveAsync("mod@example.com", [.. Enumerable.Range(0, PinnedRooms.Most).Select(room => $"pinned {room}")]);
        Beat("one more", "ada");
        var page = Render<RoomListPage>();

        await page.ActAsync(shown => shown.Find("button[aria-label='Pin one more']").ClickAsync());

        Assert.Contains("12 rooms are pinned", LastNotice!.Text, StringComparison.Ordinal);
        Assert.Null(LastNotice!.Undo);
    }

    [Fact]
    public async Task Pin_LetGoAndUndone_IsWhereItWas()
    {
        await PinStore.SaveAsync("mod@example.com", ["first", "second", "third"]);
        var page = Render<RoomListPage>();

        await page.ActAsync(shown => shown.Find("button[aria-label='Pin second']").ClickAsync());
        Assert.Equal(["first", "third"], Names(page));
        Assert.Contains("no longer pinned", LastNotice!.Text, StringComparison.Ordinal);
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice);

        await PassUntilAsync(() => Names(page).SequenceEqual(["first", "second", "third"]));
        Assert.Equal(["first", "second", "third"], await PinStore.LoadAsync("mod@example.com"));
    }

    [Fact]
    public async Task Pin_ThatCannotBeStored_SaysSoAndChangesNothing()
    {
        Beat("main", "ada");
        var page = Render<RoomListPage>();
        PinStore.Ready = Task.FromException(new InvalidOperationException("disk"));

        await page.ActAsync(shown => shown.Find("button[aria-pressed]").ClickAsync());

        Assert.Contains("Couldn’t save", LastNotice!.Text, StringComparison.Ordinal);
        Assert.Equal("false", page.Find("button[aria-pressed]").GetAttribute("aria-pressed"));
    }

    [Fact]
    public async Task Rooms_WhenManyJoinAtOnce_FoldsThemIntoOneNumber()
    {
        Beat("main", "ada");
        var page = Render<RoomListPage>();

        for (var viewer = 0; viewer < 312; viewer++)
            Beat("main", $"viewer {viewer}");

        await PassUntilAsync(() => page.AllByTestId("burst").Count == 1);
        Assert.Equal("+312 in 10 s", page.ByTestId("burst").TextContent);
    }

    [Fact]
    public async Task Freshness_WhenTheSweepStops_LooksStale()
    {
        Beat("main", "ada");
        Engine.Sweep();
        var page = Render<RoomListPage>();
        Assert.Contains("Live", page.ByTestId("freshness").TextContent, StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(8));

        await PassUntilAsync(() => page.ByTestId("freshness").GetAttribute("data-state") == "stale");
    }

    [Fact]
    public void Rooms_ForSomebodyWithoutARole_ShowsNothing()
    {
        Beat("main", "ada");
        Moderator.SetRoles();

        var page = Render<RoomListPage>();

        Assert.DoesNotContain("main", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No access", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_ThenSomebodyComes_RendersNoMore()
    {
        var page = Render<RoomListPage>();
        await page.Instance.DisposeAsync();
        var renders = page.RenderCount;

        Beat("main", "ada");
        Time.Advance(TimeSpan.FromSeconds(3));
        await Task.Delay(20, Cancellation);

        Assert.Equal(renders, page.RenderCount);
    }

    private static IEnumerable<string> Rows(IRenderedComponent<RoomListPage> page) => page.FindAll("tr [data-testid=room-name]").Select(name => name.TextContent);

    private static IEnumerable<string> Names(IRenderedComponent<RoomListPage> page) => page.AllByTestId("room-name").Select(name => name.TextContent);

    private void Open(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);
}
