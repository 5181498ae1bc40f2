using System.Diagnostics;
using System.Globalization;
using Presence.Engine.History;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>What a year of history weighs, and how long its questions take.</summary>
internal static class HistorySummary
{
    private const int Rounds = 9;

    /// <param name="output">Where the rows go.</param>
    /// <param name="folder">Where the database is made, and kept; an existing one is measured as it is.</param>
    /// <param name="broadcasts">How many, over 1,000 rooms.</param>
    /// <param name="visits">How many in all.</param>
    public static async Task<int> RunAsync(TextWriter output, string folder, int broadcasts, int visits)
    {
        var time = new StoppedClock(HistoryYear.End);
        var began = Stopwatch.GetTimestamp();
        await using var database = new PresenceDatabase(folder, time);
        await database.OpenAsync(CancellationToken.None);
        output.WriteLine(SummaryRow.OfValue("start: the database opened and checked", Stopwatch.GetElapsedTime(began).TotalSeconds, "s", 3));
        using var settings = new HistorySettingsStore(database);
        await settings.LoadAsync(CancellationToken.None);
        await settings.ChangeAsync(HistorySettings.Default with { Zone = "Europe/Berlin", AttendanceDays = 730 }, "benchmark", null, null, CancellationToken.None);
        using var engine = new PresenceEngine(time, PresenceSettings.Default, new PresenceLimits());
        using var store = new BroadcastStore(database, engine, settings);

        var made = Path.Combine(folder, "made");
        if (!File.Exists(made))
        {
            await MakeAsync(output, database, store, broadcasts, visits);
            await File.WriteAllTextAsync(made, "", CancellationToken.None);
        }
        output.WriteLine(SummaryRow.OfValue("the file, all of it, by visit", new FileInfo(database.FilePath).Length / (double)visits, "bytes", null));
        await AskAsync(new HistoryQueries(database, settings, _ => [], _ => PresenceSettings.Default), output, visits);
        return 0;
    }

    private static async Task MakeAsync(TextWriter output, PresenceDatabase database, BroadcastStore store, int broadcasts, int visits)
    {
        using var minutes = new MinuteStore(database);
        using var year = new HistoryYear(rooms: 1_000, broadcasts, visits, people: 50_000);
        var (began, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var (written, writing) = await year.WriteAsync(database, minutes, new Checkpointer(database));
        output.WriteLine(SummaryRow.OfValue("a visit written, 1,000 a transaction", writing.TotalMicroseconds / written, "us", null));
        output.WriteLine(SummaryRow.OfValue("the year made, CPU", (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds, "s", null));
        output.WriteLine(SummaryRow.OfValue("the year made", Stopwatch.GetElapsedTime(began).TotalSeconds, "s", null));
        began = Stopwatch.GetTimestamp();
        var computed = await store.SummariseAsync(null, CancellationToken.None);
        output.WriteLine(SummaryRow.OfValue("a broadcast's figures computed", Stopwatch.GetElapsedTime(began).TotalMilliseconds / computed, "ms", null));
    }

    private static async Task AskAsync(HistoryQueries history, TextWriter output, int visits)
    {
        var (begin, end) = (HistoryYear.Begin, HistoryYear.End);
        var broadcast = (await history.ReadBroadcastsAsync(new BroadcastQuery { RoomId = "room-0500", Take = 1 })).Items[0];
        var room = broadcast.RoomId;
        var (start, middle) = (broadcast.StartedAt, broadcast.StartedAt + ((broadcast.EndedAt!.Value - broadcast.StartedAt) / 2));
        var person = (await history.ReadAttendanceAsync(new AttendanceQuery { RoomId = room, From = begin, Until = end, Take = 1 })).Items[0].UserId;

        await MeasureAsync("the network's year by the day", 100, () => history.ReadCurveAsync(new CurveQuery { From = begin, Until = end }));
        await MeasureAsync("a room's year by the day", 100, () => history.ReadCurveAsync(new CurveQuery { RoomId = room, From = begin, Until = end }));
        await MeasureAsync("the network's month by the hour", 100, () => history.ReadCurveAsync(new CurveQuery { From = end.AddDays(-31), Until = end }));
        await MeasureAsync("a page of broadcasts", 300, () => history.ReadBroadcastsAsync(new BroadcastQuery()));
        await MeasureAsync("a broadcast with its curve, the usual and its moments", 300, () => history.ReadBroadcastAsync(broadcast.Id));
        await MeasureAsync("a page of attendance", 300, () => history.ReadAttendanceAsync(new AttendanceQuery { RoomId = room, From = start, Until = end }));
        await MeasureAsync("who was there at an instant", 300, () => history.ReadMomentAsync(room, middle));
        await MeasureAsync("two instants compared", 300, () => history.CompareMomentsAsync(room, start.AddMinutes(10), middle));
        await MeasureAsync("why it dropped", 300, () => history.ReadDropAsync(room, middle, middle.AddMinutes(5)));
        await MeasureAsync("a person in all and a page of visits", 300, async () => (await history.ReadPersonAsync(person), await history.ReadVisitsAsync(person)));
        await MeasureAsync("while you were away, a day", 300, () => history.ReadAwayAsync(end.AddDays(-1)));
        await MeasureAsync("while you were away, a month", 300, () => history.ReadAwayAsync(end.AddDays(-30)));
        await MeasureAsync("nobody found who left within the hour", 100, () => history.FindDepartedAsync("nobody"));

        GC.Collect();
        var (before, began, most, streamed) = (GC.GetTotalMemory(forceFullCollection: true), Stopwatch.GetTimestamp(), 0L, 0);
        await foreach (var _ in history.StreamAttendanceAsync(new AttendanceQuery { From = begin, Until = end }))
        {
            if (++streamed % 100_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        if (streamed < visits * 0.99)
            throw new InvalidOperationException($"{streamed} of {visits} visits were streamed.");
        output.WriteLine(SummaryRow.OfValue("all attendance streamed", streamed / Stopwatch.GetElapsedTime(began).TotalSeconds, "visits/s", null));
        output.WriteLine(SummaryRow.OfValue("memory held meanwhile", most / 1e6, "MB", 5));

        async Task MeasureAsync<T>(string name, double budget, Func<Task<T>> ask)
        {
            var first = Stopwatch.GetTimestamp();
            await ask();
            var cold = Stopwatch.GetElapsedTime(first).TotalMilliseconds;
            var times = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                var since = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
            output.WriteLine(SummaryRow.OfValue(string.Create(CultureInfo.InvariantCulture, $"{name} (first {cold:0} ms)"), SummaryRow.Median(times), "ms", budget));
        }
    }
}
