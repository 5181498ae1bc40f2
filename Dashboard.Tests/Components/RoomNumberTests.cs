using System.Globalization;
using System.Text.RegularExpressions;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Whether the number of a room can be believed: nothing beside it says anything else, and nothing fails with its list.</summary>
public sealed class RoomNumberTests : PageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Burst_OfSecondsNobodyLookedAt_IsNotToldAsNobody()
    {
        Beat("main", "ada");
        var page = RenderRoom();
        Assert.Equal("", page.ByTestId("burst-line").TextContent.Trim());

        var began = Time.GetUtcNow();
        await PassUntilAsync(() => page.ByTestId("burst-line").TextContent.Trim() == "No joins or leaves in the last 10 s");

        Assert.InRange(Time.GetUtcNow() - began, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Burst_OnAPageJustOpened_SaysHowFarBackItReaches()
    {
        Beat("main", "ada");
        var page = RenderRoom();
        await PassUntilAsync(() => Time.GetUtcNow() > Start.AddSeconds(3));
        Beat("main", "grace");

        await PassUntilAsync(() => page.ByTestId("burst-line").TextContent.Contains("+1", StringComparison.Ordinal));
        var seconds = Regex.Match(page.ByTestId("burst-line").TextContent, @"(?<=in )\d+(?= s$)", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

        Assert.InRange(int.Parse(seconds, CultureInfo.InvariantCulture), 1, 9);
    }

    [Fact]
    public async Task Now_WhereverItIsTold_IsTheSameNumber()
    {
        await LongTimeoutAsync();
        for (var viewer = 0; viewer < 3; viewer++)
            Beat("main", $"viewer {viewer}");
        Pass(TimeSpan.FromMinutes(2));
        var page = RenderRoom();
        Assert.StartsWith("now · 3 watching", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);

        for (var viewer = 3; viewer < 9; viewer++)
        {
            Beat("main", $"viewer {viewer}");
            var count = Numbers(viewer + 1);
            await PassUntilAsync(() => page.ByTestId("viewer-count").TextContent == count);

            Assert.StartsWith($"now · {count} watching", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
            Assert.StartsWith($"now · {count} watching", page.FindAll("[data-label]")[^1].GetAttribute("data-label"), StringComparison.Ordinal);
            Assert.Contains($"{count} now,", page.Find("figure [role=img][aria-label]").GetAttribute("aria-label"), StringComparison.Ordinal);
            var change = CountChanges.Text(viewer - 2, viewer + 1);
            Assert.Equal(change + " in 1 min", page.Find("[data-testid=count-caption] [data-testid=change-minute]").TextContent);
            Assert.Equal(change + " in 5 min", page.Find("[data-testid=count-caption] [data-testid=change-five-minutes]").TextContent);
        }
    }

    [Fact]
    public async Task Chart_WhereManyLeftAtOnce_NamesThatAndTheQuarterHours()
    {
        await LongTimeoutAsync();
        for (var viewer = 0; viewer < 60; viewer++)
            Beat("main", $"viewer {viewer}");
        Pass(TimeSpan.FromMinutes(4));
        for (var viewer = 0; viewer < 40; viewer++)
            Engine.Leave("main", $"viewer {viewer}", "");
        Pass(TimeSpan.FromMinutes(2));

        var page = RenderRoom();

        Assert.Contains(page.AllByTestId("fall"), fall => fall.GetAttribute("aria-label")!.Contains("−40 within 1 min", StringComparison.Ordinal));
        Assert.Contains(page.FindAll("[data-label]"), point => point.GetAttribute("data-label")!.Contains("20 watching", StringComparison.Ordinal) && point.GetAttribute("data-label")!.EndsWith("−40", StringComparison.Ordinal));
        Assert.Equal(["11:15", "11:30", "11:45", "now"], page.ByTestId("chart-axis").Children.Select(tick => tick.TextContent));
    }

    [Fact]
    public async Task Mark_OfWhatWasSavedForTheRoomAlone_SaysWhatAndByWhom()
    {
        await LongTimeoutAsync();
        var rooms = Services.GetRequiredService<RoomStore>();
        Beat("main", "ada");
        Beat("side", "ada");
        Pass(TimeSpan.FromMinutes(2));
        await rooms.DefineAsync("side", new RoomDefinition { Title = "Other" }, "ops@example.com", null, Cancellation);
        await rooms.DefineAsync("main", new RoomDefinition { Title = "Finals", Overrides = new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(20) } }, "ops@example.com", null, Cancellation);

        var page = RenderRoom();
        Assert.Equal(2, page.AllByTestId("mark").Count); // the network's own, of two minutes ago, is the other
        Assert.Equal(
            "this room: Title none → Finals, Heartbeat interval network value → 20 s by ops@example.com12:02",
            page.AllByTestId("event")[0].TextContent);
        await rooms.ForgetAsync("main", "ci-key", null, Cancellation);

        await PassUntilAsync(() => page.AllByTestId("event").Count == 3);
        Assert.EndsWith("Title Finals → none, Heartbeat interval 20 s → network value by ci-key12:02", page.AllByTestId("event")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Explanation_Opened_StandsBetweenTheNumberAndTheChart()
    {
        Beat("main", "ada");
        Assert.False(RenderRoom().ByRole("link", RoomTexts.Explain).HasAttribute("aria-controls"));
        Navigation.NavigateTo("/rooms/main?explain=1");

        var page = RenderRoom();

        var explanation = page.Find("#explanation");
        Assert.Equal((RoomTexts.WatchingNow, "FIGURE"), (explanation.PreviousElementSibling!.GetAttribute("aria-label"), explanation.ParentElement!.NextElementSibling!.FirstElementChild!.NodeName));
        Assert.Equal("explanation", page.ByRole("link", RoomTexts.Explain).GetAttribute("aria-controls"));
    }

    [Fact]
    public async Task Room_WhileItIsReadAndWhenThatFails_SaysSoAndReadsAgain()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);
        Beat("main", "ada");

        var page = RenderRoom();
        Assert.Equal("Loading room…", page.ByTestId("loading").TextContent);
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.Empty(page.AllByTestId("loading"));
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        await PassUntilAsync(() => page.AllByTestId("viewer-count").Count == 1);
    }

    [Fact]
    public async Task Roster_ThatCannotBeRead_SaysSoWhileTheNumberStaysAndComesBack()
    {
        var authentication = new HeldAuthentication();
        Services.AddTransient(_ => new RosterQuery(Local, new ModeratorGuard(authentication), Time));
        Beat("main", "ada");
        authentication.Fail();

        var page = RenderRoom();
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=watching] [role=alert]").Count == 1);
        Assert.Contains("Couldn’t load the viewers.", page.Find("[aria-labelledby=watching] [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("1", page.ByTestId("viewer-count").TextContent);
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[aria-labelledby=watching] [role=alert] button").ClickAsync());

        await PassUntilAsync(() => page.AllByTestId("viewer-name").Count == 1 && page.FindAll("[aria-labelledby=watching] [role=alert]").Count == 0);
    }

    [Fact]
    public async Task Roster_ThatCannotBeReadAnyMore_KeepsItsLines()
    {
        var authentication = new HeldAuthentication();
        Services.AddTransient(_ => new RosterQuery(Local, new ModeratorGuard(authentication), Time));
        Beat("main", "ada");
        authentication.Mend();
        var page = RenderRoom();
        await PassUntilAsync(() => page.AllByTestId("viewer-name").Count == 1);

        authentication.Break();
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=watching] [role=alert]").Count == 1);

        Assert.Equal("ada", page.ByTestId("viewer-name").TextContent);
    }

    [Fact]
    public async Task LetIn_ThatFails_IsSaidAndThePageStays()
    {
        Services.AddScoped(services => new ViewerModeration(Local, null!, null!, null!, null!, services.GetRequiredService<ModeratorGuard>(), Time));
        Beat("main", "grace");
        Beat("main", "hedy");
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new("hedy", "main", Time.GetUtcNow().AddHours(1), null), "ops@example.com", Cancellation);
        var page = RenderRoom();
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=just-left] button").Count == 1);

        await page.ActAsync(shown => shown.Find("[aria-labelledby=just-left] button").ClickAsync(new()));

        await PassUntilAsync(() => LastNotice?.Text == "Couldn’t lift the ban. Try again.");
        Assert.Equal("1", page.ByTestId("viewer-count").TextContent);
    }

    [Fact]
    public async Task Edit_OpenedAndClosed_TakesTheFocusAlong()
    {
        Beat("main", "ada");
        var page = RenderRoom();
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);

        Navigation.NavigateTo("/rooms/main?edit=1");
        await PassUntilAsync(() => Focused() == 1);
        Assert.NotNull(page.Find("#room-title"));
        Navigation.NavigateTo("/rooms/main");

        await PassUntilAsync(() => Focused() == 2);
        Assert.Empty(page.FindAll("#room-title"));

        int Focused() => JSInterop.Invocations.Count(call => call.Identifier.Contains("focus", StringComparison.OrdinalIgnoreCase));
    }

    private DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static string Numbers(int count) => count.ToString(CultureInfo.InvariantCulture);

    private async Task LongTimeoutAsync() => await Store.ChangeAsync(
        new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(3_600), ListLimit = 200 }, By = "initial" }, Cancellation);

    private IRenderedComponent<RoomDetailPage> RenderRoom() => Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));
}
