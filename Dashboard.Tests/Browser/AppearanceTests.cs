using System.Security.Claims;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>
/// Every page, both themes, both widths: accessible by axe's rules, nothing wider than the screen, no error in the
/// console. With SCREENSHOTS set to a folder the pictures are kept there.
/// </summary>
[Collection(AppearanceCollection.Name)]
public sealed class AppearanceTests(ChromiumBrowser chromium)
{
    private const int Wide = 1440;
    private const int Narrow = 390;

    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];

    private static readonly (string Name, string Path)[] LivePages =
    [
        ("overview", "/"), ("overview-day", "/?range=day"), ("rooms", "/rooms"), ("rooms-none", "/rooms?search=zzz"), ("rooms-by-peak", "/rooms?sort=peak"), ("rooms-by-since", "/rooms?sort=since"), ("online", "/online"),
        ("wall", "/wall?rooms=main-stage,dj-set-rooftop,backstage-interviews,café-español,q-and-a,workshop-lighting"), ("wall-empty", "/wall"),
        ("people", "/people"), ("account", "/account"), ("system", "/system"),
        ("room", "/rooms/main-stage"), ("room-explained", "/rooms/main-stage?explain=1&range=15m&sort=name&edit=1&left=all"), ("viewer", "/viewers/{viewer}"), ("settings", "/settings"), ("connect", "/connect"), ("not-found", "/not-found"),
    ];

    /// <summary>Pages that read something; what is left out shows only what is known without.</summary>
    private static readonly (string Name, string Path)[] ReadPages =
    [
        ("overview", "/"), ("rooms", "/rooms"), ("wall", "/wall"), ("online", "/online"), ("room", "/rooms/main-stage"), ("viewer", "/viewers/ann"),
        ("settings", "/settings"), ("connect", "/connect"), ("system", "/system"), ("people", "/people"),
    ];

    /// <summary>The rules of WCAG 2.2 AA; the size of targets is off unless asked for.</summary>
    private static readonly AxeRunOptions Rules = new() { Rules = new Dictionary<string, RuleOptions>(StringComparer.Ordinal) { ["target-size"] = new() { Enabled = true } } };

    private readonly List<string> _problems = [];

    [Fact]
    public async Task Pages_WithABusyEvening_AreAccessibleAndFit()
    {
        await using var evening = await BusyEvening.StartAsync();
        await evening.Host.Services.GetRequiredService<PublicLinkStore>().SetAsync("main-stage", showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        var viewer = evening.Engine.Viewers("main-stage", new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers.First(viewer => !viewer.IsGuest).UserId;
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900, scheme);
            await visit.Page.GotoAsync("/");
            await CheckAsync(visit, "sign-in", scheme);
            await visit.SignInAsync();
            foreach (var (name, path) in LivePages)
            {
                await visit.OpenAsync(path.Replace("{viewer}", viewer, StringComparison.Ordinal));
                await CheckAsync(visit, name, scheme);
            }
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Rooms_WithPinsAndAKeyboardOnTheChart_AreAccessibleAndFit()
    {
        await using var evening = await BusyEvening.StartAsync();
        await using var first = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await first.SignInAsync("/rooms");
        foreach (var room in (string[])["q-and-a", "main-stage", "rehearsal"])
        {
            await first.Page.GetByRole(AriaRole.Button, new() { Name = "Pin " + room }).ClickAsync();
            await Assertions.Expect(first.Page.Locator(".pinned").GetByText(room)).ToBeVisibleAsync();
        }
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900, scheme);
            await visit.SignInAsync("/rooms");
            await CheckAsync(visit, "rooms-pinned", scheme);
            await visit.OpenAsync("/wall");
            await CheckAsync(visit, "wall-pinned", scheme);
            await visit.OpenAsync("/");
            await visit.Page.GetByLabel("Read the chart").FocusAsync();
            for (var point = 0; point < 30; point++)
                await visit.Page.Keyboard.PressAsync("ArrowLeft");
            await Assertions.Expect(visit.Page.Locator(".curve-reading")).ToBeVisibleAsync();
            await CheckAsync(visit, "overview-keyboard", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Pages_ThatCannotBeRead_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = ModeratorOfTests.Configuration,
            Services = services => services.AddScoped(_ => new ModeratorGuard(new FailingReads())),
        });
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            await visit.SignInAsync("/account");
            foreach (var (name, path) in ReadPages)
            {
                await visit.OpenAsync(path);
                await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).First).ToBeVisibleAsync();
                await CheckAsync(visit, name + "-failed", scheme);
            }
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Pages_ThatLeadNowhere_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            foreach (var (name, path) in ((string, string)[])[("join-spent", "/join?token=spent"), ("access-denied", "/access-denied"), ("error", "/error/500")])
            {
                await visit.Page.GotoAsync(path);
                await CheckAsync(visit, name, scheme);
            }
            await visit.Page.GotoAsync("/");
            await visit.Page.GetByLabel("Email").FillAsync(ModeratorOfTests.Email);
            await visit.Page.GetByLabel("Password").FillAsync("not the password");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Alert).First.WaitForAsync();
            await CheckAsync(visit, "sign-in-refused", scheme);
            await visit.SignInAsync();
            await visit.OpenAsync("/viewers/nobody");
            await CheckAsync(visit, "viewer-unknown", scheme);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Pages_BeforeAnythingHappened_AreAccessibleAndFit()
    {
        foreach (var scheme in Schemes)
        {
            await using var host = await DashboardHost.StartAsync();
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            await visit.Page.GotoAsync("/");
            await CheckAsync(visit, "before-setup", scheme);
            await visit.Page.GotoAsync(ModeratorOfTests.SetupLinkOf(host).PathAndQuery!);
            await CheckAsync(visit, "setup", scheme);
            await visit.SetUpAsync();
            await CheckAsync(visit, "overview-empty", scheme);
            await visit.OpenAsync("/rooms");
            await CheckAsync(visit, "rooms-empty", scheme);
            await visit.OpenAsync("/online");
            await CheckAsync(visit, "online-empty", scheme);
            await visit.OpenAsync("/rooms/nobody-here");
            await CheckAsync(visit, "room-empty", scheme);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make a public link" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take the link back" }).ScrollIntoViewIfNeededAsync();
            await CheckAsync(visit, "room-shared", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task DemoRoom_WithThisTabInIt_IsAccessibleAndFits()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Demo"] = "true" } });
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            await visit.Page.GotoAsync("/demo");
            await visit.Page.Locator("#demo[data-status=present]").WaitForAsync();
            await visit.Page.Locator("#demo-faces li").First.WaitForAsync();
            await CheckAsync(visit, "demo", scheme);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Come back" }).WaitForAsync();
            await CheckAsync(visit, "demo-left", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Widgets_OnAnotherSite_AreAccessibleAndFit()
    {
        await using var evening = await BusyEvening.StartAsync();
        var link = await evening.Host.Services.GetRequiredService<PublicLinkStore>().SetAsync("main-stage", showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        await using var site = await ForeignSite.StartAsync(evening.Host.BaseAddress, link.Code);
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(site.BaseAddress, Wide, 900, scheme);
            await visit.Page.GotoAsync("/");
            await visit.Page.Locator("whos-watching [part=face]").First.WaitForAsync();
            await CheckAsync(visit, "widgets", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Room_WithEverythingOpen_IsAccessibleAndFits()
    {
        await using var evening = await BusyEvening.StartAsync();
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900, scheme);
            var page = visit.Page;
            await visit.SignInAsync("/rooms/main-stage?state=watching");
            await page.Locator(".expander").First.ClickAsync();
            await page.Locator(".session-row").First.WaitForAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Edit" }).ClickAsync();
            await page.GetByLabel("Presence timeout").FillAsync("5");
            await Assertions.Expect(page.Locator(".remark-problem").First).ToBeVisibleAsync();
            await CheckAsync(visit, "room-open", scheme);

            await page.Locator("button[aria-label^='Remove ']").First.ClickAsync();
            await page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await page.GetByLabel("Other").CheckAsync(new() { Force = true });
            await CheckAsync(visit, "room-remove", scheme);
            await page.Locator(".remove-dialog .button-danger").ClickAsync();
            await page.GetByText("is kept out of this room").WaitForAsync();
            await CheckAsync(visit, "room-removed", scheme);
            evening.Pass(TimeSpan.FromSeconds(5)); // the page's clock stands still until then
            await page.Locator(".departures li", new() { HasText = "removed" }).GetByRole(AriaRole.Link).First.ClickAsync();
            await page.Locator(".removal-list button").First.WaitForAsync();
            await CheckAsync(visit, "viewer-removed", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Settings_WithARefusedValue_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            await visit.SignInAsync("/settings");
            await visit.Page.GetByLabel("Heartbeat interval").FillAsync("58");
            await Assertions.Expect(visit.Page.GetByText("must be at least 5 s longer")).ToBeVisibleAsync();
            await CheckAsync(visit, "settings-refused", scheme);
            await visit.Page.GetByLabel("Heartbeat interval").FillAsync("30");
            await visit.Page.GetByRole(AriaRole.Switch).FocusAsync();
            await visit.Page.Keyboard.PressAsync("Space");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await CheckAsync(visit, "settings-confirm", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Settings_WithAChangeAndOnTheWayBack_AreAccessibleAndFit()
    {
        await using var evening = await BusyEvening.StartAsync();
        var saved = new SettingsChange { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(90), ListLimit = 200, By = "eve@example.com", Reason = "Hidden tabs dropped out" };
        await evening.Host.Services.GetRequiredService<SettingsStore>().ChangeAsync(saved, TestContext.Current.CancellationToken);
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900, scheme);
            await visit.SignInAsync("/settings");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "60 s / 150 s" }).ClickAsync();
            await Assertions.Expect(visit.Page.Locator(".settings-actions.is-up")).ToBeVisibleAsync();
            await CheckAsync(visit, "settings-changed", scheme);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go back to version 1" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Dialog).GetByTestId("impact").WaitForAsync();
            await CheckAsync(visit, "settings-revert", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Dialogs_Open_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await ModeratorOfTests.MakeAsync(host, "grace.hopper@example.com", ModeratorRole.Observer);
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900, scheme);
            await visit.SignInAsync("/people");
            await visit.Page.GetByLabel("For", new() { Exact = true }).FillAsync("Ada Lovelace");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
            await Assertions.Expect(visit.Page.GetByText("/join?token=")).ToBeVisibleAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change grace.hopper@example.com" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await CheckAsync(visit, "people-dialog", scheme);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await CheckAsync(visit, "people-invited", scheme);

            await visit.OpenAsync("/settings");
            await visit.Page.Keyboard.PressAsync("?");
            await visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" }).WaitForAsync();
            await CheckAsync(visit, "keyboard", scheme);
            Assert.Empty(visit.Errors);
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task Pages_NoLongerLive_AreAccessibleAndFit()
    {
        await using var evening = await BusyEvening.StartAsync();
        await using var wire = Wire.To(evening.Host.BaseAddress);
        foreach (var scheme in Schemes)
        {
            await using var visit = await chromium.VisitAsync(wire.Address, Wide, 900, scheme);
            await visit.SignInAsync();
            foreach (var (name, path) in ((string Name, string Path)[])[("overview-lost", "/"), ("room-lost", "/rooms/main-stage"), ("wall-lost", "/wall?rooms=main-stage,q-and-a")])
            {
                await visit.OpenAsync(path);
                wire.FallSilent();
                await visit.Page.Locator("html[data-connection=lost]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
                await CheckAsync(visit, name, scheme);
                wire.SpeakAgain();
            }
        }

        Assert.Empty(_problems);
    }

    [Fact]
    public async Task More_OnAPhone_OpensAboveTheBar()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Narrow, 844);
        await visit.SignInAsync("/settings");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await KeepPictureAsync(visit.Page, "more-narrow");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Account", Exact = true }).ClickAsync();

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Change password" })).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("#more-links")).ToBeHiddenAsync();
    }

    private async Task CheckAsync(BrowserVisit visit, string name, ColorScheme scheme)
    {
        foreach (var width in (int[])[Wide, Narrow])
        {
            await visit.Page.SetViewportSizeAsync(width, width == Wide ? 900 : 844);
            await KeepPictureAsync(visit.Page, $"{name}-{(width == Wide ? "wide" : "narrow")}-{scheme.ToString().ToLowerInvariant()}");

            var overflow = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0)
                _problems.Add($"{name}: {overflow} px wider than a screen of {width} px");
            var axe = await visit.Page.RunAxe(Rules);
            _problems.AddRange(axe.Violations.SelectMany(Describe).Select(problem => $"{name}, {width} px: {problem}"));
        }
        await visit.Page.SetViewportSizeAsync(Wide, 900);
    }

    private static IEnumerable<string> Describe(AxeResultItem violation) =>
        violation.Nodes.Select(node => $"{violation.Id}: {node.Html} ({string.Join("; ", node.Any.Select(check => check.Message))})");

    private static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>Somebody with every role, whom nobody can name: whatever a page asks for in a moderator's name fails as a broken disk does.</summary>
    private sealed class FailingReads : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new Nameless([new Claim(ClaimTypes.Role, nameof(ModeratorRole.Admin))]))));

        private sealed class Nameless(IEnumerable<Claim> claims) : ClaimsIdentity(claims, "test")
        {
            public override string Name => throw new InvalidOperationException("broken");
        }
    }
}
