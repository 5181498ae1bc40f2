using System.Diagnostics;
using System.Globalization;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Engine.Benchmarks;

/// <summary>Every budget of the engine, each as one line, then how it grows with size.</summary>
internal static class Summary
{
    private const int Million = 1_000_000;
    private const int Rounds = 5;

    /// <summary>The lines by name alone, in seconds: the median of all calls, and what the best took.</summary>
    public static int RunNames(TextWriter output)
    {
        MeasureSearch(output.WriteLine);
        MeasureNetworkSearch(output.WriteLine);
        return 0;
    }

    /// <summary>The lines of rooms alone, but for the lock's: short enough to compare two builds in turn.</summary>
    public static int RunRooms(TextWriter output)
    {
        var names = new Names(Million);
        var baseline = new Baseline(names);
        baseline.Measure();
        MeasureRooms(names, baseline, output.WriteLine);
        return 0;
    }

    /// <summary>The lines of storage alone.</summary>
    public static async Task<int> RunStorageAsync(TextWriter output)
    {
        await StorageSummary.MeasureAsync(new Names(Million), output.WriteLine);
        return 0;
    }

    public static async Task<int> RunAsync(TextWriter output)
    {
        var since = Stopwatch.GetTimestamp();
        await output.WriteLineAsync("name | value | baseline | ratio | budget | ok");
        var names = new Names(Million);
        var baseline = new Baseline(names);
        baseline.Measure();

        var rows = new List<SummaryRow>();
        MeasureRooms(names, baseline, Print);
        Print(SummaryRow.OfValue("longest hold of a room's lock as a heartbeat sees it, p99.9", LockHolds.P999Milliseconds(names) * 1_000, "us", 2_000));
        MeasureSearch(Print);
        MeasureNetworkSearch(Print);
        await StorageSummary.MeasureAsync(names, Print);
        await SteadyState.InItsOwnProcessAsync(output);
        MeasureGrowth(Print);
        await output.WriteLineAsync($"took {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s; {rows.Count(row => row.IsOver)} over budget");
        return 0;

        void Print(SummaryRow row)
        {
            rows.Add(row);
            output.WriteLine(row);
            output.Flush();
        }
    }

    private static void MeasureRooms(Names names, Baseline baseline, Action<SummaryRow> print)
    {
        MeasureOneRoom(names, baseline, print);
        MeasureRooms(names, baseline, 1_000, 2.5, memoryBudget: null, print);
        MeasureRooms(names, baseline, 100_000, 3.5, memoryBudget: 280, print);
        MeasureExpiry(names, baseline, print);
    }

    private static void MeasureOneRoom(Names names, Baseline baseline, Action<SummaryRow> print)
    {
        using var crowd = new Crowd(names, rooms: 1);
        print(RefreshRow($"refresh, {Million:N0} in 1 room", crowd, baseline, 2.5));
        print(SummaryRow.OfValue($"refresh, allocated, {Million:N0} in 1 room", AllocatedPerRefresh(crowd), "B", 0));
        print(SummaryRow.OfRatio($"join, {Million:N0} in 1 room", [(crowd.JoinNanoseconds, baseline.Measure())], 5));
        print(SummaryRow.OfValue($"memory per viewer, {Million:N0} in 1 room", crowd.BytesPerViewer, "B", 160));

        var engine = crowd.Engine;
        var room = crowd.FirstRoom;
        print(SummaryRow.OfValue($"count, room of {Million:N0}", MicrosecondsOf(() => engine.Count(room)), "us", 1));
        print(SummaryRow.OfValue($"first page of 200, room of {Million:N0}", MicrosecondsOf(() => engine.Viewers(room, new ViewerQuery())), "us", 50));
        print(SummaryRow.OfValue($"cursor page of 200 by joined, room of {Million:N0}", CursorPageMicroseconds(engine, room), "us", 200));
    }

    private static void MeasureRooms(Names names, Baseline baseline, int rooms, double budget, double? memoryBudget, Action<SummaryRow> print)
    {
        using var crowd = new Crowd(names, rooms);
        print(RefreshRow($"refresh, {Million:N0} in {rooms:N0} rooms", crowd, baseline, budget));
        print(SummaryRow.OfValue($"refresh, allocated, {Million:N0} in {rooms:N0} rooms", AllocatedPerRefresh(crowd), "B", 0));
        print(SummaryRow.OfValue($"memory per viewer, {Million:N0} in {rooms:N0} rooms", crowd.BytesPerViewer, "B", memoryBudget));
    }

    private static void MeasureExpiry(Names names, Baseline baseline, Action<SummaryRow> print)
    {
        var rounds = new List<(double, double)>();
        for (var round = 0; round < 2; round++)
        {
            var clock = new StoppedClock();
            using var crowd = new Crowd(names, rooms: 1, clock);
            crowd.Pass(clock, TimeSpan.FromSeconds(3_599));
            clock.Advance(TimeSpan.FromSeconds(2));
            var since = Stopwatch.GetTimestamp();
            crowd.Engine.Sweep();
            rounds.Add((Stopwatch.GetElapsedTime(since).TotalNanoseconds / names.Users.Length, baseline.Measure()));
            if (crowd.Engine.CountNetwork().Sessions != 0)
                throw new InvalidOperationException("Nobody should be left.");
        }
        print(SummaryRow.OfRatio($"expire, {Million:N0} in 1 room", rounds, 1.5));
    }

