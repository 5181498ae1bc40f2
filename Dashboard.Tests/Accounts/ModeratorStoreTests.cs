using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Changing accounts, with the cookies that hang on them.</summary>
public sealed class ModeratorStoreTests : IAsyncLifetime
{
    private const string Other = "other@example.com";

    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ModeratorStore Store => _host.Services.GetRequiredService<ModeratorStore>();

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await ModeratorOfTests.MakeAsync(_host, Other, ModeratorRole.Moderator);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task ChangeRole_OfTheLastAdmin_IsRefused()
    {
        var admin = await FindAsync(ModeratorOfTests.Email);

        var refusal = await Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Store.ChangeAccessAsync(admin.Id, ModeratorRole.Observer, "test", Cancel));
        await Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Store.SetDisabledAsync(admin.Id, isDisabled: true, "test", Cancel));

        Assert.Contains("only Admin", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((ModeratorRole.Admin, false), await StateAsync(ModeratorOfTests.Email));
    }

    [Fact]
    public async Task Disable_OfTwoAdminsByEachOther_LeavesOne()
    {
        var other = await FindAsync(Other);
        await Store.ChangeAccessAsync(other.Id, ModeratorRole.Admin, "test", Cancel);
        var admin = await FindAsync(ModeratorOfTests.Email);

        var outcomes = await Task.WhenAll(TryAsync(admin.Id), TryAsync(other.Id));

        Assert.Single(outcomes, succeeded => succeeded);

        async Task<bool> TryAsync(string id)
        {
            try
            {
                await Store.SetDisabledAsync(id, isDisabled: true, "test", Cancel);
                return true;
            }
            catch (ModeratorChangeRefusedException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task ChangeAccess_OfSomebodySignedIn_HoldsWithTheirNextRequest()
    {
        using var visitor = await SignedInAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/system"));

        await Store.ChangeAccessAsync((await FindAsync(Other)).Id, ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("class-*"), observesElsewhere: false), "test", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor, "/system"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/rooms/class-7a"));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor, "/rooms/lobby"));

        await Store.ChangeAccessAsync((await FindAsync(Other)).Id, ModeratorRole.Observer, "test", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor, "/bans"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/rooms/lobby"));

        await Store.ChangeAccessAsync((await FindAsync(Other)).Id, ModeratorRole.Admin, "test", Cancel);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/people"));
    }

    [Fact]
    public async Task ChangeAccess_ThatTakesTheRole_EndsTheirCookieForGood()
    {
        using var visitor = await SignedInAsync();

        await Store.ChangeAccessAsync((await FindAsync(Other)).Id, ModeratorAccess.None, "test", Cancel);
        await Store.ChangeAccessAsync((await FindAsync(Other)).Id, ModeratorRole.Moderator, "test", Cancel);

        // Given back or not: a cookie of before stays dead.
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(visitor, "/settings"));
        Assert.Equal((ModeratorRole.Moderator, false), await StateAsync(Other));
    }

    [Fact]
    public async Task ChangeAccess_OfRooms_IsInTheAuditLogWithWhatItWas()
    {
        var id = (await FindAsync(Other)).Id;

        await Store.ChangeAccessAsync(id, ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("lounge", "class-*"), observesElsewhere: true), "test", Cancel);

        var act = (await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { Acts = [AuditActs.AccountRoleChanged] }, 1, Cancel)).Single();
        Assert.Equal((Other, """{"role":"Moderator"}""", """{"role":"Moderator","rooms":"class-*, lounge","elsewhere":"Observer"}"""), (act.Object, act.Old, act.New));
    }

    [Fact]
    public async Task Disable_OfSomebody_EndsTheirCookieAndTheirSignInUntilEnabled()
    {
        using var visitor = await SignedInAsync();
        var id = (await FindAsync(Other)).Id;

        await Store.SetDisabledAsync(id, isDisabled: true, "test", Cancel);

        using var page = await visitor.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        using var refused = await visitor.SignInAsync(Other, ModeratorOfTests.Password);
        Assert.Contains("Wrong email or password.", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        await Store.SetDisabledAsync(id, isDisabled: false, "test", Cancel);
        using var again = await visitor.SignInAsync(Other, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task Change_OfAnAccount_IsAnnouncedOnceItHolds()
    {
        var id = (await FindAsync(Other)).Id;
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Services.GetRequiredService<AccountChanges>().Subscribe(seen.SetResult);

        await Store.SetDisabledAsync(id, isDisabled: true, "test", Cancel);

        Assert.Equal(id, await seen.Task.WaitAsync(Cancel));
        Assert.Equal((ModeratorRole.Moderator, true), await StateAsync(Other));
    }

    [Fact]
    public async Task SignOutEverywhere_FromOneBrowser_EndsTheOther()
    {
        using var here = await SignedInAsync();
        using var there = await SignedInAsync();

        using var ended = await here.PostFormToAsync("/account", AccountEndpoints.SignOutEverywherePath);

        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using var page = await there.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task ChangePassword_WithTheCurrentOne_KeepsThisBrowserAndEndsOthers()
    {
        using var here = await SignedInAsync();
        using var there = await SignedInAsync();

        using var wrong = await here.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", "not the password"), ("new", "another password, long"));
        using var tooShort = await here.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", ModeratorOfTests.Password), ("new", "short"));
        using var changed = await here.PostFormToAsync("/account", AccountEndpoints.PasswordPath, ("current", ModeratorOfTests.Password), ("new", "another password, long"));

        Assert.EndsWith("outcome=wrong", wrong.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.EndsWith("outcome=short", tooShort.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.EndsWith("outcome=changed", changed.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var still = await here.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        using var gone = await there.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
    }

    [Fact]
    public async Task ChangePassword_WithoutTheFormsToken_IsRefused()
    {
        using var visitor = await SignedInAsync();

        using var password = await visitor.PostAsync(AccountEndpoints.PasswordPath, [new("current", ModeratorOfTests.Password), new("new", "another password, long")]);
        using var everywhere = await visitor.PostAsync(AccountEndpoints.SignOutEverywherePath, []);

        Assert.Equal(HttpStatusCode.BadRequest, password.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, everywhere.StatusCode);
    }

    [Fact]
    public async Task LastSeen_OfAnOpenPage_IsShownAtOnceAndStored()
    {
        Assert.Null((await FindAsync(Other)).LastSeenAt);
        using var visitor = await SignedInAsync();
        (await visitor.GetAsync("/settings")).Dispose();
        var seen = (await FindAsync(Other)).LastSeenAt;
        Assert.NotNull(seen);

        await _host.Services.GetRequiredService<LastSeen>().FlushAsync(Cancel);
        Assert.Null(_host.Services.GetRequiredService<LastSeen>().Of((await FindAsync(Other)).Id));
        Assert.Equal(seen.Value.ToUnixTimeMilliseconds(), (await FindAsync(Other)).LastSeenAt!.Value.ToUnixTimeMilliseconds());
    }

    private static async Task<HttpStatusCode> StatusAsync(FormVisitor visitor, string path)
    {
        using var reply = await visitor.GetAsync(path);
        return reply.StatusCode;
    }

    private async Task<FormVisitor> SignedInAsync()
    {
        var visitor = new FormVisitor(_host.BaseAddress);
        using var reply = await visitor.SignInAsync(Other, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }

    private async Task<Moderator> FindAsync(string email) => (await Store.ListAsync(Cancel)).Single(moderator => moderator.Email == email);

    private async Task<(ModeratorRole?, bool)> StateAsync(string email)
    {
        var moderator = await FindAsync(email);
        return (moderator.Role, moderator.IsDisabled);
    }
}
