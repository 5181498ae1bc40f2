using Hangfire.Server;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Jobs;

/// <summary>Copies the database, at night or when an Admin asks.</summary>
internal sealed class BackupJob(DatabaseMaintenance maintenance, DashboardOptions options, TimeProvider time)
{
    /// <summary>Where copies go.</summary>
    public static string FolderOf(DashboardOptions options, DatabaseMaintenance maintenance) =>
        options.Backup.Folder is { } folder ? Path.GetFullPath(folder) : maintenance.DefaultFolder;

    public async Task<JobResult> RunAsync(PerformContext? context, CancellationToken cancellationToken)
    {
        var folder = FolderOf(options, maintenance);
        var copy = await JobProgress.WhileAsync(Task.Run(() => maintenance.TakeBackup(folder, options.Backup.Keep, cancellationToken), cancellationToken), () => maintenance.CopiedPercent(folder), context, time);
        return new JobResult(copy.Bytes, Path.GetFileName(copy.Path));
    }
}

/// <summary>Checks the database and keeps it quick.</summary>
internal sealed class MaintenanceJob(DatabaseMaintenance maintenance)
{
    public async Task<JobResult> RunAsync(CancellationToken cancellationToken)
    {
        var report = await maintenance.RunAsync(cancellationToken);
        if (report.Damage is { } damage)
            throw new InvalidDataException(Sentence.With(SystemTexts.Damaged, damage));
        return new JobResult(report.LogBytes, IsLogKept: !report.IsLogEmptied, GivenBack: report.GivenBack);
    }
}

/// <summary>Computes what broadcasts came to that ended while nothing could be computed.</summary>
internal sealed class HistoryFiguresJob(BroadcastStore broadcasts, TimeProvider time)
{
    public async Task<JobResult> RunAsync(PerformContext? context, CancellationToken cancellationToken)
    {
        var percent = 0;
        var progress = new Telling<(int Done, int All)>(told => Volatile.Write(ref percent, 100 * told.Done / told.All));
        var computed = await JobProgress.WhileAsync(Task.Run(() => broadcasts.SummariseAsync(progress, cancellationToken), cancellationToken), () => Volatile.Read(ref percent), context, time);
        return new JobResult(0, Computed: computed);
    }
}

/// <summary>Deletes history that is older than it is kept for.</summary>
internal sealed class HistoryRetentionJob(HistoryRetention retention, TimeProvider time)
{
    public async Task<JobResult> RunAsync(PerformContext? context, CancellationToken cancellationToken)
    {
        var percent = 0;
        var progress = new Telling<HistoryDeleted>(told => Volatile.Write(ref percent, told.Percent));
        var deleted = await JobProgress.WhileAsync(Task.Run(() => retention.RunAsync(progress, cancellationToken), cancellationToken), () => Volatile.Read(ref percent), context, time);
        return new JobResult(0, Deleted: deleted.Total);
    }
}

/// <summary>What a run did, as it is stored: a new member is optional, and pages word it in the reader's culture.</summary>
/// <param name="Bytes">How large the copy is, or how much was in the log.</param>
/// <param name="File">The copy's name.</param>
/// <param name="IsLogKept">Whether the log could not be emptied.</param>
/// <param name="GivenBack">By how many bytes the database became shorter.</param>
/// <param name="Computed">Of how many broadcasts the figures were computed; null for other jobs.</param>
/// <param name="Deleted">How many rows of history were deleted; null for other jobs.</param>
public sealed record JobResult(long Bytes, string? File = null, bool IsLogKept = false, long GivenBack = 0, int? Computed = null, long? Deleted = null);

/// <summary>How far a run is, for the System page.</summary>
internal static class JobProgress
{
    public const string Name = "Percent";

    /// <summary>It is written to the store, each time.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>Tells once a second how far the work is, until it is done.</summary>
    public static async Task<T> WhileAsync<T>(Task<T> work, Func<int> percent, PerformContext? context, TimeProvider time)
    {
        while (await Task.WhenAny(work, Task.Delay(Between, time)) != work)
            context?.SetJobParameter(Name, percent());
        return await work;
    }
}

/// <summary>Takes each progress on the thread that reports it. <see cref="Progress{T}"/> would post them, out of order.</summary>
internal sealed class Telling<T>(Action<T> told) : IProgress<T>
{
    public void Report(T value) => told(value);
}
