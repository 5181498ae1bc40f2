using Microsoft.Data.Sqlite;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>One run of the product: an engine and who was present, restored from a folder.</summary>
internal sealed class StorageWorld : IAsyncDisposable
{
    private readonly DatabaseFolder _folder;

    private StorageWorld(DatabaseFolder folder, TimeProvider time, PresenceSettings settings, PresenceLimits limits, string? bootId)
    {
        _folder = folder;
        Database = folder.Database(time);
        Database.ConnectionPrepared = Trace.Watch;
        Engine = new PresenceEngine(time, settings, limits);
        Memberships = new MembershipStore(Database, Engine, Log) { BootId = bootId };
    }

    public LogLines<MembershipStore> Log { get; } = new();

    public WriterTrace Trace { get; } = new();

    public PresenceDatabase Database { get; }

    public PresenceEngine Engine { get; }

    public MembershipStore Memberships { get; }

    /// <summary>How many sessions this run began with.</summary>
    public int Restored { get; private set; }

    public static async Task<StorageWorld> StartAsync(DatabaseFolder folder, TimeProvider time, PresenceSettings? settings = null, PresenceLimits? limits = null, string? bootId = "this run")
    {
        var world = new StorageWorld(folder, time, settings ?? PresenceSettings.Default, limits ?? new PresenceLimits(), bootId);
        await world.Database.OpenAsync(TestContext.Current.CancellationToken);
        world.Restored = await world.Memberships.RestoreAsync(TestContext.Current.CancellationToken);
        return world;
    }

    public void Beat(string user, string room = "lobby", string session = "", ViewerState state = ViewerState.Visible, bool guest = false) =>
        Assert.Equal(HeartbeatOutcome.Accepted, Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session, State = state, IsGuest = guest }).Outcome);

    /// <summary>Lets time pass with a sweep every second, as the host does.</summary>
    public void Sweep(ManualTimeProvider time, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Engine.Sweep();
        }
    }

    /// <summary>Ends as a clean stop does.</summary>
    public async Task StopAsync()
    {
        await Memberships.FlushAsync(TestContext.Current.CancellationToken);
        await Memberships.StampAliveAsync(TestContext.Current.CancellationToken);
        await DisposeAsync();
    }

    public List<long> StoredIds()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT "Id" FROM "Memberships" ORDER BY "Id" """;
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read())
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        Memberships.Dispose();
        await Database.DisposeAsync();
    }
}
