using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class SettingsStoreTests : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private PresenceDatabase _database = null!;
    private PresenceEngine _engine = null!;
    private SettingsStore _settings = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task LoadAsync_FirstStart_StoresTheInitialSettingsAsVersion1()
    {
        var initial = Seconds(20, 75) with { Enabled = false, ListLimit = 50 };

        var loaded = await _settings.LoadAsync(initial, Cancel);

        Assert.Equal(initial with { Version = 1, UpdatedAt = _time.GetUtcNow(), EnabledAt = _time.GetUtcNow(), UpdatedBy = "initial" }, loaded);
        Assert.Equal(loaded, _engine.Settings);
    }

    [Fact]
    public async Task LoadAsync_LaterStart_IgnoresTheInitialSettings()
    {
        await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        var saved = await _settings.ChangeAsync(Change(25, 90), Cancel);
        await RestartAsync();

        var loaded = await _settings.LoadAsync(Seconds(10, 100), Cancel);

        Assert.Equal(saved, loaded);
        Assert.Equal(saved, _engine.Settings);
    }

    [Fact]
    public async Task LoadAsync_InitialSettingsAgainstTheRules_StoresNothing()
    {
        await Assert.ThrowsAsync<SettingsRefusedException>(() => _settings.LoadAsync(Seconds(30, 31), Cancel));

        Assert.Empty(await _settings.HistoryAsync(10, Cancel));
    }

    [Fact]
    public async Task ChangeAsync_Valid_IsDurableAndInForceWhenItReturns()
    {
        await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        _time.Advance(TimeSpan.FromHours(1));

        var changed = await _settings.ChangeAsync(Change(40, 120) with { Reason = "big night", By = "ada@example.com" }, Cancel);

        Assert.Equal((2, "ada@example.com", _time.GetUtcNow()), (changed.Version, changed.UpdatedBy, changed.UpdatedAt));
        Assert.Equal(changed, _engine.Settings);
        using var crash = _folder.CrashCopy();
        await using var database = await crash.OpenAsync();
        using var afterCrash = new SettingsStore(database, NewEngine());
        Assert.Equal(changed, await afterCrash.LoadAsync(PresenceSettings.Default, Cancel));
        Assert.Equal("big night", (await afterCrash.HistoryAsync(1, Cancel))[0].Reason);
    }

    [Fact]
    public async Task ChangeAsync_NothingNew_MakesNoVersion()
    {
        var first = await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(first, await _settings.ChangeAsync(Change(30, 60), Cancel));

        Assert.Single(await _settings.HistoryAsync(10, Cancel));
    }

    [Fact]
    public async Task ChangeAsync_EnabledAt_MovesOnlyWhenTheSwitchDoes()
    {
        var first = await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        _time.Advance(TimeSpan.FromHours(1));

        var sameSwitch = await _settings.ChangeAsync(Change(40, 120), Cancel);
        _time.Advance(TimeSpan.FromHours(1));
        var off = await _settings.ChangeAsync(Change(40, 120) with { Settings = Seconds(40, 120) with { Enabled = false } }, Cancel);

        Assert.Equal(first.EnabledAt, sameSwitch.EnabledAt);
        Assert.Equal(_time.GetUtcNow(), off.EnabledAt);
    }

    [Fact]
    public async Task ChangeAsync_AgainstTheRules_ListsEverythingAndChangesNothing()
    {
        var before = await _settings.LoadAsync(PresenceSettings.Default, Cancel);

        var refusal = await Assert.ThrowsAsync<SettingsRefusedException>(
            () => _settings.ChangeAsync(Change(30, 34) with { Settings = Seconds(30, 34) with { ListLimit = 0 }, Reason = new string('r', 201), ExpectedVersion = 7 }, Cancel));

        Assert.Equal(["presenceTimeoutSeconds", "listLimit", "reason"], refusal.Problems.Select(problem => problem.Field));
        Assert.Equal(before, _engine.Settings);
        Assert.Single(await _settings.HistoryAsync(10, Cancel));
    }

    [Fact]
    public async Task ChangeAsync_StaleVersion_IsAConflictAndChangesNothing()
    {
        await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        var second = await _settings.ChangeAsync(Change(40, 120) with { ExpectedVersion = 1 }, Cancel);

        var conflict = await Assert.ThrowsAsync<SettingsConflictException>(() => _settings.ChangeAsync(Change(45, 120) with { ExpectedVersion = 1 }, Cancel));

        Assert.Equal(second, conflict.Current);
        Assert.Equal(second, _engine.Settings);
    }

    [Fact]
    public async Task ChangeAsync_ManyAtOnce_AreNumberedWithoutHoles()
    {
        await _settings.LoadAsync(PresenceSettings.Default, Cancel);

        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(() => _settings.ChangeAsync(Change(30, 60 + i), Cancel), Cancel)));

        var history = await _settings.HistoryAsync(100, Cancel);
        Assert.Equal(Enumerable.Range(1, 21).Reverse(), history.Select(entry => entry.Settings.Version));
        Assert.Equal(history[0].Settings, _engine.Settings);
    }

    [Fact]
    public async Task ChangeAsync_CannotBeStored_IsNotInForce()
    {
        var before = await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        await _database.DisposeAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => _settings.ChangeAsync(Change(40, 120), Cancel));

        Assert.Equal(before, _engine.Settings);
    }

    [Fact]
    public async Task HistoryAsync_Take_IsNewestFirstWithWhatWasBefore()
    {
        var first = await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        var second = await _settings.ChangeAsync(Change(40, 120) with { Reason = "why" }, Cancel);
        var third = await _settings.ChangeAsync(Change(50, 120), Cancel);

        Assert.Equal(
            [new(third, second, null), new(second, first, "why"), new SettingsHistoryEntry(first, null, null)],
            await _settings.HistoryAsync(3, Cancel));
        Assert.Equal([new SettingsHistoryEntry(third, second, null)], await _settings.HistoryAsync(1, Cancel));
    }

    private static PresenceSettings Seconds(int interval, int timeout) => EngineWorld.Seconds(interval, timeout);

    private static SettingsChange Change(int interval, int timeout) => new()
    {
        Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(interval), PresenceTimeout = TimeSpan.FromSeconds(timeout), ListLimit = 200 },
        By = "somebody",
    };

    private PresenceEngine NewEngine() => new(_time, PresenceSettings.Default, new PresenceLimits());

    private async Task StartAsync()
    {
        _database = await _folder.OpenAsync(_time);
        _engine = NewEngine();
        _settings = new SettingsStore(_database, _engine);
    }

    private async Task StopAsync()
    {
        _settings.Dispose();
        await _database.DisposeAsync();
    }

    private async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }
}
