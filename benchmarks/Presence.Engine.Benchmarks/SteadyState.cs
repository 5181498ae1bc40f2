using System.Diagnostics;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>50,000 viewers who each send a heartbeat every 30 s, swept and written as the host does. In a process of its own: what other measurements left behind costs more than this.</summary>
internal static class SteadyState
{
    private const int Viewers = 50_000;
    private const double HeartbeatsPerSecond = Viewers / 30.0;
    private const double ChurnPerSecond = Viewers * 0.05 / 60;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>Measures this in another process, and prints its rows.</summary>
    public static async Task<int> InItsOwnProcessAsync(TextWriter output)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(SteadyState).Assembly.Location, "--summary", "steady"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output.WriteAsync(text);
        return process.ExitCode;
    }

    /// <summary>Prints what it costs without joins and leaves, and then with 5 % of the viewers coming and going a minute and all of history kept. Returns how many rows are over budget.</summary>
    public static async Task<int> MeasureAsync(Action<SummaryRow> print)
    {
        var over = 0;
        await RunAsync(TimeSpan.FromSeconds(10), churnPerSecond: 0, (share, heartbeats, visits) =>
        {
            Print(SummaryRow.OfValue($"steady state of {Viewers:N0}, engine and checkpoint, of one core", share * 100, "%", 10));
            Print(SummaryRow.OfValue($"steady state, visits written for {heartbeats:N0} heartbeats", visits, "rows", 0));
        });
        await RunAsync(TimeSpan.FromSeconds(62), ChurnPerSecond, (share, heartbeats, visits) =>
        {
            Print(SummaryRow.OfValue($"steady state of {Viewers:N0} of whom {visits:N0} come and go in a minute, with history, of one core", share * 100, "%", 15));
        });
        return over;

        void Print(SummaryRow row)
        {
            over += row.IsOver ? 1 : 0;
            print(row);
        }
    }

    private static async Task RunAsync(TimeSpan length, double churnPerSecond, Action<double, int, int> report)
    {
        var folder = Directory.CreateTempSubdirectory("presence-benchmark-");
        try
        {
            await using var database = new PresenceDatabase(folder.FullName, TimeProvider.System);
            await database.OpenAsync(CancellationToken.None);
            using var crowd = new Crowd(new Names(Viewers), rooms: 100);
            using var settings = new HistorySettingsStore(database);
            await settings.LoadAsync(CancellationToken.None);
            using var memberships = new MembershipStore(database, crowd.Engine);
            using var minutes = new MinuteStore(database);
            using var broadcasts = new BroadcastStore(database, crowd.Engine, settings);
            await memberships.RestoreAsync(CancellationToken.None);
            await memberships.FlushAsync(CancellationToken.None);
            await broadcasts.LoadAsync(CancellationToken.None);
            await LiveAsync(crowd, memberships, minutes, broadcasts, WarmUp, churnPerSecond, (_, _, _) => { });
            await LiveAsync(crowd, memberships, minutes, broadcasts, length, churnPerSecond, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task LiveAsync(
        Crowd crowd, MembershipStore memberships, MinuteStore minutes, BroadcastStore broadcasts, TimeSpan length, double churnPerSecond, Action<double, int, int> report)
    {
        using var process = Process.GetCurrentProcess();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var cpu = process.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var (sent, left, seconds) = (0, 0, 0);
        var ended = new List<RoomMinute>();
        while (await tick.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(began) < length)
        {
            var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
            for (; sent < elapsed * HeartbeatsPerSecond; sent++)
                crowd.Engine.Heartbeat(crowd.HeartbeatOf(sent % Viewers));
            for (; left < elapsed * churnPerSecond; left++)
                Leave(crowd, left * 7919 % Viewers); // its next heartbeat brings it back
            if (elapsed < seconds + 1)
                continue;
            seconds++;
            crowd.Engine.Sweep();
            await memberships.FlushAsync(CancellationToken.None);
            await broadcasts.PassAsync(CancellationToken.None);
            if (seconds % 2 == 0)
                await memberships.StampAliveAsync(CancellationToken.None);
            if (seconds % 60 != 0)
                continue;
            ended.Clear();
            crowd.Engine.TakeMinutes(ended);
            await minutes.SaveAsync(ended, CancellationToken.None);
        }
        process.Refresh();
        var share = (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(began);
        report(share, sent, left);
    }

    private static void Leave(Crowd crowd, int user)
    {
        var heartbeat = crowd.HeartbeatOf(user);
        crowd.Engine.Leave(heartbeat.RoomId, heartbeat.UserId, heartbeat.SessionId);
    }
}
