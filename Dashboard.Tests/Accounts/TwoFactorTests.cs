using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Two-factor sign-in with forms alone, as a browser without scripts uses it.</summary>
public sealed class TwoFactorTests(TwoFactorTests.Patient shared) : IClassFixture<TwoFactorTests.Patient>
{
    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_WithTheSecondFactor_NeedsACodeAndEachCodeOnce()
    {
        using var owner = await SignedInAsync("once@example.com");
        var (secret, _) = await TurnOnAsync(owner);
        using var visitor = new FormVisitor(_host.BaseAddress);

        using var first = await visitor.SignInAsync("once@example.com", ModeratorOfTests.Password, "/sign-in?ReturnUrl=%2Frooms");

        Assert.Equal("/sign-in/code?ReturnUrl=%2Frooms", first.Headers.Location!.OriginalString);
        Assert.Contains("sign-in", await WhereToAsync(visitor, "/rooms"), StringComparison.Ordinal); // the password alone opens nothing
        Assert.Contains("Wrong code", await EnterAsync(visitor, AuthenticatorApp.Code(secret)), StringComparison.Ordinal); // it switched two-factor on
        Assert.Equal("/rooms", await EnterAsync(visitor, AuthenticatorApp.Code(secret, 1), "?ReturnUrl=%2Frooms"));
        Assert.Equal("", await WhereToAsync(visitor, "/rooms"));

        using var again = new FormVisitor(_host.BaseAddress);
        using (await again.SignInAsync("once@example.com", ModeratorOfTests.Password))
        {
        }
        Assert.Contains("Wrong code", await EnterAsync(again, AuthenticatorApp.Code(secret, 1)), StringComparison.Ordinal);
        Assert.Contains("Wrong code", await EnterAsync(again, "+" + AuthenticatorApp.Code(secret, 1)), StringComparison.Ordinal);
        Assert.Equal("/", await EnterAsync(again, AuthenticatorApp.Code(secret, 2)));
    }

