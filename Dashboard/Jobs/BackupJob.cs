using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Jobs;

/// <summary>Copies the database, at night or when an Admin asks.</summary>
internal sealed class BackupJob(DatabaseMaintenance maintenance, DashboardOptions options, JobLog jobs, TimeProvider time, ILogger<BackupJob> logger)
    : RecordedJob(JobNames.Backup, jobs, time, logger)
{
    /// <summary>Where copies go.</summary>
    public static string FolderOf(DashboardOptions options, DatabaseMaintenance maintenance) =>
        options.Backup.Folder is { } folder ? Path.GetFullPath(folder) : maintenance.DefaultFolder;

    protected override async Task<Func<string>> RunAsync(CancellationToken cancellationToken)
    {
        // It blocks its thread while the file is copied: not one of the scheduler's.
        var copy = await Task.Run(() => maintenance.TakeBackup(FolderOf(options, maintenance), options.Backup.Keep, cancellationToken), cancellationToken);
        return () => Sentence.With(SystemTexts.BackupTaken, Path.GetFileName(copy.Path), Numbers.Bytes(copy.Bytes));
    }
}
