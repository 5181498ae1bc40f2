using System.Security.Claims;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Alerts;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class AlertsPageTests : PageTest
{
    /// <summary>Readings come from the disk, on other threads.</summary>
    static AlertsPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private AlertWatch Alerts => Services.GetRequiredService<AlertWatch>();

    [Fact]
    public void Page_OfANewServer_SaysWhatWillBeHere()
    {
        var page = Render<AlertsPage>();

        page.WaitForAssertion(() => Assert.Equal(AlertTexts.Empty, page.ByTestId("empty").TextContent));
    }

    [Fact]
    public async Task Alert_RaisedWhileThePageIsOpen_IsShownSeenToAndOver()
    {
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, Prefix = "", Amount = 2 }, "ada", Cancellation);
        var page = Render<AlertsPage>();
        var frame = Render<NavigationLinks>();
        page.WaitForAssertion(() => Assert.Equal(AlertTexts.NothingOpen, page.ByTestId("empty").TextContent));

        await RaiseAsync("lobby", 3);

        page.WaitForAssertion(() => Assert.Contains("lobby passed 2 viewers", page.ByTestId("alert").TextContent, StringComparison.Ordinal));
        frame.WaitForAssertion(() => Assert.Equal("1", frame.AllByTestId("open-alerts")[0].TextContent));
        Assert.Equal("rooms/lobby", page.ByRole("link", AlertTexts.Open).GetAttribute("href"));

        page.ByRole("button", AlertTexts.Acknowledge).Click();
        page.WaitForAssertion(() => Assert.Contains("seen to by mod@example.com", page.ByTestId("alert").TextContent, StringComparison.Ordinal));
        frame.WaitForAssertion(() => Assert.Empty(frame.AllByTestId("open-alerts")));

        Engine.Leave("lobby", "user-0", "");
        Engine.Leave("lobby", "user-1", "");
        for (var pass = 0; pass < 14; pass++)
            await PassAsync();
        page.WaitForAssertion(() => Assert.Equal("over", page.ByTestId("alert").GetAttribute("data-state")));
    }

    [Fact]
    public async Task Rule_SwitchedOff_EndsItsAlert()
    {
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, RoomId = "lobby", Amount = 2 }, "ada", Cancellation);
        await RaiseAsync("lobby", 3);
        var page = Render<AlertsPage>();
        page.WaitForAssertion(() => Assert.Contains("lobby above 2", page.ByTestId("rule").TextContent, StringComparison.Ordinal));

        page.ByRole("switch", Sentence.With(AlertTexts.RuleOn, "lobby above 2")).Change(false);

        page.WaitForAssertion(() => Assert.Equal("over", page.ByTestId("alert").GetAttribute("data-state")));
        Assert.False(Alerts.Rules[0].IsOn);
    }

    [Fact]
    public async Task Rule_NewFromTheDialog_IsPreviewedAndSaved()
    {
        var dialogs = Render<MudDialogProvider>();
        Render<MudPopoverProvider>();
        var page = Render<AlertsPage>();
        page.WaitForAssertion(() => page.ByRole("button", AlertTexts.NewRule));

        page.ByRole("button", AlertTexts.NewRule).Click(); // answered when the dialog closes
        dialogs.WaitForAssertion(() => Assert.Contains(AlertTexts.PreviewNone, dialogs.ByTestId("preview").TextContent, StringComparison.Ordinal));
        dialogs.Find("#rule-amount").Input("101");
        dialogs.WaitForAssertion(() => Assert.Contains("amount must be 1 to 100 percent, not 101.", dialogs.ByTestId("problem").TextContent, StringComparison.Ordinal));
        Assert.True(dialogs.ByRole("button", AlertTexts.Save).HasAttribute("disabled"));
        dialogs.Find("#rule-amount").Input("30");
        dialogs.WaitForAssertion(() => Assert.False(dialogs.ByRole("button", AlertTexts.Save).HasAttribute("disabled")));
        dialogs.ByRole("button", AlertTexts.Save).Click();

        page.WaitForAssertion(() => Assert.Contains("Any room falls by 30 % in 1 min", page.ByTestId("rule").TextContent, StringComparison.Ordinal));
        Assert.Equal("mod@example.com", Alerts.Rules[0].UpdatedBy);
    }

    [Fact]
    public async Task Rules_ForAnObserver_CanBeReadAndNotChanged()
    {
        var rule = (await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, RoomId = "lobby", Amount = 2 }, "ada", Cancellation))!;
        Moderator.SetAuthorized("obs@example.com").SetRoles(nameof(ModeratorRole.Observer));
        var page = Render<AlertsPage>();

        page.WaitForAssertion(() => Assert.Contains("lobby above 2", page.ByTestId("rule").TextContent, StringComparison.Ordinal));

        Assert.Empty(page.AllByRole("button", AlertTexts.NewRule));
        Assert.True(page.ByRole("switch", Sentence.With(AlertTexts.RuleOn, "lobby above 2")).HasAttribute("disabled"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<AlertAdministration>().SaveRuleAsync(rule with { Amount = 3 }, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<AlertAdministration>().AcknowledgeAsync(new Alert { Id = 1, Rule = rule, RoomId = "lobby" }, true, Cancellation));
    }

    [Fact]
    public async Task Signals_OfAnAlert_GoToTheBrowserUnlessItIsQuiet()
    {
        var script = JSInterop.SetupModule(_ => true);
        script.Mode = JSRuntimeMode.Loose;
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, Prefix = "", Amount = 2 }, "ada", Cancellation);
        var administration = Services.GetRequiredService<AlertAdministration>();
        Render<AlertSignals>();
        await RaiseAsync("not-told", 3); // nobody asked for it
        await administration.PreferAsync(preferences => preferences with { HasSound = true, SilentUntil = Time.GetUtcNow().AddMinutes(30) });
        Pass(TimeSpan.FromMinutes(2));
        await RaiseAsync("quiet", 3);
        Assert.Empty(script.Invocations["signal"]);

        await administration.PreferAsync(preferences => preferences with { SilentUntil = null });
        Pass(TimeSpan.FromMinutes(2));
        await RaiseAsync("told", 3);

        await PassUntilAsync(() => script.Invocations["signal"].Count == 1);
        var signal = Assert.IsType<AlertSignal>(script.Invocations["signal"][0].Arguments[0]);
        Assert.Equal(("told passed 2 viewers", true, false), (signal.Title, signal.Sound, signal.Notify));
    }

    /// <summary>A data folder without its keys: every device has subscribed with another one.</summary>
    [Fact]
    public async Task Signals_OfADeviceWithAnotherKey_SubscribeAnewInItsPlace()
    {
        using var elsewhere = new TemporaryFolder();
        var account = (await Services.GetRequiredService<ModeratorGuard>().RequireAsync(ModeratorRole.Observer)).AccountId;
        var stale = new PushDevices(Services.GetRequiredService<AccountValues>(), new VapidKeys(new KeyFolder(new DashboardOptions { Data = elsewhere.Path })), Time);
        await using var phone = await PushReceiver.StartAsync();
        Assert.Null(await stale.AddAsync(account, phone.Subscription()));
        var script = JSInterop.SetupModule(_ => true);
        script.Mode = JSRuntimeMode.Loose;
        var administration = Services.GetRequiredService<AlertAdministration>();

        Render<AlertSignals>();

        await PassUntilAsync(() => script.Invocations["renew"].Count == 1);
        var (key, lost) = (script.Invocations["renew"][0].Arguments[0], Assert.IsAssignableFrom<IReadOnlyList<string>>(script.Invocations["renew"][0].Arguments[1]));
        Assert.Equal((administration.ServerKey, phone.Subscription().Endpoint), (key, Assert.Single(lost)));
        Assert.Null(await administration.AddDeviceAsync(phone.Subscription(2), lost[0]));
        var device = Assert.Single(await Services.GetRequiredService<PushDevices>().ReadAsync(account));
        Assert.Equal((phone.Subscription(2).Endpoint, true), (device.Endpoint, administration.CanReach(device)));
    }

    [Fact]
    public async Task Alerts_ForAModeratorOfSomeRooms_AreThoseOfTheirRooms()
    {
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, Prefix = "", Amount = 2 }, "ada", Cancellation);
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, RoomId = "class-7a", Amount = 50 }, "ada", Cancellation);
        await RaiseAsync("stage", 3);
        Pass(TimeSpan.FromMinutes(2));
        await RaiseAsync("class-7a", 3);
        Moderator.SetRoles(nameof(ModeratorRole.Moderator)).SetClaims(new Claim(ModeratorAccess.RoomsClaim, "class-*"));
        var frame = Render<NavigationLinks>();
        var page = Render<AlertsPage>();
        var administration = Services.GetRequiredService<AlertAdministration>();

        page.WaitForAssertion(() => Assert.Contains("class-7a passed 2 viewers", page.ByTestId("alert").TextContent, StringComparison.Ordinal));
        Assert.Equal("1", frame.AllByTestId("open-alerts")[0].TextContent);
        Assert.Contains("class-7a above 50", page.ByTestId("rule").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("stage", page.Markup, StringComparison.Ordinal);
        var mine = Assert.Single((await administration.ReadAsync(null, Cancellation)).Open);
        await administration.AcknowledgeAsync(mine, true, Cancellation);
        Assert.Equal([mine.Id], (await administration.ToldAsync(Alerts.Open)).Alerts.Select(alert => alert.Id));
        await RefusedAsync(() => administration.AcknowledgeAsync(Alerts.Open.Single(alert => alert.RoomId == "stage"), true, Cancellation));
        await RefusedAsync(() => administration.SaveRuleAsync(new AlertRule { Kind = AlertKind.Above, Prefix = "class-", Amount = 2 }, Cancellation));
        await RefusedAsync(() => administration.SaveRuleAsync(Alerts.Rules[0] with { Prefix = null, RoomId = "class-7a" }, Cancellation));
        await RefusedAsync(() => administration.DeleteRuleAsync(Alerts.Rules[0].Id, Cancellation));
        await RefusedAsync(() => administration.RehearseAsync(new AlertRule { Kind = AlertKind.Above, RoomId = "stage", Amount = 2 }, Cancellation));
        Assert.NotNull(await administration.SaveRuleAsync(Alerts.Rules[1] with { Amount = 1 }, Cancellation));
        await Alerts.DeleteRuleAsync(Alerts.Rules[0].Id, "ada", Cancellation);
        Assert.Equal(["class-7a"], (await administration.ReadAsync(null, Cancellation)).Past.Select(alert => alert.RoomId));

        static Task RefusedAsync(Func<Task> act) => Assert.ThrowsAsync<AccessRefusedException>(act);
    }

    [Fact]
    public async Task Arrival_OfAWatchedViewer_IsForModeratorsOfAllRoomsAndNamesNobodyOutsideThePage()
    {
        await Services.GetRequiredService<ViewerNoteStore>().AddAsync("ada", new NoteDraft("", ViewerFlag.Vip), "mia", Cancellation);
        await Alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Watched, Prefix = "" }, "ada", Cancellation);
        var arrivals = Services.GetRequiredService<WatchedArrivals>();
        var administration = Services.GetRequiredService<AlertAdministration>();
        await arrivals.PassAsync(Cancellation);
        Beat("class-7a", "ada", "Ada Lovelace");
        await arrivals.PassAsync(Cancellation);
        await Alerts.PassAsync(Cancellation);
        var page = Render<AlertsPage>();

        page.WaitForAssertion(() => Assert.Contains("class-7a: a watched viewer arrived (VIP)", page.ByTestId("alert").TextContent, StringComparison.Ordinal));
        Assert.Equal("viewers/ada", page.ByRole("link", "Ada Lovelace").GetAttribute("href"));
        Assert.Contains("Any room: a watched viewer arrives", page.ByTestId("rule").TextContent, StringComparison.Ordinal);
        var signal = administration.SignalOf(Assert.Single((await administration.ToldAsync(Alerts.Open)).Alerts));
        Assert.DoesNotContain("ada", signal.ToString(), StringComparison.OrdinalIgnoreCase);

        Moderator.SetAuthorized("obs@example.com").SetRoles(nameof(ModeratorRole.Observer));
        await NotToldAsync();
        Moderator.SetAuthorized("class@example.com").SetRoles(nameof(ModeratorRole.Moderator)).SetClaims(new Claim(ModeratorAccess.RoomsClaim, "class-*"));
        await NotToldAsync();
        await Assert.ThrowsAsync<AccessRefusedException>(() => administration.SaveRuleAsync(new AlertRule { Kind = AlertKind.Watched, RoomId = "class-7a" }, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => administration.RehearseAsync(new AlertRule { Kind = AlertKind.Watched, RoomId = "class-7a" }, Cancellation));

        async Task NotToldAsync()
        {
            var reading = await administration.ReadAsync(null, Cancellation);
            Assert.Equal((0, 0), (reading.Open.Count, reading.Rules.Count));
            Assert.Empty((await administration.ToldAsync(Alerts.Open)).Alerts);
            Assert.Empty(Render<NavigationLinks>().AllByTestId("open-alerts"));
        }
    }

    [Theory]
    [InlineData("22:00", "07:00", 23, true)]
    [InlineData("22:00", "07:00", 6, true)]
    [InlineData("22:00", "07:00", 12, false)]
    [InlineData("12:00", "13:00", 12, true)]
    [InlineData("12:00", "12:00", 12, false)]
    [InlineData("12:00", "", 12, false)]
    public void IsQuietAt_ByTheModeratorsClock_KnowsTheNight(string from, string until, int hour, bool isQuiet)
    {
        var preferences = new AlertPreferences { QuietFrom = AlertPreferences.Read(from), QuietUntil = AlertPreferences.Read(until), Zone = "Europe/Berlin" };

        Assert.Equal(isQuiet, preferences.IsQuietAt(new DateTimeOffset(2026, 11, 30, hour, 0, 0, TimeSpan.FromHours(1))));
    }

    private async Task RaiseAsync(string room, int viewers)
    {
        for (var user = 0; user < viewers; user++)
            Beat(room, $"user-{user}");
        await PassAsync();
        await PassAsync();
    }

    private Task PassAsync()
    {
        Pass(TimeSpan.FromSeconds(5));
        return Alerts.PassAsync(Cancellation);
    }
}
