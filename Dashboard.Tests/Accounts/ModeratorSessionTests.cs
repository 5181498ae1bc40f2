using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>A session is the server's: what ends it there ends it for every copy of its cookie.</summary>
public sealed class ModeratorSessionTests
{
    private readonly ManualTimeProvider _time = new();
    private ClaimsPrincipal? _seen;

    public ModeratorSessionTests() => _time.SetUtcNow(TimeProvider.System.GetUtcNow()); // the visitor's cookies expire by the real clock

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignOut_OfABrowser_IsTheEndOfEveryCopyOfItsCookieAndOfNoOther()
    {
        await using var host = await StartAsync();
        using var other = await SignedInAsync(host);
        using var visitor = await SignedInAsync(host);
        var copy = visitor.Cookies.GetCookieHeader(host.BaseAddress);
        Assert.Equal(200, (await host.GetAsync("/account", headers: ("Cookie", copy))).Status);

        using var signedOut = await visitor.PostFormToAsync("/account", ModeratorAccounts.SignOutPath);

        Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        foreach (var path in new[] { "/", "/account", "/rooms", "/people", "/downloads/rooms/r/viewers.csv" })
            Assert.NotEqual(200, (await host.GetAsync(path, headers: ("Cookie", copy))).Status);
        using var still = await other.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task SignOut_OfABrowser_ClosesItsOpenPages()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);
        (await visitor.GetAsync("/seen")).Dispose();
        await using var circuit = host.Services.CreateAsyncScope();
        var state = circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)state).SetAuthenticationState(Task.FromResult(new AuthenticationState(_seen!)));
        await circuit.OpenAsync();
        var changed = new TaskCompletionSource<AuthenticationState>(TaskCreationOptions.RunContinuationsAsynchronously);
        state.AuthenticationStateChanged += async next => changed.TrySetResult(await next);

        (await visitor.PostFormToAsync("/account", ModeratorAccounts.SignOutPath)).Dispose();

        var now = await changed.Task.WaitAsync(OpenPage.LongestTelling, TimeProvider.System, Cancel);
        Assert.False(now.User.Identity!.IsAuthenticated);
    }

    [Fact]
    public async Task Session_InDailyUse_EndsAfterThirtyDays()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);

        for (var day = 1; day < 30; day++)
        {
            Pass(TimeSpan.FromDays(1));
            Assert.Equal((day, HttpStatusCode.OK), (day, await StatusAsync(visitor)));
        }
        Pass(TimeSpan.FromDays(1));

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor));
    }

    [Fact]
    public async Task Session_NobodyUses_EndsAfterSevenDays()
    {
        await using var host = await StartAsync();
        using var used = await SignedInAsync(host);
        using var unused = await SignedInAsync(host);
        var copy = unused.Cookies.GetCookieHeader(host.BaseAddress);

        Pass(TimeSpan.FromDays(6.9));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(used));
        Pass(TimeSpan.FromDays(0.2));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(used));
        Assert.Equal(302, (await host.GetAsync("/account", headers: ("Cookie", copy))).Status);
    }

    [Fact]
    public async Task Session_WithOtherLengthsConfigured_EndsByThem()
    {
        await using var host = await StartAsync(("Presence:SignIn:IdleTimeout", "1h"), ("Presence:SignIn:Lifetime", "2h"));
        using var visitor = await SignedInAsync(host);

        Pass(TimeSpan.FromMinutes(50));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor));
        Pass(TimeSpan.FromMinutes(50));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor));
        Pass(TimeSpan.FromMinutes(30));

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor));
    }

    [Fact]
    public async Task Session_OfAnAccountWithAsManyAsMayBe_EndsTheOldest()
    {
        await using var host = await StartAsync();
        using var oldest = await SignedInAsync(host);
        using var second = await SignedInAsync(host);
        for (var i = 2; i < ModeratorSessions.MostOfAccount; i++)
            (await SignedInAsync(host)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(oldest));

        (await SignedInAsync(host)).Dispose();

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(oldest));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second));
        await using var scope = host.Services.CreateAsyncScope();
        Assert.Equal(ModeratorSessions.MostOfAccount, await scope.ServiceProvider.GetRequiredService<AccountsContext>().Sessions.CountAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_OfTheDatabase_DoNotHoldWhatACookieHolds()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);
        (await visitor.GetAsync("/seen")).Dispose();
        var token = _seen!.FindFirstValue(ModeratorSessions.ClaimType)!;

        foreach (var file in Directory.GetFiles(host.DataFolder, "presence.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(token, await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Session_AfterItsOwnPasswordChange_GoesOnAndTheOthersEnd()
    {
        await using var host = await StartAsync();
        using var here = await SignedInAsync(host);
        using var there = await SignedInAsync(host);

        using var changed = await here.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", ModeratorOfTests.Password), ("new", "another horse battery"));

        Assert.EndsWith("outcome=changed", changed.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(here));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(there));
    }

    [Theory]
    [InlineData("elevenchars", "short")]
    [InlineData("aaaabbbbcccc", "uniform")]
    [InlineData("mod@example.com", "own")]
    [InlineData("Password1234", "common")]
    public async Task NewPassword_AgainstARule_IsRefusedByItsName(string password, string outcome)
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);

        using var reply = await visitor.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", ModeratorOfTests.Password), ("new", password));
        using var page = await visitor.GetAsync("/account?outcome=" + outcome);

        Assert.EndsWith("outcome=" + outcome, reply.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var again = await SignedInAsync(host);
    }

    [Fact]
    public async Task Join_WithAPasswordMadeOfTheInvitedName_IsRefused()
    {
        await using var host = await StartAsync();
        var invitation = await host.Services.GetRequiredService<InvitationStore>().IssueAsync("Ola Nordmann", ModeratorRole.Observer, "a test", Cancel);
        using var visitor = new FormVisitor(host.BaseAddress);

        using var refused = await visitor.PostFormAsync(invitation.PathAndQuery, "join", ("Input.Email", "o@example.com"), ("Input.Password", "OlaNordmann-2026"));
        using var joined = await visitor.PostFormAsync(invitation.PathAndQuery, "join", ("Input.Email", "o@example.com"), ("Input.Password", "another horse battery"));

        Assert.Contains("based on your email or name", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor));
    }

    [Fact]
    public async Task SignIn_WhileTheClockIsAhead_EndsNoOtherSession()
    {
        await using var host = await StartAsync();
        using var visitor = await SignedInAsync(host);

        Pass(TimeSpan.FromDays(400));
        using var other = new FormVisitor(host.BaseAddress);
        (await other.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        Pass(TimeSpan.FromDays(-400));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor));
    }

    /// <summary>By the wall clock alone, which is what sessions go by: the other one would have days of sweeps run.</summary>
    private void Pass(TimeSpan time) => _time.SetUtcNow(_time.GetUtcNow() + time);

    private static async Task<HttpStatusCode> StatusAsync(FormVisitor visitor)
    {
        using var reply = await visitor.GetAsync("/account");
        return reply.StatusCode;
    }

    private static async Task<FormVisitor> SignedInAsync(DashboardHost host)
    {
        var visitor = new FormVisitor(host.BaseAddress);
        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }

    private Task<DashboardHost> StartAsync(params (string Key, string Value)[] configuration)
    {
        var options = new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration, Time = _time, App = app => app.MapGet("/seen", (HttpContext http) => { _seen = http.User; }) };
        foreach (var (key, value) in configuration)
            options.Configuration[key] = value;
        return DashboardHost.StartAsync(options);
    }
}
