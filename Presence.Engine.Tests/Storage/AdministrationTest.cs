using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>An engine, its database, and what a start after a crash at this moment would load.</summary>
public abstract class AdministrationTest : IAsyncLifetime
{
    private readonly DatabaseFolder _folder = new();

    internal ManualTimeProvider Time { get; } = new();

    internal PresenceDatabase Database { get; private set; } = null!;

    internal PresenceEngine Engine { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Caps small enough to reach.</summary>
    private static PresenceLimits Limits => new() { CatalogueRooms = 2, Removals = 2, OptOuts = 2, Channels = 2, ChannelMembers = 2 };

    public async ValueTask InitializeAsync()
    {
        Database = await _folder.OpenAsync(Time);
        Engine = NewEngine();
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        await Database.DisposeAsync();
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

    private PresenceEngine NewEngine() => new(Time, PresenceSettings.Default, Limits);
}
