using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Jobs;

/// <summary>A job whose process ends before it does: told to stop, then killed.</summary>
public sealed class JobLifeTests
{
    // Enough that a copy is still being taken when the process that takes it is ended.
    private const int BallastRows = 1_000_000;

    [Fact]
    public async Task Backup_ThatAStopAndAKillCutOff_RunsAgainAtEachStartUntilItIsDone()
    {
        Assert.SkipUnless(ProofLength.IsFull, "It writes a quarter of a gigabyte four times: ./test.sh --full");
        using var folder = new TemporaryFolder();
        var jobs = Path.Combine(folder.Path, JobStore.FileName);
        var copies = Path.Combine(folder.Path, "backups");
        await using (var first = await DashboardProcess.StartAsync(folder.Path))
        {
            await Eventually.TrueAsync(() => File.Exists(jobs) && Query(jobs, "SELECT count(*) FROM sqlite_master WHERE name = 'Set'") == 1 && Query(jobs, "SELECT count(*) FROM \"Set\"") == 4, "the jobs are scheduled");
            Assert.Equal(0, await first.InterruptAsync());
        }
        Query(Path.Combine(folder.Path, "presence.db"), $"CREATE TABLE Ballast (Id INTEGER PRIMARY KEY, Text TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {BallastRows}) INSERT INTO Ballast (Text) SELECT printf('%0250d', i) FROM n");
        File.Delete(Path.Combine(folder.Path, "keys", "database.marker")); // another program wrote
        var twoNightsAgo = TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds();
        Query(jobs, $"UPDATE Hash SET Value = '{twoNightsAgo}' WHERE Key = 'recurring-job:backup' AND Field = 'CreatedAt'; UPDATE \"Set\" SET Score = 0 WHERE Value = 'backup'");

        await using (var stopped = await DashboardProcess.StartAsync(folder.Path))
        {
            await Eventually.TrueAsync(() => Unfinished().Length == 1, "a missed night's copy is being taken");
            Assert.Equal(0, await stopped.InterruptAsync());
            Assert.DoesNotContain("failed", stopped.Output, StringComparison.Ordinal);
        }
        var left = Assert.Single(Unfinished());
        Assert.Equal(1, Query(jobs, "SELECT count(*) FROM JobQueue WHERE FetchedAt = 0"));

        await using (var killed = await DashboardProcess.StartAsync(folder.Path))
        {
            await Eventually.TrueAsync(() => Unfinished() is [var now] && now != left, "the copy is being taken again");
            killed.Kill();
            await killed.ExitCodeAsync();
        }
        Assert.Single(Unfinished());
        Assert.Equal(1, Query(jobs, "SELECT count(*) FROM JobQueue WHERE FetchedAt > 0"));

        await using var last = await DashboardProcess.StartAsync(folder.Path);
        await Eventually.TrueAsync(() => Query(jobs, "SELECT count(*) FROM Job WHERE StateName = 'Succeeded'") == 1, "the copy is taken");

        Assert.EndsWith("-nightly.db", Assert.Single(Directory.GetFiles(copies)), StringComparison.Ordinal);
        Assert.Equal(1, Query(jobs, "SELECT count(*) FROM Job"));
        Assert.Equal(3, Query(jobs, "SELECT count(*) FROM State WHERE Name = 'Processing'"));

        string[] Unfinished() => Directory.Exists(copies) ? Directory.GetFiles(copies, "*.part") : [];
    }

    private static long Query(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
