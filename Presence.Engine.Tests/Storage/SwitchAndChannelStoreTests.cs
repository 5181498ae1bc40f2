using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

/// <summary>What user presence keeps: own switches and members of channels.</summary>
public sealed class SwitchAndChannelStoreTests : AdministrationTest
{
    [Fact]
    public async Task SetAsync_Off_IsInForceAndSurvivesACrash()
    {
        using var switches = new UserPresenceSettingStore(Database, Engine);
        Assert.Equal(new UserPresenceSetting(true, Engine.Settings.EnabledAt), switches.Read("ann"));

        var off = await switches.SetAsync("ann", enabled: false, Cancel);

        Assert.Equal(new UserPresenceSetting(false, Time.GetUtcNow()), off);
        Assert.True(Engine.IsOptedOut("ann"));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new UserPresenceSettingStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(off, again.Read("ann"));
            Assert.True(engine.IsOptedOut("ann"));
        });
    }

    [Fact]
    public async Task SetAsync_OnAgain_KeepsSinceWhen()
    {
        using var switches = new UserPresenceSettingStore(Database, Engine);
        await switches.SetAsync("ann", enabled: false, Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        var on = await switches.SetAsync("ann", enabled: true, Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(on, await switches.SetAsync("ann", enabled: true, Cancel));

        Assert.False(Engine.IsOptedOut("ann"));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new UserPresenceSettingStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(on, again.Read("ann"));
            Assert.False(engine.IsOptedOut("ann"));
        });
    }

    [Fact]
    public async Task SetAsync_OverTheCap_IsRefused()
    {
        using var switches = new UserPresenceSettingStore(Database, Engine);
        await switches.SetAsync("a", enabled: false, Cancel);
        await switches.SetAsync("b", enabled: false, Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => switches.SetAsync("c", enabled: false, Cancel));

        Assert.True(switches.Read("c").Enabled);
        Assert.False(Engine.IsOptedOut("c"));
        Assert.True((await switches.SetAsync("c", enabled: true, Cancel)).Enabled);
    }

    [Fact]
    public async Task SetMembersAsync_Members_AreInForceAndSurviveACrash()
    {
        using var channels = new ChannelStore(Database, Engine);
        Engine.UserHeartbeat("ann");

        Assert.Equal(["ann", "b\"ü"], await channels.SetMembersAsync("c", ["ann", "b\"ü", "ann"], Cancel));

        Assert.Equal(1, Engine.Channels(["c"], null)[0].OnlineCount);
        await AfterCrashAsync(async (database, engine) =>
        {
            engine.UserHeartbeat("b\"ü");
            using var again = new ChannelStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(1, engine.Channels(["c"], null)[0].OnlineCount);
        });
    }

    [Fact]
    public async Task SetMembersAsync_OverACap_IsRefusedAndChangesNothing()
    {
        using var channels = new ChannelStore(Database, Engine);
        Engine.UserHeartbeat("x");
        await channels.SetMembersAsync("a", ["x"], Cancel);
        await channels.SetMembersAsync("b", ["x"], Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => channels.SetMembersAsync("c", ["x"], Cancel));
        await Assert.ThrowsAsync<StoreFullException>(() => channels.SetMembersAsync("a", ["p", "q", "r"], Cancel));

        Assert.Equal([1, 1, 0], Engine.Channels(["a", "b", "c"], null).Select(channel => channel.OnlineCount));
        await channels.SetMembersAsync("a", [], Cancel);
        await channels.SetMembersAsync("c", ["x"], Cancel);
        Assert.Equal([0, 1, 1], Engine.Channels(["a", "b", "c"], null).Select(channel => channel.OnlineCount));
    }
}
