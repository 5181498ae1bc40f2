using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.History;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class OverviewPageTests : PageTest
{
    public OverviewPageTests()
    {
        var options = new DashboardOptions { Data = Directory.CreateTempSubdirectory("presence-keys-").FullName, Clients = { Key = "the-key", AllowUnverifiedLogin = true } };
        Services.AddSingleton(options);
        Services.AddSingleton(new ClientKey(options, new KeyFolder(options)));
        Services.AddSingleton<ClientCommands>();
        Loops.Register("sweep");
        Loops.Register("membership writer");
    }

    [Fact]
    public void Overview_OfABusyNetwork_TellsHowManyWhereAndHowFast()
    {
        Beat("main", "ada");
        Beat("main", "grace");
        Beat("side", "ada"); // in two rooms, one viewer
        Engine.UserHeartbeat("linus");
        Pass(TimeSpan.FromSeconds(20));

        var page = Render<OverviewPage>();

        Assert.Equal("2", page.ByTestId("network-viewers").TextContent);
        Assert.Equal("±0 in 1 min", page.Find("[data-testid=count-caption] [data-testid=change-minute]").TextContent);
        Assert.Equal("±0 in 5 min", page.Find("[data-testid=count-caption] [data-testid=change-five-minutes]").TextContent);
        Assert.Equal(
            ["Rooms live 2", "People online 1", "Guests 0", "Peak today 2 at 12:00", "Joined, 1 min 3", "Left, 1 min 0"],
            page.FindAll("dl > div").Select(fact => string.Join(' ', fact.Children.Select(part => part.TextContent))));
        Assert.Equal(["main", "side"], page.FindAll("[aria-labelledby=largest] [data-testid=room-name]").Select(name => name.TextContent));
        Assert.Equal(["2", "1"], page.FindAll("[aria-labelledby=largest] [data-testid=room-viewers]").Select(count => count.TextContent));
        Assert.Contains("No changes", page.Find("[aria-labelledby=moving] [data-testid=empty]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_WithRoomsThatMove_PutsTheFastestFirst()
    {
        for (var viewer = 0; viewer < 6; viewer++)
            Beat("falls", $"viewer {viewer}");
        Beat("grows", "ada");
        Beat("still", "ada");
        Pass(TimeSpan.FromSeconds(16));
        Beat("grows", "grace");
        for (var viewer = 0; viewer < 4; viewer++)
            Engine.Leave("falls", $"viewer {viewer}", "");

        var page = Render<OverviewPage>();

        Assert.Equal(["falls", "grows"], page.FindAll("[aria-labelledby=moving] [data-testid=room-name]").Select(name => name.TextContent));
        Assert.Equal(["−4 67%", "+1 100%"], page.FindAll("[aria-labelledby=moving] [data-testid=change-minute]").Select(change => change.TextContent));
    }

    [Fact]
    public void Overview_InTheModeratorsZone_TakesTodayFromThere()
    {
        Engine.RestoreHistory(HistoryRange.Day, [Minute(-6 * 60, 900), Minute(-60, 40)]); // 06:00 and 11:00 UTC
        Beat("main", "ada");
        Engine.Sweep();

        Services.GetRequiredService<LocalTime>().Use("Pacific/Pitcairn"); // 04:00 there; the day began at 08:00 UTC
        var page = Render<OverviewPage>();

        Assert.Contains("40at 03:00", page.Find("dl").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_WithNobodyYet_OffersTheFirstCommand()
    {
        var page = Render<OverviewPage>();

        Assert.Contains("No viewers yet", page.Find("[aria-labelledby=first-viewer]").TextContent, StringComparison.Ordinal);
        Assert.Contains("All 2 background loops running", page.ByTestId("health").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Overview_AfterEverybodyLeft_StillShowsTheDay()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(90));

        var page = Render<OverviewPage>();

        Assert.Equal("0", page.ByTestId("network-viewers").TextContent);
        Assert.Contains("No live rooms", page.Find("[aria-labelledby=largest]").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("figure svg[role=img]"));
    }

    [Fact]
    public async Task Overview_WhileItIsReadAndWhenThatFails_SaysSo()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);
        Beat("main", "ada");

        var page = Render<OverviewPage>();
        Assert.Equal("Loading network…", page.ByTestId("loading").TextContent);
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.Contains("Couldn’t load", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Equal("1", page.ByTestId("network-viewers").TextContent);
    }

    [Fact]
    public async Task Lists_WhilePointedAt_KeepTheirOrderAndTheirNumbersGoOn()
    {
        Beat("main", "ada");
        Beat("main", "grace");
        Beat("side", "ada");
        Pass(TimeSpan.FromSeconds(20));
        var page = Render<OverviewPage>();
        page.Act(shown => shown.Find("[aria-labelledby=largest] [data-testid=hold-area]").TriggerEvent("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));

        for (var viewer = 0; viewer < 4; viewer++)
            Beat("side", $"viewer {viewer}");
        await PassUntilAsync(() => Counts(page).Contains("5") && page.FindAll("[aria-labelledby=moving] [data-testid=room-name]").Count == 1);

        Assert.Equal(["main", "side"], page.FindAll("[aria-labelledby=largest] [data-testid=room-name]").Select(name => name.TextContent));
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=largest] [data-testid=waiting]").Count == 1);
        page.Act(shown => shown.Find("[aria-labelledby=largest] [data-testid=hold-area]").TriggerEvent("onpointerleave", new Microsoft.AspNetCore.Components.Web.PointerEventArgs()));
        await PassUntilAsync(() => Counts(page).SequenceEqual(["5", "2"]));
        Assert.Empty(page.AllByTestId("waiting"));

        static IEnumerable<string> Counts(IRenderedComponent<OverviewPage> page) => page.FindAll("[aria-labelledby=largest] [data-testid=room-viewers]").Select(count => count.TextContent);
    }

    [Fact]
    public async Task Overview_OnceTheCanaryMeasured_TellsHowSoonCountsShowWhatHappens()
    {
        Beat("main", "ada");
        Assert.DoesNotContain("reality", Render<OverviewPage>().ByTestId("health").TextContent, StringComparison.Ordinal);
        await CanaryPassesAsync();

        var page = Render<OverviewPage>();

        Assert.Contains($"counts reflect reality in {Durations.Taken(Engine.Canary.Read().Most!.Value)} (p95)", page.ByTestId("health").TextContent, StringComparison.Ordinal);
        Assert.Equal("1", page.ByTestId("network-viewers").TextContent);
    }

    [Fact]
    public async Task Overview_WhenALoopFails_NamesItInTheHealthLine()
    {
        Beat("main", "ada");
        var page = Render<OverviewPage>();

        Loops.Failed("membership writer", "disk full", Time.GetUtcNow());
        Moderator.SetPolicies(ModeratorPolicy.ModerateAll);

        await PassUntilAsync(() => page.FindAll("[data-testid=health][data-state=degraded]").Count == 1);
        Assert.Contains("Failing, retrying: Membership writer", page.ByTestId("health").TextContent, StringComparison.Ordinal);
        Assert.Equal("system", page.Find("[data-testid=health] a").GetAttribute("href"));
    }

    [Fact]
    public void Overview_ForAnObserver_LeadsNowhereItMayNotGo()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer)).SetPolicies(ModeratorPolicy.Observe);
        Beat("main", "ada");

        var page = Render<OverviewPage>();

        Assert.NotEmpty(page.AllByTestId("health"));
        Assert.Empty(page.FindAll("[data-testid=health] a"));
    }

    [Fact]
    public async Task Overview_WhenNothingReachesTheDisk_SaysForHowLong()
    {
        Beat("main", "ada");

        var page = Render<OverviewPage>();
        Assert.Contains("all changes saved to disk", page.ByTestId("health").TextContent, StringComparison.Ordinal);

        await PassUntilAsync(() => page.FindAll("[data-testid=health][data-state=degraded]").Count == 1);
        Assert.Contains("saving to disk is", page.ByTestId("health").TextContent, StringComparison.Ordinal);
        Assert.Contains(" s behind", page.ByTestId("health").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_WhenManyJoinAtOnce_FoldsThemIntoOneNumber()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(12));
        var page = Render<OverviewPage>();

        for (var viewer = 0; viewer < 40; viewer++)
            Beat("main", $"viewer {viewer}");

        await PassUntilAsync(() => page.FindAll("[data-testid=count-caption] [data-testid=burst]").Count == 1);
        Assert.Equal("+40 in 10 s", page.Find("[data-testid=count-caption] [data-testid=burst]").TextContent);
    }

    [Fact]
    public void Chart_OfTheDay_StandsInTheAddress()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromMinutes(11));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/?range=day");

        var page = Render<OverviewPage>();

        Assert.Equal("Last day", page.Find("figure [role=group] [aria-current]").TextContent);
        Assert.Equal(289, page.FindAll("figure [data-label]").Count);
        Assert.Equal(["http://localhost/", "http://localhost/?range=day"], page.FindAll("figure [role=group] a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Chart_OfTheHour_HasTheClockOfTheModeratorsZoneOnItsAxis()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromMinutes(2));
        Services.GetRequiredService<LocalTime>().Use("Asia/Kathmandu"); // 5:45 ahead

        Assert.Equal(["17:00", "17:15", "17:30", "now"], Render<OverviewPage>().FindAll("[data-testid=chart-axis] span").Select(tick => tick.TextContent));
    }

    [Fact]
    public async Task Chart_AfterSettingsChangedAndManyCame_MarksBothInWords()
    {
        for (var viewer = 0; viewer < 10; viewer++)
            Beat("main", $"viewer {viewer}");
        Pass(TimeSpan.FromMinutes(20));
        await SaveAsync(15);
        await SaveAsync(20);
        for (var viewer = 0; viewer < 10; viewer++)
            Beat("main", $"viewer {viewer}");
        Pass(TimeSpan.FromSeconds(31));
        for (var viewer = 0; viewer < 40; viewer++)
            Beat("main", $"more {viewer}");
        Pass(TimeSpan.FromSeconds(31));

        var page = Render<OverviewPage>();

        Assert.Equal("Heartbeat interval 15 s → 20 s", page.AllByTestId("chart-mark")[0].TextContent.Trim());
        Assert.Single(page.FindAll("[data-label*='Heartbeat interval 15 s → 20 s']"));
        Assert.NotEmpty(page.FindAll("[data-label*=' within 15 s']")); // the joins, for whose words the chart has no room
    }

    [Fact]
    public void Chart_WhileTheCountCrossesALine_KeepsItsScale()
    {
        NetworkCurve Curve(int viewers) => NetworkCurve.Of(HistoryRange.Hour, TimeSpan.FromMinutes(1), 60, [Minute(-2, viewers), Minute(-1, viewers)], Time.GetUtcNow());
        var chart = Render<NetworkChart>(chart => chart.Add(part => part.Curve, Curve(11)));

        string? Scale() => chart.FindAll("figure [aria-hidden] > span").First(part => part.TextContent.Length > 0).TextContent;
        Assert.Equal("20", Scale());
        chart.Render(parameters => parameters.Add(part => part.Curve, Curve(9)));
        Assert.Equal("20", Scale());
        chart.Render(parameters => parameters.Add(part => part.Curve, Curve(7)));
        Assert.Equal("8", Scale());
    }

    [Fact]
    public void Surges_OfALine_AreItsLargestStepsAfterItsBeginning()
    {
        int?[] beginning = [null, 50, .. Enumerable.Repeat<int?>(100, 8)];

        Assert.Equal([(11, 80), (13, -60), (12, 50)], ChartMark.Surges([.. beginning, 130, 210, 260, 200, null, 400], TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public void Marks_ThatStandClose_AreNamedWhereThereIsRoom()
    {
        var marks = ChartMark.Spread([new("c", 0.9, "", ""), new("a", 0.1, "", ""), new("b", 0.2, "", ""), new("d", 0.95, "", "")], width: 0.4);

        Assert.Equal([("a", true, false), ("b", false, false), ("c", true, true), ("d", false, true)], marks.Select(mark => (mark.Key, mark.HasRoom, mark.IsRight)));
    }

    [Fact]
    public void Chart_ReadByTheKeyboard_TellsThePointUnderTheCursor()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(45));
        var page = Render<OverviewPage>();
        Assert.Equal("12:00 · 1 watching · 0 joined, 0 left", page.Find("input[type=range]").GetAttribute("aria-valuetext"));

        page.Act(shown => shown.Find("input[type=range]").Input("237"));
        Assert.Equal("12:00 · 1 watching · 1 joined, 0 left", page.Find("input[type=range]").GetAttribute("aria-valuetext"));
        page.Act(shown => shown.Find("input[type=range]").Input("100"));

        Assert.Equal("11:25 · not recorded: the server was down", page.Find("input[type=range]").GetAttribute("aria-valuetext"));
    }

    [Fact]
    public async Task Chart_WithAPlaceChosen_KeepsItInTheAddressUntilAnotherRange()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(45));
        var page = Render<OverviewPage>();

        page.Act(shown => shown.Find("input[type=range]").Input("238"));
        await PassUntilAsync(() => Services.GetRequiredService<NavigationManager>().Uri.Contains("?at=20", StringComparison.Ordinal));

        Assert.Equal("238", Render<OverviewPage>().Find("input[type=range]").GetAttribute("value"));
        Assert.Equal("http://localhost/?range=day", page.FindAll("figure [role=group] a")[1].GetAttribute("href"));
        page.Act(shown => shown.Find("input[type=range]").Input("240"));
        await PassUntilAsync(() => Services.GetRequiredService<NavigationManager>().Uri == "http://localhost/");
    }

    [Fact]
    public async Task Chart_WhileViewersCome_MovesOnlyWhenAPointIsDue()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(31));
        var page = Render<OverviewPage>();
        var chart = page.FindComponent<NetworkChart>();
        var renders = chart.RenderCount;

        Beat("main", "grace");
        Engine.Sweep(); // recorded, in the step under way
        await PassUntilAsync(() => page.ByTestId("network-viewers").TextContent == "2");
        Assert.Equal(renders, chart.RenderCount);

        Pass(TimeSpan.FromSeconds(15));
        await PassUntilAsync(() => chart.RenderCount > renders);
    }

    [Fact]
    public void Overview_ForSomebodyWithoutARole_ShowsNothing()
    {
        Beat("main", "ada");
        Moderator.SetRoles();

        Assert.Contains("No access", Render<OverviewPage>().Markup, StringComparison.Ordinal);
    }

    private async Task SaveAsync(int seconds) => await Store.ChangeAsync(
        new SettingsChange { Settings = PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromSeconds(seconds), PresenceTimeout = TimeSpan.FromSeconds(90) }, By = "ops" }, Cancellation);

    private HistorySample Minute(int fromNow, int viewers) => new(Time.GetUtcNow().AddMinutes(fromNow), viewers, 0, 0, 0);
}
