using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Components;

public sealed class RoomDetailPageTests : PageTest
{
    [Fact]
    public void Room_WithViewers_ListsTheNewestArrivalFirst()
    {
        Beat("main", "ada", "Ada Lovelace");
        Time.Advance(TimeSpan.FromSeconds(3));
        Beat("main", "grace", "Grace Hopper", ViewerState.Hidden);
        Time.Advance(TimeSpan.FromSeconds(3));
        Beat("main", "ada", "Ada Lovelace"); // beats again: stays where it is

        var page = RenderRoom("main");

        Assert.Equal("2", page.ByTestId("viewer-count").TextContent);
        Assert.Equal(["Grace Hopper", "Ada Lovelace"], page.AllByTestId("viewer-name").Select(name => name.TextContent));
        Assert.Equal(["grace", "ada"], page.AllByTestId("viewer-id").Select(id => id.TextContent));
        Assert.Equal(["Hidden", "Watching"], page.AllByTestId("status").Select(status => status.TextContent));
        Assert.Equal(["GH", "AL"], page.AllByTestId("avatar").Select(avatar => avatar.TextContent));
    }

    [Fact]
    public void Room_WithViewersWhoAskedNotToBeListed_CountsThemWithoutANameAndKnowsThemById()
    {
        Beat("main", "ada", "Ada Lovelace");
        Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "eve", SessionId = "", Profile = new UserProfile("Eve Hidden", null), IsUnlisted = true });
        Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "ida", SessionId = "", IsUnlisted = true });

        var page = RenderRoom("main");

        Assert.Equal("3", page.ByTestId("viewer-count").TextContent);
        Assert.Equal("1 viewer and 2 not listed", page.ByTestId("showing").TextContent);
        Assert.Equal(["Ada Lovelace"], page.AllByTestId("viewer-name").Select(name => name.TextContent));
        Assert.DoesNotContain("Eve Hidden", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Room_WithMachinesNobodyVouchedFor_CountsThemApartAndSaysWhy()
    {
        Beat("main", "ada", "Ada Lovelace");
        for (var beat = 0; beat < 7; beat++)
        {
            Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "bot", SessionId = "", IsUnverified = true });
            Pass(TimeSpan.FromSeconds(5));
        }

        var page = RenderRoom("main");

        Assert.Equal("2", page.ByTestId("viewer-count").TextContent);
        Assert.Equal("1 watching · 1 unverified", page.ByTestId("unverified").TextContent);
        var badge = Assert.Single(page.AllByTestId("row-unverified"));
        Assert.Equal((ViewerTexts.Unverified, ViewerTexts.UnverifiedMetronome), (badge.TextContent, badge.GetAttribute("title")));
    }

    [Fact]
    public void Room_WithViewersWithPictures_ShowsThemFromThisServerOverTheirInitials()
    {
        BeatWithPicture("ada", "https://example.com/ada.png");
        Time.Advance(TimeSpan.FromSeconds(1));
        BeatWithPicture("bob", "http://example.com/bob.png");
        Time.Advance(TimeSpan.FromSeconds(1));
        BeatWithPicture("eve", "https://example.com/eve.png?secret=1");

        var page = RenderRoom("main");

        var pictures = page.AllByTestId("avatar").Select(avatar => (avatar.TextContent, avatar.QuerySelector("img"))).ToArray();
        Assert.Equal([("EV", true), ("BO", false), ("AD", true)], pictures.Select(shown => (shown.TextContent, shown.Item2 is not null)));
        Assert.All(pictures.Select(shown => shown.Item2).OfType<AngleSharp.Dom.IElement>(), picture =>
        {
            Assert.Matches("^pictures/[A-Za-z0-9_-]{22}$", picture.GetAttribute("src"));
            Assert.Equal(("", "lazy"), (picture.GetAttribute("alt"), picture.GetAttribute("loading")));
        });
        Assert.DoesNotContain("example.com", page.Markup, StringComparison.Ordinal);

        void BeatWithPicture(string userId, string url) =>
            Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = userId, SessionId = "", Profile = new UserProfile(null, url) });
    }

    [Theory]
    [InlineData("\u200B\u3164", "ada", "AD")]
    [InlineData("\u202Enimda", "nimda", "NI")]
    public void Room_WithAViewerWhoseNameDeceives_ShowsWhatIsThereInItsOwnFrame(string name, string shown, string initials)
    {
        Beat("main", "ada", name);

        var page = RenderRoom("main");

        var link = page.Find("a[href='viewers/ada']");
        Assert.Equal(("BDI", shown), (link.FirstElementChild!.NodeName, link.TextContent));
        Assert.Equal(initials, page.ByTestId("avatar").TextContent);
        Assert.Single(page.FindAll($"button[aria-label='Remove {shown}']"));
    }

    [Fact]
    public async Task Remove_OfOneOfTwoOfTheSameName_NamesTheIdInTheQuestion()
    {
        Beat("main", "anna-1", "Anna");
        Beat("main", "anna-2", "Anna");
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var page = RenderRoom("main");

        page.Act(shown => shown.FindAll("button[aria-label='Remove Anna']")[0].Click()); // the latest to join
        await PassUntilAsync(() => dialogs.FindAll("#removal-reason").Count == 1);

        Assert.Equal("anna-2", dialogs.ByTestId("remove-who").TextContent);
    }

    [Fact]
    public void Room_NobodyIsIn_SaysSo()
    {
        var page = RenderRoom("never seen");

        Assert.Equal("0", page.ByTestId("viewer-count").TextContent);
        Assert.Contains("No viewers yet", page.Markup, StringComparison.Ordinal);
        Assert.Equal(0, Engine.CountNetwork().Rooms);
    }

    [Fact]
    public async Task Room_AtAViewersDeadline_LetsItGo()
    {
        Beat("main", "ada");
        var page = RenderRoom("main");

        Pass(TimeSpan.FromSeconds(40));
        await PassUntilAsync(() => page.ByTestId("status").TextContent == "Fading");
        Pass(TimeSpan.FromSeconds(21));

        await PassUntilAsync(() => page.ByTestId("viewer-count").TextContent == "0");
    }

    [Fact]
    public void Room_WithManyViewers_HoldsOnlyTheLinesOnScreen()
    {
        for (var i = 0; i < 1_240; i++)
            Beat("main", $"user-{i:0000}");

        var page = RenderRoom("main");

        Assert.InRange(page.AllByTestId("viewer-name").Count, 1, 200);
        Assert.Equal("user-1239", page.ByTestId("viewer-name").TextContent);
        Assert.Equal("1,240", page.ByTestId("viewer-count").TextContent);
        Assert.Equal("1,240 viewers", page.ByTestId("showing").TextContent);
        Assert.Equal("1241", page.Find("table").GetAttribute("aria-rowcount"));
        Assert.Equal(["1", "2", "3"], page.FindAll("table [aria-rowindex]").Take(3).Select(row => row.GetAttribute("aria-rowindex")));
    }

    [Fact]
    public async Task Search_ByPartOfTheNameOrId_FindsTheViewerOnceTheTypingPauses()
    {
        for (var i = 0; i < 300; i++)
            Beat("main", $"user-{i:0000}", $"Viewer {i}");
        Beat("main", "needle", "Ada Lovelace");
        for (var i = 300; i < 600; i++)
            Beat("main", $"user-{i:0000}", $"Viewer {i}");
        var page = RenderRoom("main");

        page.Act(shown => shown.Find("input[type=search]").Input("lov"));
        page.Act(shown => shown.Find("input[type=search]").Input("lovel"));
        await PassUntilAsync(() => page.AllByTestId("viewer-id").Select(id => id.TextContent).SequenceEqual(["needle"]));

        Assert.EndsWith("?search=lovel", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("1 of 601 viewers", page.ByTestId("showing").TextContent);
        Assert.Equal("/viewers.csv?search=lovel&separator=comma", await DownloadAsync(page));
        Assert.Equal("601", page.ByTestId("viewer-count").TextContent);
    }

    [Fact]
    public void State_InTheAddress_NarrowsTheList()
    {
        Beat("main", "ada");
        Beat("main", "grace", state: ViewerState.Hidden);
        Navigation.NavigateTo("/rooms/main?state=hidden");

        var page = RenderRoom("main");

        Assert.Equal(["grace"], page.AllByTestId("viewer-name").Select(name => name.TextContent));
        Assert.Equal("Hidden", page.ByRole("navigation", RoomTexts.StateFilter).QuerySelector("[aria-current]")!.TextContent);
    }

    [Fact]
    public async Task Filters_InTheAddress_NarrowTogetherAndGoIntoTheDownload()
    {
        var pixel = new SessionDevice("Pixel 8", "4.2.1");
        Beat("main", "ada", device: pixel);
        Beat("main", "gus", isGuest: true, device: pixel);
        Pass(TimeSpan.FromSeconds(50));
        foreach (var user in (string[])["ada", "gus"])
            Beat("main", user, isGuest: user == "gus");
        Pass(TimeSpan.FromSeconds(11));
        Beat("main", "gil", isGuest: true, device: pixel);
        Beat("main", "gwen", isGuest: true);
        Navigation.NavigateTo("/rooms/main?guests=only&device=pixel&longer=1&search=G");

        var page = RenderRoom("main");

        Assert.Equal(["Guest gus"], Names(page));
        Assert.Equal("/viewers.csv?search=G&guests=only&device=pixel&longer=1&separator=comma", await DownloadAsync(page));
        var filters = page.ByRole("group", RoomTexts.Filters);
        Assert.False(filters.HasAttribute("hidden"));
        Assert.Equal("3", new string([.. page.ByRole("button", "Filters: 3").TextContent.Where(char.IsDigit)]));
        Assert.Equal(RoomTexts.GuestsAlone, filters.QuerySelector("[aria-current]")!.TextContent);
        Assert.Equal(["pixel", "1"], filters.QuerySelectorAll("input").Select(input => input.GetAttribute("value")));
        Assert.Equal(["Pixel 8"], filters.QuerySelectorAll("option").Select(option => option.GetAttribute("value")));

        // Each goes its own way in the address.
        page.Act(shown => shown.FindAll("input[type=search]")[2].Input("")); // the minutes
        await PassUntilAsync(() => Names(page).SequenceEqual(["Guest gil", "Guest gus"]));
        Assert.EndsWith("?guests=only&device=pixel&search=G", Navigation.Uri, StringComparison.Ordinal);
        Assert.EndsWith("?search=G", page.ByRole("link", RoomTexts.ClearFilters).GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_UntilSomebodyAsksForThem_AreFolded()
    {
        Beat("main", "ada");
        var page = RenderRoom("main");
        var button = page.ByRole("button", RoomTexts.Filters);
        Assert.Equal("false", button.GetAttribute("aria-expanded"));

        page.Act(_ => button.Click());

        Assert.False(page.ByRole("group", RoomTexts.Filters).HasAttribute("hidden"));
        Assert.DoesNotContain(page.FindAll("a"), link => link.TextContent == RoomTexts.ClearFilters);
    }

    [Fact]
    public void Search_WithoutAMatch_SaysHowToSeeAll()
    {
        Beat("main", "ada");
        Navigation.NavigateTo("/rooms/main?search=nobody&state=hidden&explain=1");

        var page = RenderRoom("main");

        Assert.Contains("No viewers match.", page.Find("[aria-labelledby=watching] [data-testid=empty]").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/rooms/main?explain=1", page.Find("[aria-labelledby=watching] [data-testid=empty] a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_OnceExpanded_ShowsItsSessions()
    {
        Beat("main", "ada", "Ada Lovelace");
        Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "ada", SessionId = "phone", Device = new SessionDevice("Pixel 9", "4.2.0") });
        var page = RenderRoom("main");
        Assert.Empty(page.AllByTestId("session"));

        page.Act(shown => shown.Find("tbody button[aria-expanded]").Click());

        Assert.EndsWith("?open=ada", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("true", page.Find("tbody button[aria-expanded]").GetAttribute("aria-expanded"));
        Assert.Equal(["Unknown device", "Pixel 9 · 4.2.0"], page.AllByTestId("device").Select(device => device.TextContent).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task Roster_WhilePointedAt_StandsStillAndTheNumberGoesOn()
    {
        Beat("main", "ada");
        Beat("main", "grace");
        var page = RenderRoom("main");
        page.Act(shown => shown.Find("[aria-labelledby=watching] [role=region]").TriggerEvent("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));

        Beat("main", "hedy");
        Engine.Leave("main", "ada", "");
        Engine.Sweep();
        await PassUntilAsync(() => page.AllByTestId("waiting").Count == 1 && page.AllByTestId("status").Any(status => status.TextContent == "Left"));

        Assert.Equal("2", page.ByTestId("viewer-count").TextContent);
        Assert.Equal(["grace", "ada"], page.AllByTestId("viewer-name").Select(name => name.TextContent));
        Assert.Contains("2 pending changes", page.Find("[data-testid=waiting] button").GetAttribute("aria-label"), StringComparison.Ordinal);

        page.Act(shown => shown.Find("[aria-labelledby=watching] [role=region]").TriggerEvent("onpointerleave", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));
        await PassUntilAsync(() => page.AllByTestId("viewer-name").Select(name => name.TextContent).SequenceEqual(["hedy", "grace"]));
    }

    [Fact]
    public void Explanation_OnDemand_SaysWhatTheNumberIsMadeOf()
    {
        Beat("main", "ada");
        Beat("main", "guest", isGuest: true, state: ViewerState.Hidden);
        Engine.Remove(new Removal("bob", "main", Time.GetUtcNow().AddMinutes(5), null));
        Time.Advance(TimeSpan.FromSeconds(4));
        Navigation.NavigateTo("/rooms/main?explain=1");

        var page = RenderRoom("main");
        var lines = page.FindAll("#explanation dl > div").ToDictionary(
            line => line.QuerySelector("dt")!.TextContent, line => line.QuerySelector("dd > span")!.TextContent, StringComparer.Ordinal);

        Assert.Equal("2", lines["Viewers"]);
        Assert.Equal("1", lines["Guests"]);
        Assert.Equal("1", lines["Hidden"]);
        Assert.Equal("1", lines["Banned"]);
        Assert.Equal("4 s ago", lines["Oldest heartbeat"]);
        Assert.Equal(10, lines.Count);
        Assert.Equal("true", page.ByRole("link", RoomTexts.Explain).GetAttribute("aria-expanded"));
    }

    [Fact]
    public async Task Remove_FromTheRoster_SendsTheViewerAwayAndOffersToLetItInAgain()
    {
        Beat("main", "ada", "Ada Lovelace");
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var page = RenderRoom("main");

        page.Act(shown => shown.Find("button[aria-label='Remove Ada Lovelace']").Click()); // is done when the dialog is
        await PassUntilAsync(() => dialogs.FindAll("#removal-reason").Count == 1);
        await dialogs.ActAsync(shown => shown.Find("#removal-reason").InputAsync(new ChangeEventArgs { Value = "Spam" }));
        await dialogs.ActAsync(shown => shown.ByRole("button", "Remove for 5 min").ClickAsync());
        await PassUntilAsync(() => LastNotice is not null);

        var removal = Engine.RemovalOf("ada", "main")!;
        Assert.Equal(("main", "Spam"), (removal.RoomId, removal.Reason));
        Assert.Equal(0, Engine.Count("main").Viewers);
        Assert.Contains("Ada Lovelace is banned from this room until", LastNotice!.Text, StringComparison.Ordinal);
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=just-left] li").Count == 1);
        Assert.Contains("removed", page.Find("[aria-labelledby=just-left] li").TextContent, StringComparison.Ordinal);

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice);
        Assert.Null(Engine.RemovalOf("ada", "main"));
    }

    [Theory]
    [InlineData(false, RoomStatus.Live, "Presence is off in this room")]
    [InlineData(true, RoomStatus.Ended, "This room has ended")]
    public async Task Viewers_OfAClosedRoom_AreNotPromisedWithTheNextHeartbeatAndItsPeakStays(bool enabled, RoomStatus status, string said)
    {
        Beat("main", "ada");
        Beat("main", "grace");
        Engine.Define("main", new RoomDefinition { Status = status, Overrides = new RoomOverrides { Enabled = enabled ? null : false } });

        var page = RenderRoom("main");

        await PassUntilAsync(() => page.Markup.Contains(said, StringComparison.Ordinal));
        Assert.DoesNotContain("first heartbeat", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("dl > div"), fact => fact.TextContent == "Peak2");
    }

    [Fact]
    public async Task JustJoined_StandsBesideJustLeft_TheLatestFirst()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(2));
        Beat("main", "grace");
        var page = RenderRoom("main");
        Assert.Equal(["grace", "ada"], page.FindAll("[aria-labelledby=just-joined] li a").Select(link => link.TextContent));

        Engine.Leave("main", "grace", "");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=just-left] li").Count == 1);

        Assert.Equal("ada", page.Find("[aria-labelledby=just-joined] li a").TextContent);
        Assert.Equal("grace", page.Find("[aria-labelledby=just-left] li a").TextContent);
    }

    [Fact]
    public async Task Remove_OfSomebodyAlreadyRemoved_ShowsThatRemovalAndSaysWhatItDoesToIt()
    {
        Beat("main", "ada", "Ada Lovelace");
        var store = Services.GetRequiredService<RemovalStore>();
        await store.RemoveAsync(new Removal("ada", "main", Time.GetUtcNow().AddHours(3), "Spam"), "eve@example.com", Cancellation);
        var dialogs = Render<MudBlazor.MudDialogProvider>();

        var asking = OpenDialogAsync("ada", "main");
        await PassUntilAsync(() => dialogs.AllByTestId("in-force").Count == 1);

        var notice = dialogs.ByTestId("in-force").TextContent;
        Assert.Contains("left, by eve@example.com.", notice, StringComparison.Ordinal);
        Assert.Contains("Reason: Spam", notice, StringComparison.Ordinal);
        Assert.Contains(dialogs.FindAll("button"), button => button.TextContent == "Shorten to 5 min");
        await dialogs.ActAsync(shown => shown.ByRole("button", "Extend to forever").ClickAsync());
        await asking;
        Assert.True(Engine.RemovalOf("ada", "main")!.IsForever);
    }

    [Fact]
    public async Task Remove_WhileSomebodyElseRemoves_ReplacesNothingUnread()
    {
        Beat("main", "ada", "Ada Lovelace");
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var asking = OpenDialogAsync("ada", "main");
        await PassUntilAsync(() => dialogs.FindAll("button").Any(button => button.TextContent == "Remove for 5 min"));
        var theirs = Time.GetUtcNow().AddHours(3);
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new Removal("ada", "main", theirs, null), "eve@example.com", Cancellation);

        await dialogs.ActAsync(shown => shown.ByRole("button", "Remove for 5 min").ClickAsync());

        await PassUntilAsync(() => dialogs.AllByTestId("in-force").Count == 1);
        Assert.Contains("eve@example.com banned this viewer while this dialog was open", dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal(theirs, Engine.RemovalOf("ada", "main")!.Until);
        await dialogs.ActAsync(shown => shown.ByRole("button", "Shorten to 5 min").ClickAsync());
        await asking;
        Assert.Equal(Time.GetUtcNow().AddMinutes(5), Engine.RemovalOf("ada", "main")!.Until);
    }

    private Task<RemovalEntry?> OpenDialogAsync(string userId, string? roomId) => Presence.Dashboard.Components.Dialogs.RemoveViewerDialog.OpenAsync(
        Services.GetRequiredService<MudBlazor.IDialogService>(), new(userId, userId, roomId, new RemovalDraft()));

    [Fact]
    public async Task Actions_ForAnObserver_AreNotThereAndRefusedByTheServices()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Beat("main", "ada");
        var page = RenderRoom("main");

        Assert.Empty(page.FindAll("button[aria-label^=Remove]"));
        Assert.Empty(page.AllByRole("link", RoomTexts.SettingsEdit));
        var moderation = Services.GetRequiredService<ViewerModeration>();
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.RemoveAsync(new Removal("ada", "main", Time.GetUtcNow().AddMinutes(5), null), withDevices: false, null, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => moderation.LiftAsync("ada", "main", Cancellation));
        var rooms = Services.GetRequiredService<RoomAdministration>();
        var room = await rooms.ReadAsync("main", Cancellation);
        await Assert.ThrowsAsync<AccessRefusedException>(() => rooms.SaveAsync(room, room.Definition with { Title = "Mine" }, Cancellation));
        Assert.Equal(1, Engine.Count("main").Viewers);
    }

    [Fact]
    public async Task RoomSettings_OnceSaved_AreInForceAndSayWhereTheyComeFrom()
    {
        var page = RenderRoom("main");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);
        Navigation.NavigateTo(page.ByRole("link", RoomTexts.SettingsEdit).GetAttribute("href")!);
        await PassUntilAsync(() => page.FindAll("form").Count == 1);

        page.Act(shown => shown.Find("#room-title").Input("Grand final"));
        page.Act(shown => shown.Find("#room-timeout").Input("5"));
        Assert.Contains("must be between 6 s", page.Find("form").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("form button[type=submit]").HasAttribute("disabled"));
        page.Act(shown => shown.Find("#room-timeout").Input("120"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);

        Assert.Equal(TimeSpan.FromSeconds(120), Engine.Effective("main").Values.PresenceTimeout);
        Assert.Equal("Grand final", Engine.Definition("main").Title);
        Assert.Equal(["network", "network", "this room"], page.AllByTestId("setting-source").Select(source => source.TextContent));
        Assert.Contains("mod@example.com", page.Find("[aria-labelledby=room-settings]").TextContent, StringComparison.Ordinal);
        await PassUntilAsync(() => page.Find("h1").TextContent.Contains("Grand final", StringComparison.Ordinal));
    }

    [Fact]
    public void Chart_OfTheLastQuarter_HasAPointEach15Seconds()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(61));
        Navigation.NavigateTo("/rooms/main?range=15m");
        var page = RenderRoom("main");
        Assert.Equal(5, page.FindAll("figure [data-label]").Count);

        Navigation.NavigateTo("/rooms/main");
        Assert.Equal(2, RenderRoom("main").FindAll("figure [data-label]").Count);
    }

    [Fact]
    public async Task Chart_WithASettingsChange_MarksItAndReadsOutAnyMinute()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(50));
        Beat("main", "ada");
        await Services.GetRequiredService<SettingsStore>().ChangeAsync(
            new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(20), PresenceTimeout = TimeSpan.FromSeconds(300), ListLimit = 200 }, By = "ops@example.com" }, Cancellation);
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(130));

        var page = RenderRoom("main");
        await PassUntilAsync(() => page.AllByTestId("mark").Count == 1);

        Assert.Contains("ops@example.com", page.ByTestId("event").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("now · 1 watching", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
        page.Act(shown => shown.Find("input[type=range]").Input("0"));
        Assert.DoesNotContain("now", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 joined, 0 left", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Room_ThatCannotBeRead_SaysSoAndOffersToTryAgain()
    {
        Services.AddTransient(services => new RoomDetailQuery(Local, null!, null!, services.GetRequiredService<ModeratorGuard>(), Time));

        var page = RenderRoom("main");

        Assert.Contains("Couldn’t load the room.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Sort_InTheAddress_IsTheOrderOfTheRows()
    {
        Beat("main", "ada");
        Time.Advance(TimeSpan.FromSeconds(1));
        Beat("main", "grace");
        Navigation.NavigateTo("/rooms/main?sort=joined");

        var page = RenderRoom("main");

        Assert.Equal(["ada", "grace"], page.AllByTestId("viewer-name").Select(name => name.TextContent));
    }

    [Fact]
    public async Task Room_WhenPresenceIsSwitchedOff_SaysSo()
    {
        Beat("main", "ada");
        var page = RenderRoom("main");

        Engine.Apply(Engine.Settings with { Enabled = false, Version = 2 });
        Engine.Sweep();

        await PassUntilAsync(() => page.ByTestId("freshness").TextContent.Contains("Presence is off", StringComparison.Ordinal));
        Assert.Equal("0", page.ByTestId("viewer-count").TextContent);
    }

    [Fact]
    public async Task Storm_OfJoins_ShowsTheCountAtFullPaceAndTheRowsLessOften()
    {
        var page = RenderRoom("main");
        for (var i = 0; i < 200; i++)
            Beat("main", $"first-{i:000}");
        await PassUntilAsync(() => page.AllByTestId("viewer-name").Count > 0 && page.ByTestId("viewer-name").TextContent == "first-199");

        Beat("main", "latest");
        await PassUntilAsync(() => page.ByTestId("viewer-count").TextContent == "201");
        Assert.Equal("first-199", page.ByTestId("viewer-name").TextContent);

        await PassUntilAsync(() => page.ByTestId("viewer-name").TextContent == "latest");
        Assert.Contains("+201", page.ByTestId("burst-line").TextContent, StringComparison.Ordinal);
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private IRenderedComponent<RoomDetailPage> RenderRoom(string roomId) =>
        Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, roomId));

    private static IEnumerable<string> Names(IRenderedComponent<RoomDetailPage> page) => page.AllByTestId("viewer-name").Select(name => name.TextContent);

    /// <summary>Where the list is downloaded from by the menu's first choice.</summary>
    private async Task<string> DownloadAsync(IRenderedComponent<RoomDetailPage> page)
    {
        var popovers = Render<MudBlazor.MudPopoverProvider>();
        await page.ActAsync(shown => shown.ByRole("button", RoomTexts.CsvTitle).ClickAsync());
        var first = popovers.WaitForElement("[role=menu] a[download]").GetAttribute("href")!;
        return first[first.LastIndexOf('/')..];
    }
}
