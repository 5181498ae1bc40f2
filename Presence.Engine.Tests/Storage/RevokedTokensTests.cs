using Microsoft.EntityFrameworkCore;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class RevokedTokensTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private PresenceDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await _folder.OpenAsync(_time);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task RevokeAsync_Token_IsKnownAtOnceAndAfterACrash()
    {
        var tokens = new RevokedTokens(_database);
        Assert.False(tokens.Contains("t1"));

        await tokens.RevokeAsync("t1", _time.GetUtcNow() + TimeSpan.FromDays(30), Cancel);

        Assert.True(tokens.Contains("t1"));
        Assert.False(tokens.Contains("T1"));
        using var crash = _folder.CrashCopy();
        await using var database = await crash.OpenAsync();
        var afterCrash = new RevokedTokens(database);
        await afterCrash.ReloadAsync(Cancel);
        Assert.True(afterCrash.Contains("t1"));
    }

    [Fact]
    public async Task Version_Revocation_Rises()
    {
        var tokens = new RevokedTokens(_database);
        var before = tokens.Version;

        await tokens.RevokeAsync("t1", _time.GetUtcNow(), Cancel);
        var after = tokens.Version;
        await tokens.RevokeAsync("t1", _time.GetUtcNow(), Cancel);

        Assert.True(after > before);
        Assert.Equal(after, tokens.Version);
    }

    [Fact]
    public async Task RevokeAsync_BeyondTheCap_IsRefusedUntilOneIsForgotten()
    {
        var tokens = new RevokedTokens(_database, most: 2);
        await tokens.RevokeAsync("t1", _time.GetUtcNow() + TimeSpan.FromHours(1), Cancel);
        await tokens.RevokeAsync("t2", _time.GetUtcNow() + TimeSpan.FromDays(30), Cancel);

        var full = await Assert.ThrowsAsync<StoreFullException>(() => tokens.RevokeAsync("t3", _time.GetUtcNow() + TimeSpan.FromDays(30), Cancel));
        await tokens.RevokeAsync("t1", _time.GetUtcNow(), Cancel); // revoked already

        Assert.Equal(2, full.Most);
        Assert.True(tokens.Contains("t1"));
        Assert.True(tokens.Contains("t2"));
        Assert.False(tokens.Contains("t3"));
        _time.Advance(TimeSpan.FromHours(26));
        await tokens.PruneAsync(Cancel);
        await tokens.RevokeAsync("t3", _time.GetUtcNow() + TimeSpan.FromDays(30), Cancel);
        Assert.True(tokens.Contains("t3"));
    }

    [Fact]
    public async Task PruneAsync_LongExpired_IsForgottenAndOthersStay()
    {
        var tokens = new RevokedTokens(_database);
        await tokens.RevokeAsync("old", _time.GetUtcNow() + TimeSpan.FromHours(1), Cancel);
        await tokens.RevokeAsync("new", _time.GetUtcNow() + TimeSpan.FromHours(3), Cancel);

        _time.Advance(TimeSpan.FromHours(25.5));
        await tokens.PruneAsync(Cancel);

        Assert.False(tokens.Contains("old"));
        Assert.True(tokens.Contains("new"));
        var stored = new RevokedTokens(_database);
        await stored.ReloadAsync(Cancel);
        Assert.False(stored.Contains("old"));
        Assert.True(stored.Contains("new"));
    }

    [Fact]
    public async Task PruneAsync_ClockJumpsForwardAndBack_ForgetsNothing()
    {
        var tokens = new RevokedTokens(_database);
        var now = _time.GetUtcNow();
        await tokens.RevokeAsync("t1", now + TimeSpan.FromDays(30), Cancel);

        _time.SetUtcNow(now.AddDays(40));
        await tokens.PruneAsync(Cancel);
        _time.Advance(TimeSpan.FromHours(3));
        await tokens.PruneAsync(Cancel);
        _time.SetUtcNow(now);

        Assert.True(tokens.Contains("t1"));
        var stored = new RevokedTokens(_database);
        await stored.ReloadAsync(Cancel);
        Assert.True(stored.Contains("t1"));
    }

    [Theory]
    [InlineData("one run", "one run")] // the server is started anew
    [InlineData("one run", "another")] // the machine is
    [InlineData(null, null)] // nobody knows
    public async Task PruneAsync_ByAServerStartedAnewEveryDay_ForgetsWhatExpired(string? bootId, string? nextBootId)
    {
        await new RevokedTokens(_database).RevokeAsync("t1", _time.GetUtcNow() + TimeSpan.FromHours(1), Cancel);

        Assert.Equal(1, await StoredAfterADayAsync(bootId));
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await StoredAfterADayAsync(nextBootId));
    }

    [Theory]
    [InlineData(0)] // from the first start on
    [InlineData(3)]
    public async Task PruneAsync_ByARunWithAWrongClockAmongOthers_ForgetsNothing(int wrongDay)
    {
        await new RevokedTokens(_database).RevokeAsync("t1", _time.GetUtcNow() + TimeSpan.FromDays(30), Cancel);

        for (var day = 0; day < 6; day++)
        {
            var ahead = TimeSpan.FromDays(day == wrongDay ? 400 : 0);
            _time.SetUtcNow(_time.GetUtcNow() + ahead);
            Assert.Equal(1, await StoredAfterADayAsync($"run {day}"));
            _time.SetUtcNow(_time.GetUtcNow() - ahead);
        }
    }

    /// <summary>Starts the server anew, lets it run for almost a day, and counts what is left after its pruning.</summary>
    private async Task<int> StoredAfterADayAsync(string? bootId)
    {
        await _database.DisposeAsync();
        _database = await _folder.OpenAsync(_time);
        using var memberships = new MembershipStore(_database, new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits())) { BootId = bootId };
        await memberships.RestoreAsync(Cancel);
        var tokens = new RevokedTokens(_database);
        await tokens.ReloadAsync(Cancel);
        for (var hour = 0; hour < 23; hour++)
        {
            await tokens.PruneAsync(Cancel);
            await memberships.StampAliveAsync(Cancel);
            _time.Advance(TimeSpan.FromHours(1));
        }
        await memberships.StampAliveAsync(Cancel);
        await using var context = _database.CreateDbContext();
        return await context.RevokedTokens.CountAsync(Cancel);
    }
}
