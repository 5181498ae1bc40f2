using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A moderator opens a room's count to another site, and closes it again.</summary>
public sealed partial class EmbedJourneyTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task PublicLink_MadeShownAndTakenBack_IsWhatAnotherSiteSees()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var ada = await OutsideViewer.LogInAsync(host, "ada", "Ada Lovelace");
        await ada.HeartbeatAsync("stage");
        await using var moderator = await chromium.VisitAsync(host.BaseAddress);
        await moderator.SignInAsync("/rooms/stage");
        await moderator.Page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        var section = moderator.Page.GetByRole(AriaRole.Region, new() { Name = "Share the count" });

        await section.GetByRole(AriaRole.Button, new() { Name = "Create public link" }).ClickAsync();
        var snippet = section.GetByLabel("widget HTML", new() { Exact = true });
        await Expect(snippet).ToContainTextAsync("<viewer-count room=");
        Assert.True(await section.GetByAltText("Viewers now").EvaluateAsync<bool>("badge => badge.decode().then(() => badge.naturalWidth > 0)"));
        await section.GetByRole(AriaRole.Switch).FocusAsync();
        await moderator.Page.Keyboard.PressAsync("Space");
        await Expect(snippet).ToContainTextAsync("<whos-watching room=");
        var link = CodeInSnippet().Match((await snippet.TextContentAsync())!).Groups["it"].Value;

        await using var site = await ForeignSite.StartAsync(host.BaseAddress, link);
        await using var visitor = await chromium.VisitAsync(site.BaseAddress);
        await visitor.Page.GotoAsync("/strict");
        await Expect(visitor.Page.GetByTitle("Ada Lovelace")).ToBeVisibleAsync(new() { Timeout = 60_000 });

        await section.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await section.GetByRole(AriaRole.Button, new() { Name = "Revoke link" }).ClickAsync();
        await Expect(section.GetByRole(AriaRole.Button, new() { Name = "Create public link" })).ToBeVisibleAsync();

        await Expect(visitor.Page.GetByTitle("Ada Lovelace")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        Assert.Empty(moderator.Errors);
    }

    [GeneratedRegex("room=\"(?<it>[0-9A-Za-z]{24})\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeInSnippet();
}