    [Fact]
    public async Task Code_WithoutAPasswordBefore_OpensNothing()
    {
        using var owner = await SignedInAsync("alone@example.com");
        var (secret, codes) = await TurnOnAsync(owner);
        using var visitor = new FormVisitor(_host.BaseAddress);
        using var form = await visitor.GetAsync("/sign-in/code");
        Assert.Contains("/sign-in", form.Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var posted = await visitor.PostFormToAsync("/sign-in", "/sign-in/code", ("_handler", "code"), ("Input.Code", AuthenticatorApp.Code(secret, 1)));
        using var recovery = await visitor.PostFormToAsync("/sign-in", "/sign-in/code", ("_handler", "code"), ("Input.Code", codes[0]));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (posted.StatusCode, recovery.StatusCode));
        Assert.Contains("sign-in", await WhereToAsync(visitor, "/rooms"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_WrongFiveTimes_AreNotForgivenByRightPasswords()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var owner = await SignedInAsync("guess@example.com", host);
        var (secret, _) = await TurnOnAsync(owner);
        using var visitor = new FormVisitor(host.BaseAddress);

        for (var i = 0; i < SignInThrottle.AllowedFailures; i++)
        {
            using (await visitor.SignInAsync("guess@example.com", ModeratorOfTests.Password))
            {
            }
            Assert.Contains("Wrong code", await EnterAsync(visitor, "000000"), StringComparison.Ordinal);
        }

        Assert.Contains("Too many attempts", await EnterAsync(visitor, AuthenticatorApp.Code(secret, 1)), StringComparison.Ordinal);
        using var password = await visitor.SignInAsync("guess@example.com", ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, password.StatusCode);
    }

    [Fact]
    public async Task RecoveryCode_InAnyCase_SignsInOnceAndIsRecorded()
    {
        using var owner = await SignedInAsync("lost@example.com");
        var (_, codes) = await TurnOnAsync(owner);
        Assert.Equal(SecondFactor.RecoveryCodes, codes.Distinct(StringComparer.Ordinal).Count());
        using var visitor = new FormVisitor(_host.BaseAddress);
        using (await visitor.SignInAsync("lost@example.com", ModeratorOfTests.Password))
        {
        }
        Assert.Equal("/", await EnterAsync(visitor, $" {codes[3].ToLowerInvariant().Replace("-", "", StringComparison.Ordinal)} "));
        Assert.Contains("Recovery codes left: 9", await TextAsync(await visitor.GetAsync("/account/two-factor")), StringComparison.Ordinal);

        using var again = new FormVisitor(_host.BaseAddress);
        using (await again.SignInAsync("lost@example.com", ModeratorOfTests.Password))
        {
        }
        Assert.Contains("Wrong code", await EnterAsync(again, codes[3]), StringComparison.Ordinal);

        var renewed = await RenewAsync(visitor, ModeratorOfTests.Password);
        Assert.Contains("Wrong code", await EnterAsync(again, codes[4]), StringComparison.Ordinal);
        Assert.Equal("/", await EnterAsync(again, renewed[4]));

        Assert.Equal(
            [AuditActs.SecondFactorEnabled, AuditActs.RecoveryCodeUsed, AuditActs.RecoveryCodesRenewed, AuditActs.RecoveryCodeUsed],
            (await ActsOnAsync("lost@example.com")).Select(act => act.Act));
        Assert.Equal("""{"left":9}""", (await ActsOnAsync("lost@example.com"))[1].New);
    }

    [Fact]
    public async Task TurningOff_NeedsThePassword_AndThePasswordSignsInAgain()
    {
        using var owner = await SignedInAsync("off@example.com");
        using var elsewhere = new FormVisitor(_host.BaseAddress);
        using (await elsewhere.SignInAsync("off@example.com", ModeratorOfTests.Password))
        {
        }
        await TurnOnAsync(owner);
        Assert.Contains("sign-in", await WhereToAsync(elsewhere, "/rooms"), StringComparison.Ordinal); // the sessions without a code have ended

        Assert.Contains("password is wrong", await TextAsync(await owner.PostFormAsync("/account/two-factor", "change", ("Change.Password", "not the password"), ("Change.Act", "disable"))), StringComparison.Ordinal);
        Assert.Contains("is off", await TextAsync(await owner.PostFormAsync("/account/two-factor", "change", ("Change.Password", ModeratorOfTests.Password), ("Change.Act", "disable"))), StringComparison.Ordinal);

        Assert.Equal("", await WhereToAsync(owner, "/rooms"));
        using var reply = await elsewhere.SignInAsync("off@example.com", ModeratorOfTests.Password);
        Assert.Equal("/", reply.Headers.Location!.OriginalString);
        Assert.Equal([AuditActs.SecondFactorEnabled, AuditActs.SecondFactorDisabled], (await ActsOnAsync("off@example.com")).Select(act => act.Act));
    }

    [Fact]
    public async Task PasswordLink_OfAnAccountWithASecondFactor_AsksForACode()
    {
        using var owner = await SignedInAsync("link@example.com");
        var (secret, _) = await TurnOnAsync(owner);
        var link = await _host.Services.GetRequiredService<PasswordLinks>().IssueAsync(await IdOfAsync("link@example.com"), "ada", Cancel);
        using var visitor = new FormVisitor(_host.BaseAddress);

        using var set = await visitor.PostFormAsync(link.PathAndQuery, "new-password", ("Input.Password", "another horse battery"));

        Assert.Equal("/sign-in/code", set.Headers.Location!.OriginalString);
        Assert.Contains("sign-in", await WhereToAsync(visitor, "/rooms"), StringComparison.Ordinal);
        Assert.Equal("/", await EnterAsync(visitor, AuthenticatorApp.Code(secret, 1)));
    }

    [Fact]
    public async Task Reset_ByAnAdmin_EndsSessionsAndWaitingSignIns()
    {
        using var owner = await SignedInAsync("reset@example.com");
        var (secret, _) = await TurnOnAsync(owner);
        using var waiting = new FormVisitor(_host.BaseAddress);
        using (await waiting.SignInAsync("reset@example.com", ModeratorOfTests.Password))
        {
        }
        var store = _host.Services.GetRequiredService<ModeratorStore>();

        await store.ResetSecondFactorAsync(await IdOfAsync("reset@example.com"), "boss@example.com", Cancel);

        Assert.Contains("sign-in", await WhereToAsync(owner, "/rooms"), StringComparison.Ordinal);
        Assert.Contains("sign-in", await WhereToAsync(waiting, "/sign-in/code"), StringComparison.Ordinal);
        using var reply = await waiting.SignInAsync("reset@example.com", ModeratorOfTests.Password);
        Assert.Equal("/", reply.Headers.Location!.OriginalString);
        var act = (await ActsOnAsync("reset@example.com"))[^1];
        Assert.Equal((AuditActs.SecondFactorReset, "boss@example.com"), (act.Act, act.Actor));
        await Assert.ThrowsAsync<ModeratorChangeRefusedException>(async () => await store.ResetSecondFactorAsync(await IdOfAsync("reset@example.com"), "boss@example.com", Cancel));
        await using var scope = _host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        Assert.Null(await accounts.GetAuthenticatorKeyAsync((await accounts.FindByEmailAsync("reset@example.com"))!)); // nothing of it is kept
        Assert.NotEmpty(secret);
    }

    [Fact]
    public async Task SetUp_WithAWrongCode_StaysOffAndShowsTheSameKey()
    {
        using var owner = await SignedInAsync("typo@example.com");
        var before = await KeyOfAsync(await owner.PostFormAsync("/account/two-factor", "begin"));

        using var reply = await owner.PostFormAsync("/account/two-factor", "confirm", ("Confirmation.Code", "000000"));

        var html = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("Wrong code", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", html, StringComparison.Ordinal);
        Assert.Equal(before, await KeyOfAsync(reply));
        using var visitor = new FormVisitor(_host.BaseAddress);
        using var signIn = await visitor.SignInAsync("typo@example.com", ModeratorOfTests.Password);
        Assert.Equal("/", signIn.Headers.Location!.OriginalString);
    }

    private async Task<FormVisitor> SignedInAsync(string email, DashboardHost? host = null)
    {
        host ??= _host;
        await ModeratorOfTests.MakeAsync(host, email, ModeratorRole.Observer);
        var visitor = new FormVisitor(host.BaseAddress);
        using var reply = await visitor.SignInAsync(email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }

    internal static async Task<(string Secret, IReadOnlyList<string> RecoveryCodes)> TurnOnAsync(FormVisitor owner)
    {
        var secret = await KeyOfAsync(await owner.PostFormAsync("/account/two-factor", "begin"));
        return (secret, await CodesOfAsync(await owner.PostFormAsync("/account/two-factor", "confirm", ("Confirmation.Code", AuthenticatorApp.Code(secret)))));
    }

    internal static async Task<IReadOnlyList<string>> RenewAsync(FormVisitor owner, string password) =>
        await CodesOfAsync(await owner.PostFormAsync("/account/two-factor", "change", ("Change.Password", password), ("Change.Act", "renew")));

    /// <summary>Where a code leads; what the page says where it leads nowhere.</summary>
    internal static async Task<string> EnterAsync(FormVisitor visitor, string code, string query = "")
    {
        using var answer = await visitor.PostFormAsync("/sign-in/code" + query, "code", ("Input.Code", code));
        return answer.Headers.Location?.OriginalString ?? await TextAsync(answer);
    }

    internal static async Task<string> WhereToAsync(FormVisitor visitor, string path)
    {
        using var reply = await visitor.GetAsync(path);
        return reply.Headers.Location?.OriginalString ?? "";
    }

    private static async Task<string> KeyOfAsync(HttpResponseMessage page) => await PartAsync(page, "authenticator-key");

    private static async Task<IReadOnlyList<string>> CodesOfAsync(HttpResponseMessage page) => (await PartAsync(page, "recovery-codes")).Split('\n');

    private static async Task<string> PartAsync(HttpResponseMessage page, string part)
    {
        using var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync(Cancel));
        return html.QuerySelector($"[data-testid={part}]")?.TextContent ?? throw new InvalidOperationException(html.Body!.TextContent);
    }

    internal static async Task<string> TextAsync(HttpResponseMessage page) => WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync(Cancel));

    private async Task<string> IdOfAsync(string email) => (await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).Single(one => one.Email == email).Id;

    private async Task<IReadOnlyList<AuditRecord>> ActsOnAsync(string email) =>
        [.. (await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery(), 500, Cancel)).Where(act => act.Object == email).Reverse()];

    /// <summary>A host that takes many forms of one address.</summary>
    public sealed class Patient : IAsyncLifetime
    {
        internal DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Limits:SignInBurst"] = "1000" },
        });

        public async ValueTask DisposeAsync() => await Host.DisposeAsync();
    }
}
