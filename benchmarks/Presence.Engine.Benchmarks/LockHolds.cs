using System.Diagnostics;
using Presence.Engine.Rooms;

namespace Presence.Engine.Benchmarks;

/// <summary>How long others keep a room's lock, seen from a heartbeat that wants it.</summary>
internal static class LockHolds
{
    private const int Heartbeats = 400_000;

    /// <summary>
    /// The worse of two: heartbeats while another thread walks the checkpoint and reads every kind of page, and heartbeats
    /// while the sweep ends half of the room.
    /// </summary>
    public static double P999Milliseconds(Names names)
    {
        var clock = new StoppedClock();
        using var crowd = new Crowd(names, rooms: 1, clock);
        using var end = new CancellationTokenSource();
        var reads = Task.Run(() => Read(crowd, end.Token));
        var whileRead = Measure(crowd, names, heartbeat => heartbeat < Heartbeats);
        end.Cancel();
        reads.GetAwaiter().GetResult();

        // Whoever is in the first half of the order has just sent a heartbeat when the deadline of the others comes.
        crowd.Pass(clock, TimeSpan.FromMinutes(59));
        for (var place = 0; place < names.Order.Length / 2; place++)
            crowd.Engine.Heartbeat(crowd.HeartbeatOf(names.Order[place]));
        crowd.Pass(clock, TimeSpan.FromSeconds(59));
        clock.Advance(TimeSpan.FromSeconds(2));
        var sweep = Task.Run(crowd.Engine.Sweep);
        var whileSwept = Measure(crowd, names, _ => !sweep.IsCompleted);
        if (crowd.Engine.CountNetwork().Sessions != names.Order.Length / 2)
            throw new InvalidOperationException("Half of the room should be left.");
        return Math.Max(whileRead, whileSwept);
    }

    private static void Read(Crowd crowd, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery());
            crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst });
            crowd.Engine.Viewers(crowd.FirstRoom, new ViewerQuery { Search = "99" });
            foreach (var _ in crowd.Engine.Journal.Snapshot())
            {
                if (end.IsCancellationRequested)
                    break;
            }
        }
    }

    /// <summary>Those during a collection are left out.</summary>
    private static double Measure(Crowd crowd, Names names, Func<int, bool> goesOn)
    {
        var times = new List<double>(Heartbeats);
        for (var heartbeat = 0; goesOn(heartbeat); heartbeat++)
        {
            var collections = GC.CollectionCount(0);
            var since = Stopwatch.GetTimestamp();
            crowd.Engine.Heartbeat(crowd.HeartbeatOf(names.Order[heartbeat % (names.Order.Length / 2)]));
            var time = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (GC.CollectionCount(0) == collections)
                times.Add(time);
        }
        times.Sort();
        return times[(int)(times.Count * 0.999)];
    }
}
