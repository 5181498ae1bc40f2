using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Engine.Storage;

namespace Presence.Engine.Benchmarks;

/// <summary>What a year of history weighs, and how long its questions take.</summary>
internal static class HistorySummary
{
    /// <param name="output">Where the rows go.</param>
    /// <param name="folder">Where the database is made, and kept; an existing one is measured as it is.</param>
    /// <param name="broadcasts">How many, over 1,000 rooms.</param>
    /// <param name="visits">How many in all.</param>
    public static async Task<int> RunAsync(TextWriter output, string folder, int broadcasts, int visits)
    {
        await using var database = new PresenceDatabase(folder, TimeProvider.System);
        await database.OpenAsync(CancellationToken.None);
        var isNew = !Directory.EnumerateFiles(folder, "made").Any();
        if (isNew)
        {
            var checkpointer = new Checkpointer(database);
            using var minutes = new MinuteStore(database);
            using var year = new HistoryYear(rooms: 1_000, broadcasts, visits, people: 50_000);
            var (before, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
            var (written, writing) = await year.WriteAsync(database, minutes, checkpointer);
            output.WriteLine(Text($"{written:N0} visits written in {writing.TotalSeconds:0} s, {writing.TotalMicroseconds / written:0} us each; with everything {Stopwatch.GetElapsedTime(before).TotalSeconds:0} s, CPU {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:0} s"));
            await File.WriteAllTextAsync(Path.Combine(folder, "made"), "", CancellationToken.None);
        }

        using var connection = database.Connect();
        foreach (var (name, bytes) in Sizes(connection))
            output.WriteLine(Text($"{bytes / 1e6,10:0.0} MB  {bytes / (double)visits,6:0.0} bytes a visit  {name}"));
        return 0;
    }

    private static List<(string Name, long Bytes)> Sizes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 14";
        using var reader = command.ExecuteReader();
        var sizes = new List<(string, long)>();
        while (reader.Read())
            sizes.Add((reader.GetString(0), reader.GetInt64(1)));
        return sizes;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
