using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Single sign-on at a real provider, as a browser without scripts goes there and back.</summary>
public sealed class ProviderSignInTests(ProviderSignInTests.Both both) : IClassFixture<ProviderSignInTests.Both>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_ByGroup_HasItsRoleAndFollowsTheGroupAtTheNextOne()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();
        await both.Provider.SetGroupsAsync("ann", "choir", "crew");

        Assert.Equal("/rooms?sort=peak", await SignInAsync(visitor, there, "ann", "?ReturnUrl=%2Frooms%3Fsort%3Dpeak"));

        Assert.Equal(ModeratorRole.Moderator, (await AccountAsync("ann"))!.Role);
        Assert.Equal("200", await OpenAsync(visitor, "/system"));
        Assert.Contains("Campus signs you in", await TextAsync(visitor, "/account"), StringComparison.Ordinal);
        Assert.DoesNotContain("Current password", await TextAsync(visitor, "/account"), StringComparison.Ordinal);

        await both.Provider.SetGroupsAsync("ann", "guests");
        Assert.Equal("200", await OpenAsync(visitor, "/system")); // until the next sign-in
        Assert.Equal("/", await SignInAsync(visitor, there, "ann"));
        Assert.Equal(ModeratorRole.Observer, (await AccountAsync("ann"))!.Role);
        Assert.Contains("access-denied", await OpenAsync(visitor, "/system"), StringComparison.Ordinal);

        await both.Provider.SetGroupsAsync("ann");
        Assert.Equal("/sign-in?Problem=NoGroup", await SignInAsync(visitor, there, "ann"));
        Assert.Contains("read from the claim groups", await TextAsync(visitor, "/sign-in?Problem=NoGroup"), StringComparison.Ordinal);
        Assert.Null((await AccountAsync("ann"))!.Role);
        Assert.Contains("sign-in", await OpenAsync(visitor, "/rooms"), StringComparison.Ordinal); // the session before has ended

        var acts = (await both.Host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery(), 500, Cancel)).Where(act => act.Object == "ann@provider.example" || act.Actor == "ann@provider.example").Reverse().ToList();
        Assert.Equal([AuditActs.AccountCreated, AuditActs.SignedIn, AuditActs.AccountRoleChanged, AuditActs.SignedIn, AuditActs.AccountRoleChanged], acts.Select(act => act.Act));
        Assert.Equal(("Campus", """{"role":"Moderator"}""", """{"role":"Observer"}"""), (acts[2].Actor, acts[2].Old, acts[2].New));
        Assert.Equal("""{"with":"single sign-on"}""", acts[1].New);
    }

    [Fact]
    public async Task SignIn_WhereEverybodyNeedsASecondFactor_IsLeftToTheProvider()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();
        await both.Provider.SetGroupsAsync("sue", "crew");
        var rule = both.Host.Services.GetRequiredService<SecondFactorRule>();
        await rule.SetAsync(isInForce: true, "a test", Cancel);
        try
        {
            Assert.Equal("/", await SignInAsync(visitor, there, "sue"));
            Assert.Equal("200", await OpenAsync(visitor, "/rooms"));
        }
        finally
        {
            await rule.SetAsync(isInForce: false, "a test", Cancel);
        }
    }

    [Fact]
    public async Task SignIn_ByAStranger_MakesNoAccount()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();

        Assert.Equal("/sign-in?Problem=NoGroup", await SignInAsync(visitor, there, "eve"));

        Assert.Null(await AccountAsync("eve"));
        Assert.Contains("sign-in", await OpenAsync(visitor, "/rooms"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_Cancelled_IsSaidOnTheSignInPage()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();

        Assert.Equal("/sign-in?Problem=Denied", await SignInAsync(visitor, there, person: null));

        Assert.Contains("Sign-in was cancelled at Campus", await TextAsync(visitor, "/sign-in?Problem=Denied"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_OfAnotherBrowserOrOpenedAgain_BeginsAgain()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var other = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();
        await both.Provider.SetGroupsAsync("ben", "crew");
        using var begin = await visitor.GetAsync("/sign-in/provider");
        var back = await there.SignInAsync(begin.Headers.Location!, "ben");

        Assert.Equal("/sign-in?Problem=Lost", await OpenAsync(other, back.PathAndQuery));
        Assert.Equal("/sign-in?Problem=Lost", await OpenAsync(visitor, "/sign-in/provider/done"));

        Assert.Contains("Begin again", await TextAsync(other, "/sign-in?Problem=Lost"), StringComparison.Ordinal);
        Assert.Null(await AccountAsync("ben"));
    }

    [Fact]
    public async Task SignOut_EndsTheSessionHereAndThere()
    {
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();
        await both.Provider.SetGroupsAsync("cem", "guests");
        await SignInAsync(visitor, there, "cem");

        using var reply = await visitor.PostFormToAsync("/account", "/sign-out");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode); // a redirect to another origin would be blocked, after a form
        var onwards = new Uri(Assert.Single(reply.Headers.GetValues("Refresh"))["0;url=".Length..]);
        Assert.Equal(both.Provider.Issuer.Authority, onwards.Authority);
        Assert.Contains("sign-in", await OpenAsync(visitor, "/rooms"), StringComparison.Ordinal);
        var back = await there.SignOutAsync(onwards);
        Assert.Equal("/sign-in", await OpenAsync(visitor, back.PathAndQuery));
        Assert.Equal("200", await OpenAsync(visitor, "/sign-in"));
    }

    [Fact]
    public async Task Account_WithAPassword_IsConnectedByItsOwnerAlone()
    {
        await ModeratorOfTests.MakeAsync(both.Host, "dee@provider.example", ModeratorRole.Observer);
        using var visitor = new FormVisitor(both.Host.BaseAddress);
        using var there = new SignInProvider.Visitor();
        await both.Provider.SetGroupsAsync("dee", "crew");

        Assert.Equal("/sign-in?Problem=Taken", await SignInAsync(visitor, there, "dee"));
        using (await visitor.SignInAsync("dee@provider.example", ModeratorOfTests.Password))
        {
        }
        Assert.Equal("/sign-in?Problem=Taken", await SignInAsync(visitor, there, "dee", "?Connect=1")); // no link connects
        using var connect = await visitor.PostFormToAsync("/account", "/account/connect");
        var back = await there.SignInAsync(new Uri(Assert.Single(connect.Headers.GetValues("Refresh"))["0;url=".Length..]), "dee");
        Assert.Equal("/account?outcome=Connected", await OpenAsync(visitor, await OpenAsync(visitor, back.PathAndQuery)));

        Assert.Contains("Connected. From now on", await TextAsync(visitor, "/account?outcome=Connected"), StringComparison.Ordinal);
        var act = Assert.Single(await both.Host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { Acts = [AuditActs.AccountConnected] }, 10, Cancel));
        Assert.Equal(("dee@provider.example", "dee@provider.example"), (act.Actor, act.Object));
        using var later = new FormVisitor(both.Host.BaseAddress);
        Assert.Equal("/", await SignInAsync(later, there, "dee"));
        Assert.Equal(ModeratorRole.Moderator, (await AccountAsync("dee"))!.Role);
    }

    [Theory]
    [InlineData("another secret", null, "Refused", "refused this dashboard")]
    [InlineData(SignInProvider.Secret, "https://elsewhere.example", "Issuer", "calls itself https://elsewhere.example")]
    [InlineData(null, null, "Unreachable", "Campus doesn’t answer")]
    public async Task Provider_ThatIsWrong_IsSaidOnTheSignInPage(string? secret, string? named, string problem, string text)
    {
        await using var provider = SignInProvider.Reserve();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new(provider.Configuration.Concat(ModeratorOfTests.Configuration)) });
        if (secret is not null)
            await provider.StartAsync(host.BaseAddress, secret, named);
        using var visitor = new FormVisitor(host.BaseAddress);
        using var there = new SignInProvider.Visitor();

        using var begin = await visitor.GetAsync("/sign-in/provider");
        var end = begin.Headers.Location!.OriginalString;
        if (end.StartsWith("http", StringComparison.Ordinal)) // the provider is asked about the secret at the callback
            end = await OpenAsync(visitor, (await there.SignInAsync(begin.Headers.Location!, "ann")).PathAndQuery);

        Assert.Equal($"/sign-in?Problem={problem}", end);
        var page = await TextAsync(visitor, end);
        Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain(SignInProvider.Secret, page, StringComparison.Ordinal);
        Assert.Empty(host.Log.Faults);
    }

    [Fact]
    public async Task SignIn_BehindAPublicUrlWithAPath_ComesBackThere()
    {
        var address = new Uri("https://example.com/presence/");
        await using var provider = SignInProvider.Reserve();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new(provider.Configuration.Append(new("Presence:Http:PublicUrl", "https://example.com/presence"))) });
        await provider.StartAsync(address);
        await provider.SetGroupsAsync("ann", "crew-leads");
        using var visitor = new FormVisitor(host, address, "/presence");
        using var there = new SignInProvider.Visitor();

        Assert.Equal("https://example.com/presence/rooms", await SignInAsync(visitor, there, "ann", "?ReturnUrl=%2Fpresence%2Frooms", "/presence"));

        Assert.Equal("200", await OpenAsync(visitor, "/presence/people"));
        using var reply = await visitor.PostFormToAsync("/presence/account", "/presence/sign-out");
        var back = await there.SignOutAsync(new Uri(Assert.Single(reply.Headers.GetValues("Refresh"))["0;url=".Length..]));
        Assert.StartsWith("https://example.com/presence/sign-in/provider/signed-out", back.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("https://example.com/presence/sign-in", await OpenAsync(visitor, back.PathAndQuery));
    }

    [Fact]
    public async Task LocalAccounts_Off_CloseEveryDoorOfPasswordsAndKeepTheLastAdmin()
    {
        await using var provider = SignInProvider.Reserve();
        var configuration = new Dictionary<string, string?>(provider.Configuration, StringComparer.Ordinal);
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        await ModeratorOfTests.MakeAsync(host, "old@example.com", ModeratorRole.Observer);
        using var before = new FormVisitor(host.BaseAddress);
        using (await before.SignInAsync("old@example.com", ModeratorOfTests.Password))
        {
        }
        configuration["Presence:SignIn:LocalAccounts"] = "false";
        await host.RestartAsync();
        await provider.StartAsync(host.BaseAddress);
        await provider.SetGroupsAsync("ann", "crew-leads");
        using var visitor = new FormVisitor(host.BaseAddress);
        using var there = new SignInProvider.Visitor();

        Assert.Contains("sign-in", await OpenAsync(before, "/rooms"), StringComparison.Ordinal); // its session is over too
        foreach (var path in (string[])["/setup", "/join?token=a", "/new-password?token=a", "/sign-in/code"])
            Assert.Equal("/sign-in?Problem=NoPasswords", await OpenAsync(visitor, path));
        var form = await TextAsync(visitor, "/sign-in");
        Assert.Contains("Sign in with Campus", form, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", form, StringComparison.Ordinal);
        using var posted = await visitor.SignInAsync("old@example.com", ModeratorOfTests.Password);
        Assert.NotEqual(HttpStatusCode.Redirect, posted.StatusCode);

        Assert.Equal("/", await SignInAsync(visitor, there, "ann"));
        Assert.Contains("Local accounts are off", await TextAsync(visitor, "/people"), StringComparison.Ordinal);
        await provider.SetGroupsAsync("ann", "guests");
        Assert.Equal("/account?outcome=LastAdmin", await SignInAsync(visitor, there, "ann"));
        Assert.Contains("You stay Admin because nobody else is", await TextAsync(visitor, "/account?outcome=LastAdmin"), StringComparison.Ordinal);
        Assert.Equal("200", await OpenAsync(visitor, "/people"));
        Assert.Contains(host.Log.Lines, line => line.Message.Contains("stays Admin", StringComparison.Ordinal));
    }

    /// <summary>Goes to the provider and back.</summary>
    /// <returns>Where it ends.</returns>
    private static async Task<string> SignInAsync(FormVisitor visitor, SignInProvider.Visitor there, string? person, string query = "", string basePath = "")
    {
        using var begin = await visitor.GetAsync($"{basePath}/sign-in/provider{query}");
        var back = await there.SignInAsync(begin.Headers.Location!, person);
        var next = await OpenAsync(visitor, back.PathAndQuery);
        return next.Contains("/sign-in/provider/done", StringComparison.Ordinal) ? await OpenAsync(visitor, next) : next;
    }

    /// <summary>Where a page leads, or its status.</summary>
    private static async Task<string> OpenAsync(FormVisitor visitor, string path)
    {
        using var reply = await visitor.GetAsync(path);
        return reply.Headers.Location?.OriginalString ?? $"{(int)reply.StatusCode}";
    }

    private static async Task<string> TextAsync(FormVisitor visitor, string path)
    {
        using var reply = await visitor.GetAsync(path);
        return WebUtility.HtmlDecode(await reply.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<Moderator?> AccountAsync(string person) =>
        (await both.Host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).SingleOrDefault(account => account.Email == person + "@provider.example");

    /// <summary>A dashboard and its provider.</summary>
    public sealed class Both : IAsyncLifetime
    {
        internal SignInProvider Provider { get; } = SignInProvider.Reserve();

        internal DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            // The provider is not there yet when the dashboard starts.
            Host = await DashboardHost.StartAsync(new DashboardHostOptions
            {
                Configuration = new(Provider.Configuration.Concat(ModeratorOfTests.Configuration).Append(new("Presence:Limits:SignInBurst", "1000"))),
            });
            await Provider.StartAsync(Host.BaseAddress);
        }

        public async ValueTask DisposeAsync()
        {
            await Provider.DisposeAsync();
            await Host.DisposeAsync();
        }
    }
}
