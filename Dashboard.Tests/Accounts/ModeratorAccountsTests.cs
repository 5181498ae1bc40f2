using System.Net;
using System.Runtime.Versioning;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Accounts as the network sees them: over real Kestrel, without a browser's help.</summary>
public sealed class ModeratorAccountsTests
{
    [Fact]
    public async Task SetUp_WithoutTheToken_MakesNoAccount()
    {
        await using var host = await DashboardHost.StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        var right = ModeratorOfTests.SetupLinkOf(host).PathAndQuery!;
        using var page = await visitor.GetAsync(right);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var token = html.Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        KeyValuePair<string, string>[] form =
            [new("_handler", "setup"), new("__RequestVerificationToken", token), new("Input.Email", "eve@example.com"), new("Input.Password", "long enough, surely")];

        using var without = await visitor.PostAsync("/setup", form);
        using var wrong = await visitor.PostAsync("/setup?token=AAAA", form);

        Assert.True(ModeratorOfTests.SetupLinkOf(host).IsOpen);
        Assert.False(await host.Services.GetRequiredService<FirstAccount>().ExistsAsync());
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData("short", "12")]
    [InlineData("elevenchars", "12")]
    public async Task SetUp_WithAShortPassword_SaysSoAndStaysOpen(string password, string expected)
    {
        await using var host = await DashboardHost.StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        using var reply = await visitor.PostFormAsync(
            ModeratorOfTests.SetupLinkOf(host).PathAndQuery!, "setup", ("Input.Email", "mod@example.com"), ("Input.Password", password));

        Assert.Contains(expected, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(ModeratorOfTests.SetupLinkOf(host).IsOpen);
    }

    [Fact]
    public async Task SetUp_TwoAtOnce_MakesOneAccount()
    {
        await using var host = await DashboardHost.StartAsync();
        var first = host.Services.GetRequiredService<FirstAccount>();
        var cancellation = TestContext.Current.CancellationToken;

        var results = await Task.WhenAll(
            first.CreateAsync("a@example.com", ModeratorOfTests.Password, "ada", cancellation),
            first.CreateAsync("b@example.com", ModeratorOfTests.Password, "ada", cancellation));

        Assert.Single(results, result => result is { Count: 0 });
        Assert.Single(results, result => result is null);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task SetupLinkFile_WhileItExists_IsReadableByItsOwnerOnly()
    {
        await using var host = await DashboardHost.StartAsync();

        var file = Path.Combine(host.DataFolder, SetupLink.FileName);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(host.DataFolder, "keys")));
    }

    [Fact]
    public async Task SetupLink_AfterARestart_IsAnother()
    {
        await using var host = await DashboardHost.StartAsync();
        var before = ModeratorOfTests.SetupLinkOf(host).PathAndQuery!;
        await host.RestartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        using var reply = await visitor.GetAsync(before);

        Assert.Contains("no longer valid", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_WithoutSignIn_LeadToSignIn()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        foreach (var path in (string[])["/", "/rooms", "/rooms/stage", "/settings", "/connect"])
        {
            using var reply = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
            Assert.Contains("/sign-in?ReturnUrl=" + Uri.EscapeDataString(path), reply.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Address_ThatLeadsNowhere_IsAPageForBrowsersWith404()
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no/such/page");
        request.Headers.Accept.ParseAdd("text/html");

        using var reply = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Contains("Page not found", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithAnUnknownAccountOrAWrongPassword_AnswersTheSame()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        using var unknown = await visitor.SignInAsync("nobody@example.com", "whatever it may be");
        using var wrong = await visitor.SignInAsync(ModeratorOfTests.Email, "whatever it may be");

        Assert.Equal(unknown.StatusCode, wrong.StatusCode);
        var expected = "Wrong email or password.";
        Assert.Contains(expected, await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(expected, await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_AfterFiveFailures_WaitsEvenWithTheRightPassword()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        for (var i = 0; i < 5; i++)
            (await visitor.SignInAsync(ModeratorOfTests.Email, "wrong, and long enough")).Dispose();

        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
    }

    [Fact]
    public async Task SignIn_WithAReturnAddressElsewhere_StaysHere()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, "/sign-in?ReturnUrl=https%3A%2F%2Fevil.example%2F");

        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        Assert.Equal("/", new Uri(host.BaseAddress, reply.Headers.Location!).AbsolutePath);
        Assert.Equal(host.BaseAddress.Authority, new Uri(host.BaseAddress, reply.Headers.Location!).Authority);
    }

    [Fact]
    public async Task SignOut_WithoutAntiforgeryToken_IsRefused()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);

        using var forged = await visitor.PostAsync("/sign-out", []);
        using var still = await visitor.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Cookie_AfterARestart_StillSignsIn()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);

        await host.RestartAsync();
        using var reply = await visitor.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task Cookie_OfARemovedAccount_IsWorthNothingAtOnce()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            await accounts.DeleteAsync((await accounts.FindByEmailAsync(ModeratorOfTests.Email))!);
        }

        using var reply = await visitor.GetAsync("/");

        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
    }

