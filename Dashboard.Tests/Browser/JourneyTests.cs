using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a moderator does on the first evening, from end to end.</summary>
public sealed class JourneyTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task FirstRun_WithTheSetUpLink_EndsSignedIn()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;

        var response = await page.GotoAsync("/");
        Assert.Equal(200, response!.Status);
        await Expect(page.GetByText("setup-link.txt")).ToBeVisibleAsync();

        var link = (await File.ReadAllTextAsync(Path.Combine(host.DataFolder, "setup-link.txt"), TestContext.Current.CancellationToken)).Trim();
        await page.GotoAsync(link);
        await visit.SetUpAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
        Assert.False(File.Exists(Path.Combine(host.DataFolder, "setup-link.txt")));

        await page.GotoAsync(link);
        await Expect(page.GetByText("Setup is done")).ToBeVisibleAsync();

        await visit.OpenAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Email")).ToBeVisibleAsync();
        await visit.SignInByFormAsync("/settings");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Heartbeat_FromOutside_AppearsWithoutReload()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/rooms");
        await Expect(visit.Page.GetByText("No viewers yet")).ToBeVisibleAsync();
        await visit.Page.EvaluateAsync("window.neverReloaded = true");

        using var viewer = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await viewer.HeartbeatAsync("main stage");

        var row = visit.Page.GetByRole(AriaRole.Row, new() { Name = "main stage" });
        await Expect(row.GetByTestId("room-viewers")).ToHaveTextAsync("1");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.GetByTestId("viewer-count")).ToHaveTextAsync("1");
        await Expect(visit.Page.GetByTestId("viewer-name")).ToHaveTextAsync("Ada Lovelace");
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.neverReloaded"));
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task SilentViewer_AtTheTimeout_Disappears()
    {
        await using var host = await StartAsync(new() { ["Presence:Initial:HeartbeatInterval"] = "1", ["Presence:Initial:PresenceTimeout"] = "6" });
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/rooms/stage");
        await Expect(visit.Page.GetByTestId("viewer-count")).ToHaveTextAsync("0");

        using var viewer = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await viewer.HeartbeatAsync("stage");

        await Expect(visit.Page.GetByTestId("viewer-count")).ToHaveTextAsync("1");
        await Expect(visit.Page.GetByText("Fading", new() { Exact = true }).Last).ToBeVisibleAsync(new() { Timeout = 10_000 });
        await Expect(visit.Page.GetByTestId("viewer-count")).ToHaveTextAsync("0", new() { Timeout = 15_000 });
        await Expect(visit.Page.GetByText("No viewers yet")).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task SettingsChange_OnceSaved_ReachesTheNextHeartbeatReply()
    {
        await using var host = await StartAsync();
        using var viewer = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        Assert.Equal(30, (await viewer.HeartbeatAsync("stage")).GetProperty("heartbeatIntervalSeconds").GetInt32());
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/settings");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });

        await page.GetByLabel("Heartbeat interval").FillAsync("58");
        await Expect(page.GetByText("must be at least 5 s longer")).ToBeVisibleAsync();
        await Expect(save).ToBeDisabledAsync();
        await page.GetByLabel("Heartbeat interval").FillAsync("20");
        await page.GetByLabel("Presence timeout").FillAsync("90");
        await page.GetByLabel("Reason").FillAsync("Final tonight");
        await save.ClickAsync();

        await Expect(page.GetByText("Saved as version 2")).ToBeVisibleAsync();
        await Expect(page.GetByText("Final tonight")).ToBeVisibleAsync();
        var reply = await viewer.HeartbeatAsync("stage");
        Assert.Equal(20, reply.GetProperty("heartbeatIntervalSeconds").GetInt32());
        Assert.Equal(90, reply.GetProperty("presenceTimeoutSeconds").GetInt32());
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Page_AfterAServerRestart_ComesBackByItselfWithItsFilter()
    {
        await using var host = await StartAsync();
        using var viewer = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await viewer.HeartbeatAsync("stage");
        await viewer.HeartbeatAsync("rooftop");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/rooms");
        await visit.Page.GetByLabel("Search rooms").FillAsync("roof");
        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await visit.Page.EvaluateAsync("window.fromBefore = true");

        await host.StopAsync();
        await Expect(visit.Page.GetByText("Not live")).ToBeVisibleAsync();
        await host.StartAgainAsync();

        await visit.Page.WaitForFunctionAsync("() => !window.fromBefore && document.documentElement.dataset.connection === 'live'");
        await Expect(visit.Page.GetByLabel("Search rooms")).ToHaveValueAsync("roof");
        using var another = await OutsideViewer.LogInAsync(host, "grace", "Grace Hopper");
        await another.HeartbeatAsync("rooftop");
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "rooftop" }).GetByTestId("room-viewers")).ToHaveTextAsync("2");
        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
    }

    private static Task<DashboardHost> StartAsync(Dictionary<string, string?>? configuration = null)
    {
        var all = ModeratorOfTests.Configuration;
        foreach (var (key, value) in configuration ?? [])
            all[key] = value;
        return DashboardHost.StartAsync(new DashboardHostOptions { Configuration = all });
    }
}
