using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>An engine, its database, and what a start after a crash at this moment would load.</summary>
public abstract class AdministrationTest : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();
    private MembershipStore _memberships = null!;

    internal ManualTimeProvider Time { get; } = new();

    internal PresenceDatabase Database { get; private set; } = null!;

    internal PresenceEngine Engine { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Caps small enough to reach.</summary>
    private static PresenceLimits Limits => new() { CatalogueRooms = 2, Removals = 2, OptOuts = 2, Channels = 2, ChannelMembers = 2, Invitations = 2 };

    public async ValueTask InitializeAsync()
    {
        Database = await _folder.OpenAsync(Time);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a check on another engine and on what the disk holds now.</summary>
    private protected async Task AfterCrashAsync(Func<PresenceDatabase, PresenceEngine, Task> check)
    {
        using var crash = _folder.CrashCopy();
        await using var database = await crash.OpenAsync(Time);
        using var engine = NewEngine();
        await check(database, engine);
    }

    /// <summary>Stops, and starts on the same folder: a new database and a new engine that goes on with the last run's clock. Stores are the test's to load.</summary>
    private protected async Task RestartAsync()
    {
        await _memberships.StampAliveAsync(Cancel);
        await StopAsync();
        Database = await _folder.OpenAsync(Time);
        await StartAsync();
    }

    private async Task StartAsync()
    {
        Engine = NewEngine();
        _memberships = new MembershipStore(Database, Engine);
        await _memberships.RestoreAsync(Cancel);
    }

    private async Task StopAsync()
    {
        _memberships.Dispose();
        Engine.Dispose();
        await Database.DisposeAsync();
    }

    private protected PresenceEngine NewEngine() => new(Time, PresenceSettings.Default, Limits);
}
