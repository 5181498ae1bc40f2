using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

/// <summary>The one search, as its field and its list show it.</summary>
public sealed class SearchPaletteTests : PageTest
{
    private readonly BunitJSModuleInterop _script;

    public SearchPaletteTests()
    {
        _script = JSInterop.SetupModule("./page.js");
        _script.Mode = JSRuntimeMode.Loose;
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Typed_FindsPeopleRoomsAndWhatCanBeDone()
    {
        Beat("main-stage", "u-17", "Élodie Moreau");
        Pass(TimeSpan.FromSeconds(1));
        Beat("melody-corner", "u-17");
        Beat("melody-corner", "u-18");
        Pass(TimeSpan.FromSeconds(10));
        var search = Render<SearchPalette>();

        await TypeAsync(search, "elo");

        Assert.Equal(["Élodie Moreau", "melody-corner", "Show in the list of main-stage", SearchTexts.BanAction], Names(search));
        Assert.Equal(["Élo", "elo"], search.FindAll("mark").Select(mark => mark.TextContent).Where(mark => mark.Length > 0));
        Assert.Contains("main-stage and 1 more", Options(search)[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("2 watching", Options(search)[1].TextContent, StringComparison.Ordinal);
        Assert.Equal(["People", "Rooms", "Actions on Élodie Moreau"], search.FindAll("[role=group]").Select(group => search.Find("#" + group.GetAttribute("aria-labelledby")).TextContent));
        Assert.Equal("1 person, 1 room", search.ByTestId("search-count").TextContent);
    }

    [Fact]
    public async Task Arrows_MoveTheChoiceAndTheActionsFollowIt()
    {
        Beat("main", "ada", "Ada");
        Beat("main", "adam", "Adam");
        var search = Render<SearchPalette>();
        await TypeAsync(search, "ada");
        Assert.Equal(("Ada", "Actions on Ada"), (Chosen(search), Titles(search)[1]));

        await PressAsync(search, "ArrowDown");
        Assert.Equal(("Adam", "Actions on Adam"), (Chosen(search), Titles(search)[1]));

        await PressAsync(search, "Tab");
        Assert.Equal(("Show in the list of main", "Actions on Adam"), (Chosen(search), Titles(search)[1]));

        await PressAsync(search, "ArrowDown");
        await PressAsync(search, "ArrowDown");
        Assert.Equal("Ada", Chosen(search)); // round
        await PressAsync(search, "ArrowUp");
        Assert.Equal(SearchTexts.BanAction, Chosen(search));
        Assert.Single(search.FindAll("[aria-selected=true]"));
    }

    [Fact]
    public async Task Enter_OpensWhatWasTypedAndNotWhatAnEarlierTextFound()
    {
        Beat("main", "ada");
        Beat("main", "grace");
        var search = Render<SearchPalette>();
        await TypeAsync(search, "ada");

        var typed = search.Find("input").InputAsync(new ChangeEventArgs { Value = "grace" });
        await search.Find("input").KeyDownAsync(new KeyboardEventArgs { Key = "Enter" });
        await typed;

        Assert.EndsWith("/viewers/grace", Navigation.Uri, StringComparison.Ordinal);
        _script.VerifyInvoke("closeSearch");
    }

    [Fact]
    public async Task Typing_OnWhileASearchWaitsForItsTurn_GivesItUp()
    {
        for (var user = 0; user < 500; user++)
            Beat("main", $"user-{user}");
        var reads = new PageReads(new DashboardOptions { Limits = { ReadsPerSecond = 20, ReadBurst = 60 } }, Time); // ten times as much for an account
        Services.AddSingleton(reads);
        reads.TryTake("mod@example.com", 600, out _);
        var search = Render<SearchPalette>();
        var first = search.Find("input").InputAsync(new ChangeEventArgs { Value = "user-49" });
        Assert.Equal("true", search.Find("[role=listbox]").GetAttribute("aria-busy"));

        var second = search.Find("input").InputAsync(new ChangeEventArgs { Value = "user-499" });
        await Eventually.TrueAsync(() => first.IsCompleted, "the first is given up");
        Assert.Empty(Options(search));
        for (var wait = 0; wait < 100 && !second.IsCompleted; wait++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Cancellation);
        }
        await second;

        Assert.Equal("user-499", Names(search)[0]);
    }

    [Fact]
    public async Task Empty_ShowsRoomsOpenedLatelyAndPages()
    {
        Beat("main", "ada");
        Navigation.NavigateTo("/rooms/first");
        var search = Render<SearchPalette>();
        Navigation.NavigateTo("/rooms/main");
        Navigation.NavigateTo("/room?id=..");
        Navigation.NavigateTo("/rooms/first");
        Navigation.NavigateTo("/settings");

        await search.Find("input").FocusAsync(new());

        Assert.Equal([SearchTexts.Lately, SearchTexts.Pages], Titles(search));
        Assert.Equal(["first", "..", "main", "Overview"], Names(search).Take(4));
        Assert.Contains("1 watching", Options(search)[2].TextContent, StringComparison.Ordinal);
        Assert.Equal("", search.ByTestId("search-count").TextContent);
    }

    [Fact]
    public async Task Pages_AreFoundByNameAsTheRoleMayOpenThem()
    {
        var search = Render<SearchPalette>();
        await TypeAsync(search, "open wall");
        Assert.Equal(["Wall"], Names(search));
        await TypeAsync(search, "people");
        Assert.Equal(["People online", "People"], Names(search));

        Moderator.SetRoles(nameof(ModeratorRole.Moderator));
        await TypeAsync(search, "peopl");
        Assert.Equal(["People online"], Names(search));
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        await TypeAsync(search, "system");
        Assert.Empty(Options(search));
    }

    [Fact]
    public async Task Ban_AndAName_OffersWhomToBan()
    {
        Beat("main", "ada", "Ada");
        var search = Render<SearchPalette>();
        await TypeAsync(search, "ba");
        Assert.Equal([SearchTexts.BanSomebody, BanTexts.Heading], Names(search));

        await PressAsync(search, "Enter");
        Assert.Equal("ban ", search.Find("input").GetAttribute("value"));
        await TypeAsync(search, "ban ÁDA");

        Assert.Equal(["Ada"], Names(search));
        Assert.Equal([SearchTexts.BanGroup], Titles(search));
        Assert.Null(Options(search)[0].GetAttribute("href"));
    }

    [Fact]
    public async Task Observer_IsOfferedNothingThatActs()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Beat("main", "ada", "Ada");
        var search = Render<SearchPalette>();

        await TypeAsync(search, "ada");
        Assert.Equal(["Ada", "Show in the list of main"], Names(search));
        await TypeAsync(search, "ban ada");
        Assert.Empty(Options(search));
        await TypeAsync(search, "ban");
        Assert.Empty(Options(search));
    }

    [Fact]
    public async Task Room_ThatIsFound_CanBePinned()
    {
        Beat("main", "ada");
        var search = Render<SearchPalette>();
        await TypeAsync(search, "main");
        Assert.Equal(["main", SearchTexts.Pin, SearchTexts.OnWall], Names(search));

        await PressAsync(search, "Tab");
        await PressAsync(search, "Enter");

        Assert.Equal(["main", SearchTexts.Unpin, SearchTexts.OnWall], Names(search));
        Assert.Equal(["main"], await PinStore.LoadAsync("mod@example.com"));
    }

    [Fact]
    public async Task Search_WithoutAHit_SaysWhatToDoNextAndFindsAnAbsentUserByItsId()
    {
        await Services.GetRequiredService<Presence.Engine.Storage.UserStore>().SignInAsync("ada.1815", "Ada", isGuest: false, vouched: true, Cancellation);
        var search = Render<SearchPalette>();

        await TypeAsync(search, "ada");
        Assert.Contains("Nothing found for “ada”.", search.ByTestId("search-empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("0 people, 0 rooms", search.ByTestId("search-count").TextContent);

        await TypeAsync(search, "ada.1815");
        Assert.Equal("Ada", Names(search)[0]);
        Assert.Contains(SearchTexts.Absent, Options(search)[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_ForgetsWhatWasTyped()
    {
        Beat("main", "ada");
        var search = Render<SearchPalette>();
        await TypeAsync(search, "ada");

        await search.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);

        Assert.Equal("", search.Find("input").GetAttribute("value"));
        Assert.Empty(Options(search));
    }

    [Fact]
    public async Task Search_ThatFails_SaysSo()
    {
        Services.AddTransient(_ => new NetworkSearchQuery(Local, null!, null!, null!, Services.GetRequiredService<ModeratorGuard>()));
        var search = Render<SearchPalette>();

        await TypeAsync(search, "ada");

        Assert.Equal(SearchTexts.Failed, search.Find("[role=alert]").TextContent);
    }

    private static Task TypeAsync(IRenderedComponent<SearchPalette> search, string text) => search.Find("input").InputAsync(new ChangeEventArgs { Value = text });

    private static Task PressAsync(IRenderedComponent<SearchPalette> search, string key) => search.Find("input").KeyDownAsync(new KeyboardEventArgs { Key = key });

    private static IReadOnlyList<AngleSharp.Dom.IElement> Options(IRenderedComponent<SearchPalette> search) => search.AllByTestId("search-option");

    private static string[] Names(IRenderedComponent<SearchPalette> search) => [.. Options(search).Select(option => option.QuerySelector("bdi")!.TextContent)];

    private static string[] Titles(IRenderedComponent<SearchPalette> search) => [.. search.FindAll("[role=group]").Select(group => search.Find("#" + group.GetAttribute("aria-labelledby")).TextContent)];

    private static string Chosen(IRenderedComponent<SearchPalette> search) => search.Find("#" + search.Find("input").GetAttribute("aria-activedescendant")).QuerySelector("bdi")!.TextContent;
}

/// <summary>From room to room.</summary>
public sealed class RoomTrailTests : PageTest
{
    [Fact]
    public async Task Beside_FollowsTheListThatWasSeenWhateverChangesSince()
    {
        foreach (var (room, viewers) in new[] { ("a", 3), ("b", 2), ("c", 1) })
        {
            for (var viewer = 0; viewer < viewers; viewer++)
                Beat(room, $"{room}-{viewer}");
        }
        var trail = Services.GetRequiredService<RoomTrail>();
        Assert.Equal<(string?, string?)>(("a", "c"), await trail.BesideAsync("b"));

        trail.List(await Services.GetRequiredService<RoomListQuery>().ReadAsync(new RoomListView("", RoomFilter.All, RoomOrder.Name, Reversed: true)));
        Assert.Equal<(string?, string?)>((null, "b"), await trail.BesideAsync("c"));
        for (var viewer = 0; viewer < 9; viewer++)
            Beat("c", $"late-{viewer}");
        Assert.Equal<(string?, string?)>(("c", "a"), await trail.BesideAsync("b"));

        // One the list did not have: that of all rooms.
        Beat("d", "d-0");
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal<(string?, string?)>(("b", null), await trail.BesideAsync("d"));
        Assert.Equal<(string?, string?)>((null, "c"), await trail.BesideAsync("nowhere"));
    }

    [Fact]
    public void Lately_HoldsAFewRoomsOnceEach()
    {
        var trail = Services.GetRequiredService<RoomTrail>();
        for (var room = 0; room < 10; room++)
            trail.Open($"room-{room}");
        trail.Open("room-7");

        Assert.Equal(["room-7", "room-9", "room-8", "room-6", "room-5", "room-4"], trail.Lately);
    }
}
