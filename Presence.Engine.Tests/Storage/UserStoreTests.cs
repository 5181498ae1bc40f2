using Microsoft.EntityFrameworkCore;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Storage;

public sealed class UserStoreTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private PresenceDatabase _database = null!;
    private UserStore _users = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await _folder.OpenAsync(_time);
        _users = new UserStore(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignInAsync_UnknownUser_IsMadeAndFoundAgain()
    {
        var made = await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);

        Assert.Equal(new User("ada", made.InternalId, made.PublicId, "Ada", null, "{}", IsGuest: false, IsVouched: false, _time.GetUtcNow(), _time.GetUtcNow()) { ProfileSaidAt = _time.GetUtcNow() }, made);
        Assert.Matches("^[0-9a-f]{24}$", made.InternalId);
        Assert.Matches("^[0-9a-f]{24}$", made.PublicId);
        Assert.NotEqual(made.InternalId, made.PublicId);
        Assert.Equal(made, await _users.FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task SignInAsync_NewName_IsStored()
    {
        var made = await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));

        var renamed = await _users.SignInAsync("ada", "Ada L.", isGuest: false, vouched: false, Cancel);

        Assert.Equal(made with { DisplayName = "Ada L.", UpdatedAt = _time.GetUtcNow(), ProfileSaidAt = _time.GetUtcNow(), Version = 2 }, renamed);
        Assert.Equal(renamed, await _users.FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task SignInUnverifiedAsync_OfAUserVouchedForSinceItWasLookedAt_IsRefusedAndChangesNothing()
    {
        await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);
        Assert.False((await _users.FindAsync("ada", Cancel))!.IsVouched);
        await _users.VouchAsync([new VerifiedUser("ada", null)], Cancel);
        var vouched = await _users.FindAsync("ada", Cancel);

        Assert.Null(await _users.SignInUnverifiedAsync("ada", "Somebody else", Cancel));
        Assert.Equal(vouched, await _users.FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task SignInUnverifiedAsync_BesideVouching_HasSucceededOnlyBeforeIt()
    {
        foreach (var round in Enumerable.Range(0, 50))
        {
            var userId = $"race-{round}";
            var signIn = Task.Run(() => _users.SignInUnverifiedAsync(userId, "By itself", Cancel), Cancel);
            var vouch = Task.Run(() => _users.VouchAsync([new VerifiedUser(userId, new UserProfile("By the backend", null) { SaidAt = _time.GetUtcNow().AddSeconds(1) })], Cancel), Cancel);
            await Task.WhenAll(signIn, vouch);

            Assert.Equal("By the backend", (await _users.FindAsync(userId, Cancel))!.DisplayName);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Ada")]
    public async Task SignInAsync_NothingNew_WritesNothing(string? name)
    {
        var made = await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: true, Cancel);
        var log = new Checkpointer(_database).LogSize();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(made, await _users.SignInAsync("ada", name, isGuest: false, vouched: false, Cancel));

        Assert.Equal(log, new Checkpointer(_database).LogSize());
    }

    [Fact]
    public async Task SignInAsync_VouchedOnce_StaysVouched()
    {
        await _users.SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        await _users.SignInAsync("ada", null, isGuest: false, vouched: true, Cancel);

        var later = await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);

        Assert.True(later.IsVouched);
    }

    [Fact]
    public async Task ChangeAsync_UnknownUser_IsMadeAndVouchedFor()
    {
        var made = await _users.ChangeAsync("ada", new UserChange("Ada", "https://a/b.png", """{"level":3}"""), expectedVersion: 0, Cancel);

        Assert.Equal(new User("ada", made.InternalId, made.PublicId, "Ada", "https://a/b.png", """{"level":3}""", IsGuest: false, IsVouched: true, _time.GetUtcNow(), _time.GetUtcNow()) { ProfileSaidAt = _time.GetUtcNow() }, made);
        Assert.Equal(made, await _users.FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task ChangeAsync_OnAVersionNoLongerThere_IsRefusedAndChangesNothing()
    {
        var made = await _users.SignInAsync("ada", "Ada", isGuest: false, vouched: true, Cancel);
        var renamed = await _users.SignInAsync("ada", "Ada L.", isGuest: false, vouched: true, Cancel);

        var conflict = await Assert.ThrowsAsync<UserConflictException>(() => _users.ChangeAsync("ada", new UserChange(null, null, "{}"), made.Version, Cancel));

        Assert.Equal(renamed, conflict.Current);
        Assert.Equal(renamed, await _users.FindAsync("ada", Cancel));
        await Assert.ThrowsAsync<UserConflictException>(() => _users.ChangeAsync("ben", new UserChange(null, null, "{}"), 1, Cancel));
        Assert.Null(await _users.FindAsync("ben", Cancel));
    }

    [Fact]
    public async Task ChangeAsync_NothingNew_KeepsTheVersion()
    {
        var made = await _users.ChangeAsync("ada", new UserChange("Ada", null, "{}"), null, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(made with { ProfileSaidAt = _time.GetUtcNow() }, await _users.ChangeAsync("ada", new UserChange("Ada", null, "{}"), made.Version, Cancel));
        Assert.Equal(2, (await _users.ChangeAsync("ada", new UserChange(null, null, "{}"), made.Version, Cancel)).Version);
    }

    [Fact]
    public async Task ChangeAsync_AfterTheClockWasSetBack_IsSaidLaterAllTheSame()
    {
        var first = await _users.ChangeAsync("ada", new UserChange("First", null, "{}"), null, Cancel);
        _time.SetUtcNow(_time.GetUtcNow().AddDays(-1));

        var second = await _users.ChangeAsync("ada", new UserChange("Second", null, "{}"), null, Cancel);

        Assert.True(second.ProfileSaidAt > first.ProfileSaidAt);
    }

    [Theory]
    [InlineData(-1, "Stored")]
    [InlineData(0, "Stored")]
    [InlineData(1, "Said")]
    [InlineData(null, "Stored")]
    public async Task VouchAsync_WithAName_StoresItOnlyIfItWasSaidLater(int? seconds, string name)
    {
        await _users.ChangeAsync("ada", new UserChange("Stored", "https://a/b.png", "{}"), null, Cancel);
        DateTimeOffset saidAt = seconds is { } by ? _time.GetUtcNow().AddSeconds(by) : default;

        await _users.VouchAsync([new VerifiedUser("ada", new UserProfile("Said", null) { SaidAt = saidAt })], Cancel);

        Assert.Equal((name, "https://a/b.png"), ((await _users.FindAsync("ada", Cancel))!.DisplayName, (await _users.FindAsync("ada", Cancel))!.AvatarUrl));
    }

    [Fact]
    public async Task VouchAsync_WithoutAnInstant_StoresWhatCameLastOfItsKind()
    {
        foreach (var name in new[] { "One", "Two" })
            await _users.VouchAsync([new VerifiedUser("ada", new UserProfile(name, null))], Cancel);

        Assert.Equal("Two", (await _users.FindAsync("ada", Cancel))!.DisplayName);
    }

    [Fact]
    public async Task SignInAsync_ManyFirstSignInsAtOnce_MakeOneUser()
    {
        var signedIn = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _users.SignInAsync("ada", "Ada", isGuest: true, vouched: false, Cancel), Cancel)));

        Assert.Single(signedIn.Select(user => user.InternalId).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FindAsync_Ids_AreAnsweredInTheOrderAskedAndCaseSensitive()
    {
        foreach (var id in new[] { "a", "A", "b/+@ü" })
            await _users.SignInAsync(id, null, isGuest: false, vouched: false, Cancel);

        var found = await _users.FindAsync(["b/+@ü", "unknown", "A", "a", "A"], Cancel);

        Assert.Equal(["b/+@ü", "A", "a", "A"], found.Select(user => user.UserId));
    }

    [Fact]
    public async Task PruneAsync_UnusedForLong_AreForgottenAndOthersStay()
    {
        await _users.SignInAsync("old", "Old", isGuest: false, vouched: false, Cancel);
        await _users.SignInAsync("vouched", null, isGuest: false, vouched: true, Cancel);
        await _users.SignInAsync("returning", null, isGuest: false, vouched: false, Cancel);
        await _users.ChangeAsync("kept", new UserChange("Kept", null, "{}"), null, Cancel);
        await _users.SignInAsync("present", null, isGuest: false, vouched: false, Cancel);
        await using (var context = _database.CreateDbContext())
            await context.ExecuteAsync($"""INSERT INTO "Memberships" ("Id", "RoomId", "UserId", "SessionId", "IsGuest", "State", "JoinedAt") VALUES (1, 'lobby', 'present', '', 0, 0, 0)""", Cancel);
        _time.Advance(TimeSpan.FromDays(45));
        await _users.SignInAsync("returning", null, isGuest: false, vouched: false, Cancel);
        await _users.VouchAsync([new VerifiedUser("by token", null)], Cancel);
        _time.Advance(TimeSpan.FromDays(50));

        Assert.Equal(2, await _users.PruneAsync(TimeSpan.FromDays(90), Cancel));

        Assert.Equal(["by token", "kept", "present", "returning"], await StoredAsync());
    }

    [Fact]
    public async Task PruneAsync_ClockJumpsForward_ForgetsNobody()
    {
        await _users.SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        using var engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        using (var memberships = new MembershipStore(_database, engine))
        {
            await memberships.RestoreAsync(Cancel);
            _time.Advance(TimeSpan.FromDays(2));
            Assert.Equal(0, await _users.PruneAsync(TimeSpan.FromDays(90), Cancel));

            _time.SetUtcNow(_time.GetUtcNow().AddYears(2));
            _time.Advance(TimeSpan.FromHours(5));

            Assert.Equal(0, await _users.PruneAsync(TimeSpan.FromDays(90), Cancel));
            await memberships.StampAliveAsync(Cancel);
        }
        await _database.DisposeAsync();
        _database = await _folder.OpenAsync(_time); // a start with the wrong clock
        var again = new UserStore(_database);
        using var resumed = new MembershipStore(_database, engine);
        Assert.Equal(0, await again.PruneAsync(TimeSpan.FromDays(90), Cancel));
        await resumed.RestoreAsync(Cancel);
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await again.PruneAsync(TimeSpan.FromDays(90), Cancel));
        Assert.NotNull(await again.FindAsync("ada", Cancel));
    }

    [Fact]
    public async Task VouchAsync_OnceADay_KeepsAUserInUse()
    {
        await _users.VouchAsync([new VerifiedUser("ada", null)], Cancel);
        for (var day = 0; day < 100; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            Assert.Equal(1, (await _users.VouchAsync([new VerifiedUser("ada", null)], Cancel))[0].Version);
        }

        Assert.Equal(0, await _users.PruneAsync(TimeSpan.FromDays(90), Cancel));
    }

    [Fact]
    public async Task SignInAsync_AtTheCap_TheLongestUnusedMakesWayAndVouchedOnesNever()
    {
        var users = new UserStore(_database, most: 3);
        await users.SignInAsync("vouched", null, isGuest: false, vouched: true, Cancel);
        await users.SignInAsync("old", null, isGuest: false, vouched: false, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        await users.SignInAsync("guest", null, isGuest: true, vouched: false, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));

        await users.SignInAsync("new", null, isGuest: false, vouched: false, Cancel);
        Assert.Equal(["guest", "new", "vouched"], await StoredAsync());

        await users.ChangeAsync("kept", new UserChange("Kept", null, "{}"), null, Cancel);
        await users.VouchAsync([new VerifiedUser("new", null), new VerifiedUser("too many", null), new VerifiedUser("vouched", new UserProfile("V", null))], Cancel);
        Assert.Equal(["kept", "new", "vouched"], await StoredAsync());
        Assert.Equal("V", (await users.FindAsync("vouched", Cancel))!.DisplayName);
        await Assert.ThrowsAsync<StoreFullException>(() => users.SignInAsync("one more", null, isGuest: false, vouched: false, Cancel));
        await users.EraseAsync("new", "ada", Cancel);
        await users.SignInAsync("one more", null, isGuest: false, vouched: false, Cancel);
    }

    [Fact]
    public async Task EraseAsync_User_IsUnknownAndNotVouchedForAnyMore()
    {
        await _users.ChangeAsync("ada", new UserChange("Ada", "https://example.com/a.png", """{"level":3}"""), null, Cancel);

        Assert.True(await _users.EraseAsync("ada", "ada", Cancel));
        Assert.False(await _users.EraseAsync("ada", "ada", Cancel));

        Assert.Null(await _users.FindAsync("ada", Cancel));
        var again = await _users.SignInAsync("ada", null, isGuest: false, vouched: false, Cancel);
        Assert.Equal((null, null, "{}", false), (again.DisplayName, again.AvatarUrl, again.MetadataJson, again.IsVouched));
    }

    private async Task<List<string>> StoredAsync()
    {
        await using var context = _database.CreateDbContext();
        return await context.Users.Select(user => user.UserId).Order().ToListAsync(Cancel);
    }

    [Fact]
    public async Task FindAsync_MoreIdsThanAllowed_IsRefused()
    {
        Assert.Empty(await _users.FindAsync([.. Enumerable.Range(0, UserStore.LargestLookUp).Select(i => $"{i}")], Cancel));

        await Assert.ThrowsAsync<ArgumentException>(() => _users.FindAsync([.. Enumerable.Range(0, UserStore.LargestLookUp + 1).Select(i => $"{i}")], Cancel));
    }
}
