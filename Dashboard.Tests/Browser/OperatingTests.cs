using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What whoever looks after the installation does, from end to end.</summary>
public sealed partial class OperatingTests(ChromiumBrowser chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 60_000 };

    [Fact]
    public async Task Moderator_InvitedAndLaterTakenTheRole_LosesTheOpenPage()
    {
        await using var host = await StartAsync();
        await using var admin = await chromium.VisitAsync(host.BaseAddress);
        await admin.SignInAsync("/people");
        await admin.Page.GetByLabel("Invite for", new() { Exact = true }).FillAsync("Ada Lovelace");
        await admin.ChooseAsync("Role", "Moderator");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var link = await admin.Page.Locator("main code").TextContentAsync();

        await using var ada = await chromium.VisitAsync(host.BaseAddress);
        await ada.Page.GotoAsync(link!);
        await ada.Page.GetByLabel("Email").FillAsync("ada@example.com");
        await ada.Page.GetByLabel("Password").FillAsync(ModeratorOfTests.Password);
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await ada.WaitUntilLiveAsync();
        await ada.OpenAsync("/system");
        await Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "System" })).ToBeVisibleAsync();

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Change ada@example.com" }).ClickAsync(); // she appeared without a reload
        await admin.Page.GetByRole(AriaRole.Radio, new() { Name = "Observer" }).CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(admin.Page.GetByText("ada@example.com is now Observer")).ToBeVisibleAsync(Patiently);

        await Expect(ada.Page.GetByTestId("no-access")).ToBeVisibleAsync(Patiently);
        await ada.OpenAsync("/settings");
        await Expect(ada.Page.GetByText("Your role can view the settings")).ToBeVisibleAsync();
        await Expect(ada.Page.GetByRole(AriaRole.Link, new() { Name = "System" })).ToHaveCountAsync(0);
        Assert.Empty(admin.Errors);
    }

    [Fact]
    public async Task Backup_RunNow_LeavesAFileThatOpens()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/system");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Run now: Nightly backup" }).ClickAsync();
        await Expect(visit.Page.GetByTestId("backup-result")).ToContainTextAsync("nightly.db", new() { Timeout = 60_000 });

        var backup = Assert.Single(Directory.GetFiles(Path.Combine(host.DataFolder, "backups"), "*-nightly.db"));
        await using var connection = new SqliteConnection($"Data Source={backup};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT Email FROM AspNetUsers";
        Assert.Equal(ModeratorOfTests.Email, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Settings_RevertedFromTheHistory_AreSavedAsANewVersion()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/settings");
        await visit.ChooseAsync("Preset", "60 s / 150 s");
        await Expect(page.GetByTestId("impact")).ToContainTextAsync(new Regex(@"Hidden tabs\s*may drop out\s*stay", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await page.GetByLabel("Presence timeout").FillAsync("160");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved as version 2")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Restore version 1" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Restore version 1?" });
        await Expect(dialog.GetByTestId("impact")).ToContainTextAsync("may drop out");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();

        await Expect(page.GetByText("Saved as version 3")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Presence timeout")).ToHaveValueAsync("60");
        Assert.Equal(TimeSpan.FromSeconds(60), host.Services.GetRequiredService<PresenceEngine>().Settings.PresenceTimeout);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Connect_WithTheFirstHeartbeat_TurnsGreen()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/connect");
        var text = await visit.Page.GetByTestId("light").TextContentAsync();
        var room = TestRoom().Match(text!).Value;

        using var viewer = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await viewer.HeartbeatAsync(room);

        await Expect(visit.Page.GetByTestId("light")).ToContainTextAsync("Connected", new() { Timeout = 60_000 });
        await Expect(visit.Page.Locator("pre").First).ToContainTextAsync(room);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Connect_ItsHtmlPastedIntoAPage_TurnsGreenUntilThatPageCloses()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/connect");
        var snippet = await visit.Page.GetByLabel("HTML that keeps a viewer present", new() { Exact = true }).TextContentAsync();
        var room = TestRoom().Match(snippet!).Value;

        await using var site = await ForeignSite.StartAsync(snippet!);
        await using var viewer = await chromium.VisitAsync(site.BaseAddress);
        await viewer.Page.GotoAsync("/");

        await Expect(visit.Page.Locator("[data-testid=light][data-state=on]")).ToBeVisibleAsync(Patiently);
        await Expect(visit.Page.GetByTestId("light")).ToContainTextAsync("Connected");
        await Expect(viewer.Page).ToHaveTitleAsync("1 watching", new() { Timeout = 60_000 });
        Assert.Empty(viewer.Errors);
        await viewer.Page.CloseAsync(new() { RunBeforeUnload = true });
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<PresenceEngine>().Count(room).Viewers == 0, "the closed page has left");
        await Expect(visit.Page.GetByTestId("light")).ToContainTextAsync("It works", new() { Timeout = 60_000 });
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Keys_WhileNobodyTypes_GoAndExplainUntilSwitchedOff()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/connect");

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("s");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Exact = true })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        await page.GetByLabel("Reason").FillAsync("");
        await page.Keyboard.TypeAsync("g r?");
        await Expect(page.GetByLabel("Reason")).ToHaveValueAsync("g r?");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Exact = true })).ToBeVisibleAsync();

        await visit.OpenAsync("/account");
        await page.GetByLabel("Keyboard shortcuts").UncheckAsync(new() { Force = true });
        await visit.OpenAsync("/account");
        await Expect(page.GetByLabel("Keyboard shortcuts")).Not.ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Account" }).FocusAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Numbers_OfACircuit_StayInTheVisitorsCulture()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress, locale: "de-DE");
        await visit.SignInAsync("/settings");
        await Expect(visit.Page.GetByTestId("impact")).ToBeVisibleAsync();

        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var i = 0; i < 1_240; i++)
            engine.Heartbeat(new Heartbeat { RoomId = "stage", UserId = i.ToString(CultureInfo.InvariantCulture), SessionId = "" });

        await Expect(visit.Page.GetByTestId("impact")).ToContainTextAsync("none of 1.240", new() { Timeout = 60_000 });
    }

    private static Task<DashboardHost> StartAsync() =>
        DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

    [GeneratedRegex("try-[a-z0-9]{6}", RegexOptions.None, 1000)]
    private static partial Regex TestRoom();
}
