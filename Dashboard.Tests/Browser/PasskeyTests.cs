using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>A passkey's life in a real browser, with an authenticator that the browser plays.</summary>
public sealed class PasskeyTests(ChromiumBrowser chromium)
{
    private ICDPSession _session = null!;
    private string _authenticator = "";

    [Fact]
    public async Task Passkey_AddedWithThePassword_SignsInUntilItIsRemoved()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var visit = await chromium.VisitAsync(new Uri($"http://localhost:{host.BaseAddress.Port}/")); // an address is no party to a passkey
        await AddAuthenticatorAsync(visit);
        await visit.SignInAsync("/account");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Add a passkey" }).ClickAsync();

        await AddAsync(visit.Page, "not the password");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("password is wrong");
        await visit.Page.GotoAsync("/account/passkeys");
        await ForgetAsync();
        await AddAsync(visit.Page, ModeratorOfTests.Password);
        await Expect(visit.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("“Work laptop” now signs you in.");

        await SignOutAsync(visit);
        var other = await visit.Context.NewPageAsync(); // a second sign-in page takes nothing from the first
        await other.GotoAsync("/sign-in");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await visit.WaitUntilLiveAsync();
        Assert.Equal("/rooms", new Uri(visit.Page.Url).AbsolutePath);

        await visit.Page.GotoAsync("/account/passkeys");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove Work laptop" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Passkey removed");
        await SignOutAsync(visit);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("doesn’t open an account here");
        Assert.Empty(visit.Errors);

        var acts = (await host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery(), 50, TestContext.Current.CancellationToken)).Reverse().ToList();
        Assert.Equal(
            [(AuditActs.PasskeyAdded, """{"name":"Work laptop"}"""), (AuditActs.SignedIn, """{"with":"passkey"}"""), (AuditActs.PasskeyRemoved, null)],
            acts.Where(act => act.Act.StartsWith("passkey.", StringComparison.Ordinal) || act.New?.Contains("passkey", StringComparison.Ordinal) == true).Select(act => (act.Act, act.New)));
    }

    [Fact]
    public async Task Passkeys_WithoutScripts_AreNotOffered()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.Page.AddInitScriptAsync("delete window.PublicKeyCredential"); // as without a secure context
        await visit.Page.GotoAsync("/sign-in");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Sign in with a passkey")).ToBeHiddenAsync();

        await visit.SignInAsync("/account");
        await visit.Page.GotoAsync("/account/passkeys");
        await Expect(visit.Page.GetByText("Passkeys need a current browser")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Current password")).ToBeHiddenAsync();
    }

    private static async Task AddAsync(IPage page, string password)
    {
        await page.GetByLabel("Name").FillAsync("Work laptop");
        await page.GetByLabel("Current password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
    }

    private static async Task SignOutAsync(BrowserVisit visit)
    {
        await visit.Context.ClearCookiesAsync(new() { Name = "presence-moderator" });
        await visit.Page.GotoAsync("/sign-in?ReturnUrl=%2Frooms");
    }

    private async Task AddAuthenticatorAsync(BrowserVisit visit)
    {
        _session = await visit.Context.NewCDPSessionAsync(visit.Page);
        await _session.SendAsync("WebAuthn.enable");
        var made = await _session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        _authenticator = made!.Value.GetProperty("authenticatorId").GetString()!;
    }

    /// <summary>Makes the device forget what the server did not take.</summary>
    private Task<System.Text.Json.JsonElement?> ForgetAsync() =>
        _session.SendAsync("WebAuthn.clearCredentials", new Dictionary<string, object>(StringComparer.Ordinal) { ["authenticatorId"] = _authenticator });
}
