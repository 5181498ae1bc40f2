using System.Security.Cryptography;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class ServerKeyStoreTests : AdministrationTest
{
    [Fact]
    public async Task CreateAsync_Key_IsFoundByItsHashAndSurvivesACrash()
    {
        using var keys = new ServerKeyStore(Database);
        var version = keys.Version;

        var made = await keys.CreateAsync(New("backend", expiresAt: Time.GetUtcNow().AddDays(1)), Cancel);

        Assert.Equal(("backend", "sk_back", "ada"), (made.Name, made.Prefix, made.CreatedBy));
        Assert.Equal(["presence:read", "settings:write"], made.Scopes);
        Assert.True(keys.Version > version);
        Assert.Same(made, keys.Find(Hash("backend")));
        Assert.Null(keys.Find(Hash("other")));
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ServerKeyStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equivalent(made, again.Find(Hash("backend")), strict: true);
        });
    }

    [Fact]
    public async Task RevokeAsync_Key_OpensNothingFromThenOnAndStaysListed()
    {
        using var keys = new ServerKeyStore(Database);
        var made = await keys.CreateAsync(New("backend"), Cancel);
        Assert.True(made.IsUsableAt(Time.GetUtcNow()));
        var version = keys.Version;

        var revoked = await keys.RevokeAsync(made.Id, "ben", Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(revoked);
        Assert.False(revoked.IsUsableAt(revoked.RevokedAt!.Value));
        Assert.True(keys.Version > version);
        Assert.Equal(revoked, await keys.RevokeAsync(made.Id, "cat", Cancel));
        Assert.Null(await keys.RevokeAsync("key_unknown", "cat", Cancel));
        Assert.Equal("ben", Assert.Single(keys.List()).RevokedBy);
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ServerKeyStore(database);
            await again.ReloadAsync(Cancel);
            Assert.NotNull(again.Find(Hash("backend"))!.RevokedAt);
        });
    }

    [Fact]
    public async Task IsUsableAt_TheExpiry_IsFalse()
    {
        using var keys = new ServerKeyStore(Database);
        var made = await keys.CreateAsync(New("backend", expiresAt: Time.GetUtcNow().AddDays(1)), Cancel);

        Assert.True(made.IsUsableAt(Time.GetUtcNow().AddDays(1).AddMilliseconds(-1)));
        Assert.False(made.IsUsableAt(Time.GetUtcNow().AddDays(1)));
    }

    [Fact]
    public async Task CreateAsync_OverTheCap_IsRefusedUntilOneIsRevoked()
    {
        using var keys = new ServerKeyStore(Database);
        for (var i = 0; i < ServerKeyStore.Most; i++)
            await keys.CreateAsync(New($"k{i}"), Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => keys.CreateAsync(New("more"), Cancel));
        await keys.RevokeAsync(keys.List()[0].Id, "ada", Cancel);
        await keys.CreateAsync(New("more"), Cancel);

        Assert.Equal(ServerKeyStore.Most + 1, keys.List().Count);
    }

    [Fact]
    public async Task Touch_Key_IsListedAtOnceAndStoredByTheFlush()
    {
        using var keys = new ServerKeyStore(Database);
        var made = await keys.CreateAsync(New("backend"), Cancel);
        await keys.FlushAsync(Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));

        keys.Touch(made.Id);

        Assert.Equal(Time.GetUtcNow(), Assert.Single(keys.List()).LastUsedAt);
        await keys.FlushAsync(Cancel);
        Assert.Equal(Time.GetUtcNow(), Assert.Single(keys.List()).LastUsedAt);
        await AfterCrashAsync(async (database, _) =>
        {
            using var again = new ServerKeyStore(database);
            await again.ReloadAsync(Cancel);
            Assert.Equal(Time.GetUtcNow(), Assert.Single(again.List()).LastUsedAt);
        });
    }

    private static NewServerKey New(string name, DateTimeOffset? expiresAt = null) =>
        new(name, Hash(name), "sk_" + name[..Math.Min(4, name.Length)], ["presence:read", "settings:write"], "ada", expiresAt);

    private static byte[] Hash(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));
}
