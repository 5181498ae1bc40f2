using System.Diagnostics;
using Presence.Engine.Rooms;

namespace Presence.Engine.Benchmarks;

/// <summary>How long others keep a room's lock, seen from a heartbeat that wants it.</summary>
internal static class LockHolds
{
    private const int Heartbeats = 400_000;

    /// <summary>Heartbeats while another thread sweeps, walks the checkpoint, and reads every kind of page. Those during a collection are left out.</summary>
    public static double P999Milliseconds(Crowd crowd, Names names)
    {
        using var end = new CancellationTokenSource();
        var others = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                crowd.Engine.Sweep();
                crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery());
                crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst });
                crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery { Search = "99" });
                foreach (var _ in crowd.Engine.Journal.Snapshot())
                {
                    if (end.IsCancellationRequested)
                        break;
                }
            }
        });

        var times = new List<double>(Heartbeats);
        for (var heartbeat = 0; heartbeat < Heartbeats; heartbeat++)
        {
            var collections = GC.CollectionCount(0);
            var since = Stopwatch.GetTimestamp();
            crowd.Engine.Heartbeat(crowd.HeartbeatOf(names.Order[heartbeat]));
            var time = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (GC.CollectionCount(0) == collections)
                times.Add(time);
        }
        end.Cancel();
        others.GetAwaiter().GetResult();
        times.Sort();
        return times[(int)(times.Count * 0.999)];
    }
}
