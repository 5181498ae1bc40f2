using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Contracts;

/// <summary>The real thing: the membership writer and a SQLite file, one file for many runs.</summary>
internal sealed class SqliteStore : IModelStore
{
    private readonly DatabaseFolder _folder = new();
    private readonly PresenceDatabase _database;
    private PresenceEngine _engine = null!;
    private MembershipStore? _memberships;

    public SqliteStore()
    {
        // A clock that stands still: the file was always alive a moment ago. How long is too long is tested with the store.
        _database = _folder.Database(new ManualTimeProvider());
        _database.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public bool StoresJoins => true;

    public void Attach(PresenceEngine engine)
    {
        _memberships?.Dispose();
        _engine = engine;
        _memberships = new MembershipStore(_database, engine);
        Wait(_memberships.RestoreAsync(CancellationToken.None));
        Wait(_memberships.FlushAsync(CancellationToken.None));
        Wait(_memberships.StampAliveAsync(CancellationToken.None));
    }

    public void Restart(PresenceEngine next)
    {
        Wait(_memberships!.FlushAsync(CancellationToken.None));
        Attach(next);
    }

    /// <summary>Leaves the file empty for the next run.</summary>
    public void Clear()
    {
        _engine.Apply(PresenceSettings.Default with { Enabled = false });
        Wait(_memberships!.FlushAsync(CancellationToken.None));
    }

    public void Dispose()
    {
        _memberships?.Dispose();
        _database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
