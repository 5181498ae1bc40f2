using System.Diagnostics;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>Checkpoint and restore of a million viewers, through the membership writer and a real SQLite file.</summary>
internal static class StorageSummary
{
    public static async Task MeasureAsync(Names names, Action<SummaryRow> print)
    {
        var folder = Directory.CreateTempSubdirectory("presence-benchmark-");
        try
        {
            await using var database = new PresenceDatabase(folder.FullName, TimeProvider.System);
            await database.OpenAsync(CancellationToken.None);
            await CheckpointAsync(database, names, print);
            await RestoreAsync(database, names.Users.Length, print);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CheckpointAsync(PresenceDatabase database, Names names, Action<SummaryRow> print)
    {
        using var crowd = new Crowd(names, rooms: 1_000);
        using var memberships = new MembershipStore(database, crowd.Engine);

        // The first pass stores everybody present, which is the most a checkpoint ever has to do.
        var since = Stopwatch.GetTimestamp();
        await memberships.RestoreAsync(CancellationToken.None);
        var flush = Task.Run(() => memberships.FlushAsync(CancellationToken.None));
        var times = new List<double>();
        for (var heartbeat = 0; !flush.IsCompleted; heartbeat++)
        {
            var began = Stopwatch.GetTimestamp();
            crowd.Engine.Heartbeat(crowd.HeartbeatOf(names.Order[heartbeat % names.Order.Length]));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        await flush;
        await memberships.StampAliveAsync(CancellationToken.None);
        times.Sort();
        print(SummaryRow.OfValue("heartbeat during a checkpoint of 1,000,000, p99.9", times[(int)(times.Count * 0.999)] * 1_000, "us", 10_000));
        print(SummaryRow.OfValue("checkpoint of 1,000,000", Stopwatch.GetElapsedTime(since).TotalSeconds, "s", null));
    }

    private static async Task RestoreAsync(PresenceDatabase database, int viewers, Action<SummaryRow> print)
    {
        using var engine = new PresenceEngine(TimeProvider.System, PresenceSettings.Default, new PresenceLimits());
        using var memberships = new MembershipStore(database, engine);
        var since = Stopwatch.GetTimestamp();
        var restored = await memberships.RestoreAsync(CancellationToken.None);
        print(SummaryRow.OfValue("restore of 1,000,000", Stopwatch.GetElapsedTime(since).TotalSeconds, "s", 5));
        if (restored != viewers || engine.CountNetwork().Sessions != viewers)
            throw new InvalidOperationException($"{restored} of {viewers} came back.");
    }
}
