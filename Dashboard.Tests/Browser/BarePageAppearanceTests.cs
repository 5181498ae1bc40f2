using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Pages with nothing to show: before anything happened, failed, refused, unknown; and the demo's viewer.</summary>
public sealed class BarePageAppearanceTests(ChromiumBrowser chromium) : AppearanceTest
{
    /// <summary>Pages that read something, one of each layout; the long proofs look at every one. What is left out shows only what is known without.</summary>
    private static readonly (string Name, string Path)[] ReadPages =
    [
        ("overview", "/"), ("wall", "/wall"), ("room", "/rooms/main-stage"), ("settings", "/settings"),
        .. ProofLength.IsFull ? ((string, string)[])[("rooms", "/rooms"), ("online", "/online"), ("viewer", "/viewers/ann"), ("connect", "/connect"), ("system", "/system"), ("people", "/people")] : [],
    ];

    [Fact]
    public async Task Pages_ThatCannotBeRead_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = ModeratorOfTests.Configuration,
            Services = services => services.AddScoped(_ => new ModeratorGuard(new FailingReads())),
        });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        await visit.SignInAsync("/account");
        foreach (var (name, path) in ReadPages)
        {
            await visit.OpenAsync(path);
            await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).First).ToBeVisibleAsync();
            await CheckAsync(visit, name + "-failed");
        }
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Pages_ThatLeadNowhere_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        foreach (var (name, path) in ((string, string)[])[("join-spent", "/join?token=spent"), ("new-password-spent", "/new-password?token=spent"), ("access-denied", "/access-denied"), ("error", "/error/500")])
        {
            await visit.Page.GotoAsync(path);
            await CheckAsync(visit, name);
        }
        await visit.Page.GotoAsync("/");
        await visit.Page.GetByLabel("Email").FillAsync(ModeratorOfTests.Email);
        await visit.Page.GetByLabel("Password").FillAsync("not the password");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Alert).First.WaitForAsync();
        await CheckAsync(visit, "sign-in-refused");
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/account/two-factor");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await visit.Page.GetByLabel("Code").WaitForAsync();
        await CheckAsync(visit, "two-factor");
        await visit.Page.GotoAsync("/account/passkeys");
        await CheckAsync(visit, "passkeys");
        await visit.OpenAsync("/viewers/nobody");
        await CheckAsync(visit, "viewer-unknown");

        AssertNothingFound();
    }

    [Fact]
    public async Task Pages_BeforeAnythingHappened_AreAccessibleAndFit()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        await visit.Page.GotoAsync("/");
        await CheckAsync(visit, "before-setup");
        await visit.Page.GotoAsync(ModeratorOfTests.SetupLinkOf(host).PathAndQuery!);
        await CheckAsync(visit, "setup");
        await visit.SetUpAsync();
        await CheckAsync(visit, "overview-empty");
        await visit.OpenAsync("/rooms");
        await CheckAsync(visit, "rooms-empty");
        await visit.OpenAsync("/online");
        await CheckAsync(visit, "online-empty");
        await visit.OpenAsync("/rooms/nobody-here");
        await CheckAsync(visit, "room-empty");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create public link" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        var revoke = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke link" });
        await revoke.WaitForAsync();
        await CheckAsync(visit, "room-shared");
        await CheckAsync(visit, "room-shared-below", at: revoke);
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task DemoRoom_WithThisTabInIt_IsAccessibleAndFits()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Demo"] = "true" } });
        await using var visit = await chromium.VisitAsync(host.BaseAddress, Wide, 900);
        await visit.Page.GotoAsync("/demo");
        await visit.Page.Locator("#demo[data-status=present]").WaitForAsync();
        await visit.Page.Locator("#demo-faces li").First.WaitForAsync();
        await CheckAsync(visit, "demo");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Rejoin" }).WaitForAsync();
        await CheckAsync(visit, "demo-left");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
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
