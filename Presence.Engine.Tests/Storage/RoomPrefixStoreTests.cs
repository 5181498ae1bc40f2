using Presence.Engine.Audit;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class RoomPrefixStoreTests : AdministrationTest
{
    private static readonly RoomOverrides Slow = new() { HeartbeatInterval = TimeSpan.FromSeconds(40), PresenceTimeout = TimeSpan.FromSeconds(90) };

    [Fact]
    public async Task DefineAsync_Prefix_IsInForceRecordedAndSurvivesACrash()
    {
        using var prefixes = new RoomPrefixStore(Database, Engine);

        var stored = await prefixes.DefineAsync("class-", Slow, "ada", RoomVersion.None, Cancel);

        Assert.Equal(new RoomPrefix("class-", Slow, new RoomVersion(1, Time.GetUtcNow()), "ada"), stored);
        Assert.Equal((TimeSpan.FromSeconds(40), new SettingsOrigin(SettingsSource.Prefix, "class-")), (Engine.Effective("class-7").Values.HeartbeatInterval, Engine.Effective("class-7").HeartbeatIntervalFrom));
        var act = Assert.Single(await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel));
        Assert.Equal((AuditActs.PrefixChanged, "class-*", null, """{"heartbeatIntervalSeconds":40,"presenceTimeoutSeconds":90}"""), (act.Act, act.Object, act.Old, act.New));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RoomPrefixStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal([stored], again.All);
            Assert.Equal(Slow.PresenceTimeout, engine.Effective("class-7").Values.PresenceTimeout);
        });
    }

    [Fact]
    public async Task DefineAsync_None_DeletesItOnceAndRecordsIt()
    {
        using var prefixes = new RoomPrefixStore(Database, Engine);
        await prefixes.DefineAsync("class-", Slow, "ada", null, Cancel);

        for (var i = 0; i < 2; i++)
            Assert.Equal(RoomPrefix.Undefined("class-"), await prefixes.DefineAsync("class-", RoomOverrides.None, "ben", null, Cancel));

        Assert.Equal([AuditActs.PrefixDeleted, AuditActs.PrefixChanged], (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => act.Act));
        Assert.Equal(SettingsSource.Network, Engine.Effective("class-7").HeartbeatIntervalFrom.Source);
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RoomPrefixStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Empty(again.All);
        });
    }

    [Fact]
    public async Task DefineAsync_OnAVersionNoLongerThere_IsRefusedAndChangesNothing()
    {
        using var prefixes = new RoomPrefixStore(Database, Engine);
        var first = await prefixes.DefineAsync("class-", Slow, "ada", null, Cancel);
        var second = await prefixes.DefineAsync("class-", Slow with { PresenceTimeout = null }, "ben", first.Version, Cancel);

        var conflict = await Assert.ThrowsAsync<RoomPrefixConflictException>(() => prefixes.DefineAsync("class-", RoomOverrides.None, "ada", first.Version, Cancel));

        Assert.Equal((second, 2), (conflict.Current, second.Version.Number));
        Assert.Equal(second, prefixes.Find("class-"));
        Assert.Equal(second, await prefixes.DefineAsync("class-", second.Overrides with { }, "ada", second.Version, Cancel)); // nothing new
    }

    [Fact]
    public async Task DefineAsync_AgainstTheRules_IsRefused()
    {
        using var prefixes = new RoomPrefixStore(Database, Engine);

        await Assert.ThrowsAsync<SettingsRefusedException>(() => prefixes.DefineAsync("class-", Slow with { PresenceTimeout = TimeSpan.FromSeconds(44) }, "ada", null, Cancel));

        Assert.Empty(prefixes.All);
    }

    [Fact]
    public async Task DefineAsync_OverTheCap_IsRefusedForNewPrefixesOnly()
    {
        using var prefixes = new RoomPrefixStore(Database, Engine);
        for (var i = 0; i < RoomPrefixStore.Most; i++)
            await prefixes.DefineAsync($"p{i}-", Slow, "ada", null, Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => prefixes.DefineAsync("more-", Slow, "ada", null, Cancel));

        await prefixes.DefineAsync("p1-", RoomOverrides.None, "ada", null, Cancel);
        Assert.Equal(1, (await prefixes.DefineAsync("more-", Slow, "ada", null, Cancel)).Version.Number);
        Assert.Equal(RoomPrefixStore.Most, prefixes.All.Count);
    }
}