    private static void MeasureSearch(Action<SummaryRow> print)
    {
        using var crowd = new Crowd(new Names(50_000), rooms: 1, withNames: true);
        var engine = crowd.Engine;
        var room = crowd.FirstRoom;
        Measure("page by name", () => engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.Name }));
        Measure("all by name", () => engine.Order(room, new ViewerQuery { Sort = ViewerSort.Name }));
        Measure("search", () => engine.Viewers(room, new ViewerQuery { Search = "99", Sort = ViewerSort.LastJoinedFirst }));
        Measure("search over accents", () => engine.Viewers(room, new ViewerQuery { Search = "josé", Sort = ViewerSort.LastJoinedFirst }));

        void Measure<T>(string what, Func<T> call)
        {
            var (best, median) = TimesOf(call, 100);
            print(SummaryRow.OfValue(string.Create(CultureInfo.InvariantCulture, $"{what}, room of 50,000 (best {best / 1_000:0.0} ms)"), median / 1_000, "ms", 20));
        }
    }

    /// <summary>What a moderator waits for while typing: the first search of a server that was never searched, then the next letters.</summary>
    private static void MeasureNetworkSearch(Action<SummaryRow> print)
    {
        foreach (var (viewers, rooms) in new[] { (50_000, 1), (50_000, 1_000), (1_000_000, 100_000) })
        {
            using var crowd = new Crowd(new Names(viewers), rooms, withNames: true);
            var since = Stopwatch.GetTimestamp();
            crowd.Engine.Search(new NetworkSearch { Text = "jos" });
            print(SummaryRow.OfValue($"first search of the network, {viewers:N0} in {rooms:N0} rooms", Stopwatch.GetElapsedTime(since).TotalMilliseconds, "ms", viewers <= 50_000 ? 100 : null));
            foreach (var text in new[] { "josé", "a", "99", "nobody at all" })
            {
                var (best, median) = TimesOf(() => crowd.Engine.Search(new NetworkSearch { Text = text }), viewers <= 50_000 ? 100 : 10);
                print(SummaryRow.OfValue(string.Create(CultureInfo.InvariantCulture, $"search of the network for \"{text}\", {viewers:N0} in {rooms:N0} rooms (best {best / 1_000:0.0} ms)"), median / 1_000, "ms", viewers <= 50_000 ? 20 : null));
            }
        }
    }

    private static void MeasureGrowth(Action<SummaryRow> print)
    {
        foreach (var (viewers, rooms) in new[] { (1_000, 1), (100_000, 1), (100_000, 1_000) })
        {
            var names = new Names(viewers);
            var baseline = new Baseline(names);
            using var crowd = new Crowd(names, rooms);
            print(RefreshRow($"refresh, {viewers:N0} in {rooms:N0} rooms", crowd, baseline, budget: null));
        }
        var hot = new Names(100_000);
        using var shared = new Crowd(hot, rooms: 1);
        print(SummaryRow.OfValue("refresh, two threads on one room of 100,000", TwoThreadNanoseconds(shared), "ns", null));
    }

    private static SummaryRow RefreshRow(string name, Crowd crowd, Baseline baseline, double? budget)
    {
        crowd.Refresh();
        baseline.Measure();
        var rounds = new List<(double, double)>();
        for (var round = 0; round < Rounds; round++)
            rounds.Add((crowd.Refresh(), baseline.Measure()));
        return SummaryRow.OfRatio(name, rounds, budget);
    }

    private static double AllocatedPerRefresh(Crowd crowd)
    {
        const int refreshes = 100_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var user = 0; user < refreshes; user++)
            crowd.Engine.Heartbeat(crowd.HeartbeatOf(user));
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)refreshes;
    }

    private static double CursorPageMicroseconds(PresenceEngine engine, string room)
    {
        var random = new Random(5);
        var joins = engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Limit = 1 }).Next!;
        var last = engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = 1 }).Next!;
        return MicrosecondsOf(() =>
        {
            var anywhere = joins with { JoinedAt = joins.JoinedAt + (random.NextDouble() * (last.JoinedAt - joins.JoinedAt)) };
            return engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, After = anywhere });
        });
    }

    private static double TwoThreadNanoseconds(Crowd crowd)
    {
        const int each = 1_000_000;
        var since = Stopwatch.GetTimestamp();
        Parallel.For(0, 2, thread =>
        {
            for (var user = 0; user < each; user++)
                crowd.Engine.Heartbeat(crowd.HeartbeatOf((user * 2 + thread) % 100_000));
        });
        return Stopwatch.GetElapsedTime(since).TotalNanoseconds / (2 * each);
    }

    /// <summary>The median of many calls, after some to warm up.</summary>
    private static double MicrosecondsOf<T>(Func<T> call) => TimesOf(call, 1_000).Median;

    private static (double Best, double Median) TimesOf<T>(Func<T> call, int calls)
    {
        for (var warmUp = 0; warmUp < calls / 5 + 1; warmUp++)
            call();
        var times = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            var since = Stopwatch.GetTimestamp();
            call();
            times[i] = Stopwatch.GetElapsedTime(since).TotalMicroseconds;
        }
        return (times.Min(), SummaryRow.Median(times));
    }
}
