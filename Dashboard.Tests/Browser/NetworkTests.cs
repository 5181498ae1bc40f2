using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Pages over networks as they are: slow, silent, cut, and back.</summary>
public sealed class NetworkTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    private static readonly TimeSpan FarAway = TimeSpan.FromMilliseconds(60);

    private static readonly LocatorAssertionsToHaveAttributeOptions Patiently = new() { Timeout = 60_000 };

    // As fast as somebody types, and so slowly that every letter goes out on its own and comes back during the next.
    [Theory]
    [InlineData("/rooms", "Search rooms", "album-release", 90)]
    [InlineData("/online", "Search people", "elif.moreau", 230)]
    [InlineData("/rooms/album-release", "Search viewers", "elif.moreau", 230)]
    public async Task Search_TypedOverASlowNetwork_KeepsEveryLetter(string path, string label, string text, float pause)
    {
        await using var host = await StartAsync();
        Enter(host, "album-release", "elif.moreau");
        Engine(host).UserHeartbeat("elif.moreau", new UserProfile("Elif Moreau", null));
        await using var wire = NetworkProxy.To(host.BaseAddress, FarAway);
        await using var visit = await chromium.VisitAsync(wire.Address);
        await visit.SignInAsync(path);
        var field = visit.Page.GetByLabel(label);

        await field.PressSequentiallyAsync(text, new() { Delay = pause });

        await Expect(visit.Page).ToHaveURLAsync(new Regex(Regex.Escape("?search=" + text) + "$", RegexOptions.None, TimeSpan.FromSeconds(1)), new() { Timeout = 60_000 });
        await Expect(field).ToHaveValueAsync(text);
        await Expect(visit.Page.GetByText(text).First).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Settings_TypedOverASlowNetwork_KeepEveryDigitAndNothingElse()
    {
        await using var host = await StartAsync();
        await using var wire = NetworkProxy.To(host.BaseAddress, FarAway);
        await using var visit = await chromium.VisitAsync(wire.Address);
        await visit.SignInAsync("/settings");
        var timeout = visit.Page.GetByLabel("Presence timeout");
        var reason = visit.Page.GetByLabel("Reason");

        await timeout.FillAsync("");
        await timeout.PressSequentiallyAsync("1s2e3-4", new() { Delay = 60 });
        await reason.PressSequentiallyAsync("Final tonight", new() { Delay = 60 });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(visit.Page.GetByText("Saved as version 2")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(timeout).ToHaveValueAsync("1234");
        await Expect(visit.Page.GetByText("Final tonight")).ToBeVisibleAsync();
        Assert.Equal(TimeSpan.FromSeconds(1234), Engine(host).Settings.PresenceTimeout);
        Assert.Empty(visit.Errors);
    }

    // The browser's clock is held: what the page does after how long, and which time it names, does not depend on the machine.
    [Fact]
    public async Task Room_WhoseServerFallsSilent_SaysWithinFiveSecondsOfWhenItIs()
    {
        await using var host = await StartAsync();
        Enter(host, "stage", "ada");
        await using var wire = NetworkProxy.To(host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address);
        var page = visit.Page;
        await page.Clock.InstallAsync();
        await visit.SignInAsync("/rooms/stage");
        await Expect(page.GetByTestId("freshness")).ToHaveTextAsync(new Regex("^\\s*Live", RegexOptions.None, TimeSpan.FromSeconds(1)), new() { UseInnerText = true });
        var bright = await ColourAsync(page.GetByTestId("viewer-count"));

        await FallSilentAsync(wire, page);
        await page.Clock.RunForAsync(await page.EvaluateAsync<long>("window.heard.getTime() + 5000 - Date.now()"));

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "lost");
        await Expect(page.GetByTestId("freshness")).ToContainTextAsync("Not live · as of " + await page.EvaluateAsync<string>("window.heard.toLocaleTimeString()"), new() { UseInnerText = true });
        Assert.NotEqual(bright, await ColourAsync(page.GetByTestId("viewer-count")));
        await Expect(page).ToHaveTitleAsync(new Regex("^Not live · .*1", RegexOptions.None, TimeSpan.FromSeconds(1)));

        await page.Clock.ResumeAsync();
        wire.SpeakAgain();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "live", Patiently);
        Enter(host, "stage", "grace");
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2", new() { Timeout = 60_000 });
        await Expect(page).ToHaveTitleAsync(new Regex("^(?!Not live).*2", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Equal(bright, await ColourAsync(page.GetByTestId("viewer-count")));
    }

    [Fact]
    public async Task Page_WhoseNetworkGoes_FreezesAtOnceAndSaysSo()
    {
        await using var host = await StartAsync();
        Enter(host, "stage", "ada");
        await using var wire = NetworkProxy.To(host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address);
        var page = visit.Page;
        await page.Clock.InstallAsync();
        await visit.SignInAsync("/rooms");

        await FallSilentAsync(wire, page);
        await visit.Context.SetOfflineAsync(true);

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "lost");
        await Expect(page.GetByTestId("freshness")).ToContainTextAsync("Not live · as of " + await page.EvaluateAsync<string>("window.heard.toLocaleTimeString()"), new() { UseInnerText = true });

        await visit.Context.SetOfflineAsync(false);
        await page.Clock.ResumeAsync();
        wire.SpeakAgain();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "live", Patiently);
    }

    [Fact]
    public async Task Page_AfterTheNetworkWasCut_ComesBackByItselfWithItsFilter()
    {
        await using var host = await StartAsync();
        Enter(host, "stage", "ada");
        Enter(host, "rooftop", "ada");
        await using var wire = NetworkProxy.To(host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address);
        var page = visit.Page;
        await visit.SignInAsync("/rooms?sort=name");
        await page.GetByLabel("Search rooms").FillAsync("roof");
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await page.EvaluateAsync("window.neverReloaded = true");

        await wire.CutAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "lost", Patiently);
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Connection lost" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Enter(host, "rooftop", "grace");
        wire.Mend();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "live", Patiently);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "rooftop" }).GetByTestId("room-viewers")).ToHaveTextAsync("2", new() { Timeout = 60_000 });
        await Expect(page.GetByLabel("Search rooms")).ToHaveValueAsync("roof");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded"));
    }

    [Fact]
    public async Task Page_WhoseServerRestartsDuringACut_ComesBackByItselfWithItsFilter()
    {
        await using var host = await StartAsync();
        Enter(host, "stage", "ada.lovelace");
        Enter(host, "stage", "grace.hopper");
        await using var wire = NetworkProxy.To(host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address);
        var page = visit.Page;
        await visit.SignInAsync("/rooms/stage?sort=name&range=15m");
        await page.GetByLabel("Search viewers").FillAsync("grace");
        await Expect(page.GetByTestId("viewer-name").GetByText("ada.lovelace")).ToHaveCountAsync(0);
        await page.EvaluateAsync("window.fromBefore = true");

        await wire.CutAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-connection", "lost", Patiently);
        await host.RestartAsync();
        wire.Mend();

        await page.WaitForFunctionAsync("() => !window.fromBefore && document.documentElement.dataset.connection === 'live'", null, new() { Timeout = 60_000 });
        await Expect(page.GetByLabel("Search viewers")).ToHaveValueAsync("grace");
        await Expect(page.GetByTestId("viewer-name")).ToHaveTextAsync(["grace.hopper"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "15 min" })).ToHaveAttributeAsync("aria-current", "true");
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Pages_NoLongerLive_KeepNoColourThatMeansNow()
    {
        await using var wire = NetworkProxy.To(evening.Host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address);
        var page = visit.Page;
        await page.Clock.InstallAsync();
        await visit.SignInAsync();
        foreach (var path in (string[])["/", "/rooms", "/online", "/wall?rooms=main-stage,q-and-a", "/rooms/main-stage?explain=1", "/viewers/ada.0", "/settings", "/system", "/connect"])
        {
            await visit.OpenAsync(path);
            await page.GetByTestId("freshness").WaitForAsync();

            await visit.FallSilentAsync(wire);
            string? coloured = null; // a busy browser takes itself for lost, and back, on the way there
            await Eventually.TrueAsync(async () => (coloured = await ColouredAsync(page)) is not null, path + " is lost");
            wire.SpeakAgain();

            Assert.True(coloured is "", $"{path}: {coloured}");
        }
    }

    /// <summary>What of a lost page does not look like it; null while it is not lost.</summary>
    private static Task<string?> ColouredAsync(IPage page) => page.EvaluateAsync<string?>(
        """
        async () => {
          if (document.documentElement.dataset.connection !== "lost") return null;
          const greys = ["--text-3", "--line-strong"].map(grey => {
            const probe = document.body.appendChild(document.createElement("p"));
            probe.style.color = `var(${grey})`;
            const { color } = getComputedStyle(probe);
            probe.remove();
            return color;
          });
          await Promise.allSettled(document.getAnimations().map(change => change.finished));
          return [...document.querySelectorAll("main :is([data-testid$=-count], [data-testid$=-viewers], [data-testid^=change-], [data-testid=status], [data-testid=health], [data-testid=chart-reading], [data-testid=impact] td, #room-number dd, #explanation dd > span:first-child, time:not([aria-labelledby=history] *))")]
            .filter(part => part.checkVisibility())
            .filter(part => { const look = getComputedStyle(part); return !greys.includes(look.color) && !greys.includes(look.stroke); })
            .map(part => part.outerHTML).join("\n");
        }
        """);

    private static Task<string> ColourAsync(ILocator locator) => locator.EvaluateAsync<string>(
        """
        async element => {
          getComputedStyle(element).color; // begins whatever is changing
          await Promise.allSettled(document.getAnimations().map(change => change.finished));
          return getComputedStyle(element).color;
        }
        """);

    /// <summary>Lets nothing through after an answer, whose time the page keeps, and holds the browser's clock a second later.</summary>
    private static async Task FallSilentAsync(NetworkProxy wire, IPage page)
    {
        await page.EvaluateAsync("addEventListener('presence:answer', () => { window.heard = new Date(); })");
        await page.WaitForFunctionAsync("() => window.heard");
        wire.FallSilent();
        var now = await page.EvaluateAsync<double>("Date.now()");
        await page.Clock.PauseAtAsync(DateTimeOffset.FromUnixTimeMilliseconds((long)now + 1_000).UtcDateTime);
    }

    private static PresenceEngine Engine(DashboardHost host) => host.Services.GetRequiredService<PresenceEngine>();

    private static void Enter(DashboardHost host, string room, string user) =>
        Engine(host).Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "" });

    // Nobody here beats again, and a slow machine takes its time: the timeout must not come in between.
    private static Task<DashboardHost> StartAsync() => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
    });
}
