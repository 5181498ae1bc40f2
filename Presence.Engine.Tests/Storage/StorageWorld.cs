using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Changes;
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

    /// <summary>The visits stored, in the order of joining: stayed and unseen milliseconds, and why they ended.</summary>
    public async Task<List<(string Room, string User, DateTimeOffset JoinedAt, long Stayed, long Unseen, LeaveReason Reason, long Hidden)>> VisitsAsync()
    {
        await using var context = Database.CreateDbContext();
        var visits = await (
            from visit in context.Set<VisitRecord>()
            join room in context.Set<HistoryRoomRecord>() on visit.RoomNo equals room.No
            join person in context.Set<HistoryPersonRecord>() on visit.PersonNo equals person.No
            orderby visit.JoinedAt, person.UserId
            select new { room.RoomId, person.UserId, Visit = visit }).ToListAsync(TestContext.Current.CancellationToken);
        return visits.ConvertAll(found => (found.RoomId, found.UserId!, found.Visit.JoinedAt, found.Visit.StayedMilliseconds, found.Visit.UnseenMilliseconds, found.Visit.Reason, found.Visit.HiddenMilliseconds));
    }

    public void Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        Memberships.Dispose();
        await Database.DisposeAsync();
    }
}
