using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;
using static Presence.Dashboard.Tests.Accounts.TwoFactorTests;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Where everybody needs a second factor: what is open before there is one, and that there is always a way in.</summary>
public sealed class SecondFactorRuleTests : IAsyncLifetime
{
    private const string Ada = "ada@example.com";
    private const string TwoFactor = "/account/two-factor";

    private DashboardHost _host = null!;
    private ClaimsPrincipal? _seen;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SecondFactorRule Rule => _host.Services.GetRequiredService<SecondFactorRule>();

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Limits:SignInBurst"] = "1000" },
            App = app => app.MapGet("/seen", (HttpContext http) => { _seen = http.User; }),
        });
        await ModeratorOfTests.MakeAsync(_host, Ada, ModeratorRole.Admin);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Required_OfWhoHasNone_OpensTheSetUpAndNothingElse()
    {
        using var ada = await SignedInAsync();
        using var nobody = new FormVisitor(_host.BaseAddress);
        Assert.Equal("", await WhereToAsync(ada, "/people"));

        await Rule.SetAsync(isInForce: true, "boss@example.com", Cancel);

        Assert.Equal(TwoFactor, await WhereToAsync(ada, "/people")); // with the session of before
        using var again = await SignedInAsync();
        Assert.Equal(TwoFactor, await WhereToAsync(again, "/"));
        var open = new List<string>();
        foreach (var path in Paths())
        {
            using var answer = await again.GetAsync(path);
            using var without = await nobody.GetAsync(path);
            if (answer.StatusCode == HttpStatusCode.OK && without.StatusCode != HttpStatusCode.OK)
                open.Add(path);
        }
        Assert.Equal(["/_blazor/initializers/", "/account/passkeys", TwoFactor], open.Order(StringComparer.Ordinal));
        using (var password = await again.PostFormToAsync(TwoFactor, AccountEndpoints.PasswordPath, ("current", ModeratorOfTests.Password), ("new", "another horse battery")))
            Assert.Equal(TwoFactor, password.Headers.Location!.OriginalString);
        Assert.Contains("asks everybody for a second factor", await TextAsync(await again.GetAsync(TwoFactor)), StringComparison.Ordinal);

        await TurnOnAsync(again);
        Assert.Equal("", await WhereToAsync(again, "/people"));
        var acts = await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { Acts = [AuditActs.SecondFactorRequired, AuditActs.SecondFactorOptional] }, 10, Cancel);
        Assert.Equal([(AuditActs.SecondFactorRequired, "boss@example.com")], acts.Select(act => (act.Act, act.Actor)));
    }

    [Fact]
    public async Task Required_OfWhoHasOne_AsksForTheCodeAndOpensAll()
    {
        using var ada = await SignedInAsync();
        var (secret, _) = await TurnOnAsync(ada);
        await Rule.SetAsync(isInForce: true, "boss@example.com", Cancel);

        Assert.Equal("", await WhereToAsync(ada, "/people"));
        using var elsewhere = new FormVisitor(_host.BaseAddress);
        (await elsewhere.SignInAsync(Ada, ModeratorOfTests.Password)).Dispose();
        Assert.Contains("sign-in", await WhereToAsync(elsewhere, "/people"), StringComparison.Ordinal);
        Assert.Equal("/", await EnterAsync(elsewhere, AuthenticatorApp.Code(secret, 1)));
        Assert.Equal("", await WhereToAsync(elsewhere, "/people"));
    }

    [Fact]
    public async Task Required_WhileAPageIsOpen_TakesItsRolesAndGivesThemBack()
    {
        using var ada = await SignedInAsync();
        (await ada.GetAsync("/seen")).Dispose();
        await using var circuit = _host.Services.CreateAsyncScope();
        var state = circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)state).SetAuthenticationState(Task.FromResult(new AuthenticationState(_seen!)));
        await circuit.OpenAsync();
        var guard = circuit.ServiceProvider.GetRequiredService<ModeratorGuard>();
        Assert.True(await guard.HoldsAsync(ModeratorRole.Admin));

        await Rule.SetAsync(isInForce: true, "boss@example.com", Cancel);
        await Eventually.TrueAsync(async () => !await guard.HoldsAsync(ModeratorRole.Admin), "the open page is told", OpenPage.LongestTelling);
        Assert.True(SecondFactorRule.IsNeededBy((await state.GetAuthenticationStateAsync()).User));
        await Assert.ThrowsAsync<AccessRefusedException>(async () => await guard.RequireSomewhereAsync(ModeratorRole.Observer));

        await Rule.SetAsync(isInForce: false, "boss@example.com", Cancel);
        await Eventually.TrueAsync(async () => await guard.HoldsAsync(ModeratorRole.Admin), "the open page is told again", OpenPage.LongestTelling);
    }

    /// <summary>Else whoever knows the password alone would set up an app of their own beside the owner's passkeys, or remove them.</summary>
    [Fact]
    public async Task Required_OfWhoHasPasskeys_LetsThePasswordAloneSetUpNothing()
    {
        await Rule.SetAsync(isInForce: true, "boss@example.com", Cancel);
        using var ada = await SignedInAsync();
        Assert.Contains("Add a passkey", await TextAsync(await ada.GetAsync("/account/passkeys")), StringComparison.Ordinal);
        var id = Guid.NewGuid().ToByteArray();
        await using (var scope = _host.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            var passkey = new UserPasskeyInfo(id, [1], TimeProvider.System.GetUtcNow(), 0, [], isUserVerified: true, isBackupEligible: false, isBackedUp: false, [], []) { Name = "Laptop" };
            Assert.True((await accounts.AddOrUpdatePasskeyAsync((await accounts.FindByEmailAsync(Ada))!, passkey)).Succeeded);
        }

        Assert.Equal(TwoFactor, await WhereToAsync(ada, "/people"));
        using var begun = await ada.PostFormAsync(TwoFactor, "begin");
        Assert.DoesNotContain("authenticator-key", await TextAsync(begun), StringComparison.Ordinal);
        Assert.Contains("sign in with a passkey", await TextAsync(await ada.GetAsync(TwoFactor)), StringComparison.Ordinal);
        (await ada.PostFormAsync("/account/passkeys", "remove", ("Removal.Remove", Convert.ToBase64String(id)))).Dispose();
        Assert.True((await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).Single(one => one.Email == Ada).HasPasskeys);
        Assert.DoesNotContain("Remove Laptop", await TextAsync(await ada.GetAsync("/account/passkeys")), StringComparison.Ordinal);

        // The way back in: a reset, by another Admin or on the command line.
        await _host.Services.GetRequiredService<ModeratorStore>().ResetSecondFactorAsync(await IdAsync(), Actors.CommandLine, Cancel);
        using var after = await SignedInAsync();
        await TurnOnAsync(after);
        Assert.Equal("", await WhereToAsync(after, "/people"));
    }

    [Fact]
    public void Claim_OfASession_CountsPasskeysAndTheProvider()
    {
        var account = new ModeratorAccount();

        Assert.Null(SecondFactorRule.ClaimOf(account, Session(), isInForce: false));
        Assert.Equal("needs", SecondFactorRule.ClaimOf(account, Session(), isInForce: true)!.Value);
        Assert.Equal("has", SecondFactorRule.ClaimOf(account, Session(("presence:passkey", "true")), isInForce: true)!.Value);
        Assert.Equal("has", SecondFactorRule.ClaimOf(account, Session(("presence:until", "253402300799999")), isInForce: true)!.Value);
        Assert.Equal("has", SecondFactorRule.ClaimOf(new ModeratorAccount { TwoFactorEnabled = true }, Session(), isInForce: true)!.Value);

        static ClaimsPrincipal Session(params (string Type, string Value)[] claims) => new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "test"));
    }

    private IEnumerable<string> Paths() =>
        (from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
         where endpoint.Metadata.GetMetadata<ApiPolicy>() is null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
         where endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: { } methods } || methods.Contains("GET")
         select "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
        .Where(path => path != "/seen")
        .Select(path => path.Replace("{RoomId}", "lobby", StringComparison.Ordinal).Replace("{UserId}", "ada", StringComparison.Ordinal).Replace("{Code:int}", "404", StringComparison.Ordinal).Replace("{Id:long}", "1", StringComparison.Ordinal).Replace("{key}", "x", StringComparison.Ordinal).Replace("/{**path}", path.StartsWith("/try", StringComparison.Ordinal) ? "/index.html" : "", StringComparison.Ordinal))
        .Distinct(StringComparer.Ordinal);

    private async Task<string> IdAsync() => (await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).Single(one => one.Email == Ada).Id;

    private async Task<FormVisitor> SignedInAsync()
    {
        var visitor = new FormVisitor(_host.BaseAddress);
        using var reply = await visitor.SignInAsync(Ada, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }
}
