using System.Diagnostics;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>50,000 viewers who each send a heartbeat every 30 s, swept and checkpointed as the host does.</summary>
internal static class SteadyState
{
    private const int Viewers = 50_000;
    private const double HeartbeatsPerSecond = Viewers / 30.0;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    public static async Task MeasureAsync(Action<SummaryRow> print)
    {
        var folder = Directory.CreateTempSubdirectory("presence-benchmark-");
        try
        {
            await using var database = new PresenceDatabase(folder.FullName, TimeProvider.System);
            await database.OpenAsync(CancellationToken.None);
            using var crowd = new Crowd(new Names(Viewers), rooms: 100);
            using var memberships = new MembershipStore(database, crowd.Engine);
            await memberships.RestoreAsync(CancellationToken.None);
            await memberships.FlushAsync(CancellationToken.None);
            await RunAsync(crowd, memberships, print);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(Crowd crowd, MembershipStore memberships, Action<SummaryRow> print)
    {
        using var process = Process.GetCurrentProcess();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var cpu = process.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var (sent, seconds, rows) = (0, 0, 0);
        while (await tick.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(began) < Length)
        {
            var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
            for (; sent < elapsed * HeartbeatsPerSecond; sent++)
                crowd.Engine.Heartbeat(crowd.HeartbeatOf(sent % Viewers));
            if (elapsed < seconds + 1)
                continue;
            seconds++;
            crowd.Engine.Sweep();
            rows += crowd.Engine.Journal.Waiting;
            await memberships.FlushAsync(CancellationToken.None);
            if (seconds % 5 == 0)
                await memberships.StampAliveAsync(CancellationToken.None);
        }
        process.Refresh();
        var share = (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(began);
        print(SummaryRow.OfValue($"steady state of {Viewers:N0}, engine and checkpoint, of one core", share * 100, "%", 10));
        print(SummaryRow.OfValue($"steady state, rows to write for {sent:N0} heartbeats", rows, "rows", 0));
    }
}