    [Theory]
    [InlineData("closed", "an Admin disabled or deleted your account")]
    [InlineData("disabled", "an Admin disabled or deleted your account")]
    [InlineData("role", "an Admin took your role away")]
    [InlineData("stamp", "your password was changed or your account was signed out everywhere")]
    [InlineData("expired", "Your session has expired")]
    public async Task SignIn_AfterTheSessionEnded_SaysWhy(string how, string said)
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);
        (await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            var account = (await accounts.FindByEmailAsync(ModeratorOfTests.Email))!;
            switch (how)
            {
                case "closed":
                    await accounts.DeleteAsync(account);
                    await ModeratorOfTests.MakeAsync(host, "other@example.com", ModeratorRole.Admin); // else the set-up page opens
                    break;
                case "disabled":
                    account.IsDisabled = true;
                    await accounts.UpdateAsync(account);
                    break;
                case "role":
                    await accounts.RemoveFromRoleAsync(account, nameof(ModeratorRole.Admin));
                    break;
                case "stamp":
                    await accounts.UpdateSecurityStampAsync(account);
                    break;
                default:
                    visitor.Cookies.GetAllCookies().Single(cookie => cookie.Name == "presence-moderator").Value = "of-another-time";
                    break;
            }
        }

        using var reply = await visitor.GetAsync("/rooms");
        using var page = await visitor.GetAsync(reply.Headers.Location!.IsAbsoluteUri ? reply.Headers.Location.PathAndQuery : reply.Headers.Location.OriginalString);

        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        Assert.Contains(said, await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_OfSomebodyWhoNeverWas_SaysNothingOfAnEnd()
    {
        await using var host = await StartAsync();
        using var visitor = new FormVisitor(host.BaseAddress);

        using var page = await visitor.GetAsync("/sign-in?ReturnUrl=%2Frooms&Ended=nonsense");

        Assert.DoesNotContain("role=\"status\"", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndOf_AfterARoleWasTaken_SaysSo()
    {
        await using var host = await StartAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = (await accounts.FindByEmailAsync(ModeratorOfTests.Email))!;
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<ModeratorAccount>>().CreateAsync(account);
        var options = new IdentityOptions();
        Assert.Null((await ModeratorRevalidation.LookAsync(accounts, principal, options)).End);

        await accounts.RemoveFromRoleAsync(account, nameof(ModeratorRole.Admin));

        Assert.Equal((SessionEnd.RoleChanged, null), await ModeratorRevalidation.LookAsync(accounts, principal, options));
    }

    /// <summary>The answer that switches the second factor on changes the account, and is the only one to show the recovery codes.</summary>
    [Fact]
    public async Task Answer_WhoseAccountChangesMeanwhile_GoesOnToItsEndAndAnOpenPageEnds()
    {
        await using var host = await StartAsync();
        await using var answer = host.Services.CreateAsyncScope();
        await using var open = host.Services.CreateAsyncScope();
        var accounts = answer.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = (await accounts.FindByEmailAsync(ModeratorOfTests.Email))!;
        var principal = await answer.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<ModeratorAccount>>().CreateAsync(account);
        var answered = Begin(answer, principal);
        var opened = Begin(open, principal);
        await open.OpenAsync();

        await accounts.UpdateSecurityStampAsync(account);
        host.Services.GetRequiredService<AccountChanges>().Announce(account.Id);

        await Eventually.TrueAsync(async () => !await IsKnownAsync(opened), "the open page ends", OpenPage.LongestTelling);
        Assert.True(await IsKnownAsync(answered));

        static AuthenticationStateProvider Begin(AsyncServiceScope scope, ClaimsPrincipal principal)
        {
            var provider = scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
            ((IHostEnvironmentAuthenticationStateProvider)provider).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
            return provider;
        }

        static async Task<bool> IsKnownAsync(AuthenticationStateProvider provider) => (await provider.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated == true;
    }

    [Fact]
    public async Task Log_OfAWholeSignIn_HoldsNoPassword()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);
        (await visitor.SignInAsync("nobody@example.com", "a password by mistake")).Dispose();

        Assert.DoesNotContain(host.Log.Lines, line =>
            line.Message.Contains(ModeratorOfTests.Password, StringComparison.Ordinal) || line.Message.Contains("a password by mistake", StringComparison.Ordinal));
    }

    private static Task<DashboardHost> StartAsync() =>
        DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

    private static async Task<FormVisitor> SignedInAsync(DashboardHost host)
    {
        var visitor = new FormVisitor(host.BaseAddress);
        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }
}
