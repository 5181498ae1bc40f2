using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;
using Quartz;

namespace Presence.Dashboard.Jobs;

/// <summary>The nightly jobs, on Quartz in memory: what they did stands in the files they made, so there is nothing to store.</summary>
internal static class JobHosting
{
    /// <summary>Maintenance comes after the backup, so that a night that goes wrong begins with a copy.</summary>
    private const int MaintenanceMinute = 30;

    public static void AddJobs(this WebApplicationBuilder builder, DashboardOptions options)
    {
        AddSchedule(builder.Services, options);
        // A copy that is cut off is no loss: the next run removes what is left of it.
        builder.Services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = false);
    }

    /// <summary>The jobs and when they run; nothing runs before the hosted service starts it.</summary>
    internal static void AddSchedule(IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton<DatabaseMaintenance>();
        services.AddSingleton<JobLog>();
        services.AddSingleton<JobSchedule>();
        services.AddHostedService(provider => provider.GetRequiredService<JobSchedule>());
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            quartz.UseDefaultThreadPool(JobNames.All.Count);
            Add<BackupJob>(quartz, JobNames.Backup, options.Backup.Nightly ? 0 : null, options);
            Add<MaintenanceJob>(quartz, JobNames.Maintenance, MaintenanceMinute, options);
        });
    }

    private static void Add<TJob>(IQuartzBuilder quartz, string name, int? minute, DashboardOptions options)
        where TJob : class, IJob
    {
        quartz.AddJob<TJob>(job => job.WithIdentity(name).StoreDurably().DisallowConcurrentExecution());
        if (minute is { } at)
        {
            quartz.AddTrigger<TJob>(trigger => trigger
                .WithIdentity(JobSchedule.TriggerOf(name)).ForJob(name)
                .WithCronSchedule($"0 {at} {options.Backup.Hour} * * ?"));
        }
    }
}

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

/// <summary>Checks the database and keeps it quick.</summary>
internal sealed class MaintenanceJob(DatabaseMaintenance maintenance, JobLog jobs, TimeProvider time, ILogger<MaintenanceJob> logger)
    : RecordedJob(JobNames.Maintenance, jobs, time, logger)
{
    protected override async Task<Func<string>> RunAsync(CancellationToken cancellationToken)
    {
        var report = await Task.Run(() => maintenance.RunAsync(cancellationToken), cancellationToken);
        if (report.Damage is { } damage)
            throw new InvalidDataException(Sentence.With(SystemTexts.Damaged, damage));
        return () => Sentence.With(report.IsLogEmptied ? SystemTexts.MaintenanceDone : SystemTexts.MaintenanceDoneLogKept, Numbers.Bytes(report.LogBytes));
    }
}
