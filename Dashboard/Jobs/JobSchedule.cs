using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Hangfire.Storage.Monitoring;
using DashboardOptions = Presence.Dashboard.Hosting.DashboardOptions;

namespace Presence.Dashboard.Jobs;

/// <summary>The scheduled jobs, as health and the System page name them.</summary>
internal static class JobNames
{
    public const string Backup = "backup";
    public const string HistoryFigures = "history figures";
    public const string HistoryRetention = "history retention";
    public const string Maintenance = "maintenance";

    public static readonly IReadOnlyList<string> All = [Backup, HistoryFigures, HistoryRetention, Maintenance];
}

/// <summary>When jobs run, how their latest run went, and the way to have one run now. All of it is stored in <see cref="JobStore"/>.</summary>
internal sealed class JobSchedule(JobStore store, IJobFilterProvider filters, ITimeZoneResolver zones, DashboardOptions options, TimeProvider time)
{
    private readonly RecurringJobManager _recurring = new(store, filters, zones, () => time.GetUtcNow().UtcDateTime);

    /// <summary>Replaces the stored schedule with this build's. Renamed and removed jobs leave nothing behind.</summary>
    public void Register()
    {
        Add<BackupJob>(JobNames.Backup, options.Backup.Nightly ? $"0 {options.Backup.Hour} * * *" : Cron.Never(), job => job.RunAsync(null, default));
        // After the backup, so that there is a copy if anything goes wrong.
        Add<HistoryFiguresJob>(JobNames.HistoryFigures, $"10 {options.Backup.Hour} * * *", job => job.RunAsync(null, default));
        // After the figures, which are computed from what it deletes, and before maintenance, which gives the space back.
        Add<HistoryRetentionJob>(JobNames.HistoryRetention, $"20 {options.Backup.Hour} * * *", job => job.RunAsync(null, default));
        Add<MaintenanceJob>(JobNames.Maintenance, $"30 {options.Backup.Hour} * * *", job => job.RunAsync(default));

        using var connection = store.GetConnection();
        foreach (var gone in connection.GetRecurringJobs().Where(job => !JobNames.All.Contains(job.Id, StringComparer.Ordinal)))
            _recurring.RemoveIfExists(gone.Id);
        var runs = store.GetMonitoringApi();
        var client = new BackgroundJobClient(store, filters);
        foreach (var (id, _) in runs.EnqueuedJobs(EnqueuedState.DefaultQueue, 0, int.MaxValue).Where(run => run.Value?.Job is null))
            client.Delete(id);
        foreach (var (id, _) in runs.ScheduledJobs(0, int.MaxValue).Where(run => run.Value?.Job is null))
            client.Delete(id);
    }

    /// <summary>Every job of this build.</summary>
    public IReadOnlyList<JobViewModel> Read()
    {
        using var connection = store.GetConnection();
        var runs = store.GetMonitoringApi();
        return [.. connection.GetRecurringJobs(JobNames.All).Select(job => new JobViewModel(
            job.Id,
            job.LastJobId is { } id && runs.JobDetails(id) is { History.Count: > 0 } details ? RunOf(details) : null,
            InstantOf(job.NextExecution),
            job.Error))];
    }

    /// <summary>Starts the job within two seconds; one that waits or runs is that run.</summary>
    public void RunNow(string job)
    {
        if (Read().Single(one => one.Name == job).Latest is not { State: JobRunState.Waiting or JobRunState.Running })
            _recurring.TriggerJob(job);
    }

    private void Add<TJob>(string name, string cron, Expression<Func<TJob, Task>> run) =>
        // Relaxed: after any number of missed nights, the job runs once.
        _recurring.AddOrUpdate(name, Job.FromExpression(run), cron, new RecurringJobOptions { TimeZone = time.LocalTimeZone, MisfireHandling = MisfireHandlingMode.Relaxed });

    /// <summary>A run that was cut off or failed has several attempts: the latest counts.</summary>
    private static JobRun RunOf(JobDetailsDto details)
    {
        var began = details.History.FirstOrDefault(step => step.StateName == ProcessingState.StateName);
        var ended = details.History.FirstOrDefault(step => step.StateName == SucceededState.StateName || step.StateName == FailedState.StateName);
        if (ended?.CreatedAt < began?.CreatedAt)
            ended = null;
        var retry = details.History.FirstOrDefault(step => step.StateName == ScheduledState.StateName && step.CreatedAt >= ended?.CreatedAt);
        return new JobRun(InstantOf(began?.CreatedAt ?? details.History[^1].CreatedAt))
        {
            State = details.History[0].StateName switch
            {
                _ when ended?.StateName == FailedState.StateName => JobRunState.Failed,
                "Succeeded" => JobRunState.Succeeded,
                "Processing" => JobRunState.Running,
                "Deleted" => JobRunState.Cancelled,
                _ => JobRunState.Waiting,
            },
            EndedAt = InstantOf(ended?.CreatedAt),
            Result = Value(ended, "Result") is { } result ? JsonSerializer.Deserialize<JobResult>(result) : null,
            Error = Value(ended, "ExceptionMessage"),
            RetryAt = Value(retry, "EnqueueAt") is { } at ? InstantOf(JobHelper.DeserializeDateTime(at)) : null,
            Percent = details.Properties.TryGetValue(JobProgress.Name, out var percent) ? int.Parse(percent, CultureInfo.InvariantCulture) : null,
        };
    }

    private static string? Value(StateHistoryDto? step, string name) => step?.Data.TryGetValue(name, out var value) == true ? value : null;

    private static DateTimeOffset? InstantOf(DateTime? utc) => utc is { } known ? InstantOf(known) : null;

    private static DateTimeOffset InstantOf(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}

/// <summary>One scheduled job.</summary>
/// <param name="Name">As health names it.</param>
/// <param name="Latest">Its latest run; null before the first, and a month after it.</param>
/// <param name="NextAt">When it runs next by itself; null for never.</param>
/// <param name="Error">Why it cannot be scheduled; null when it can.</param>
public sealed record JobViewModel(string Name, JobRun? Latest, DateTimeOffset? NextAt, string? Error);

/// <summary>One run of a job.</summary>
/// <param name="StartedAt">When its latest attempt began, or, while it waits, when it was asked for.</param>
public sealed record JobRun(DateTimeOffset StartedAt)
{
    public required JobRunState State { get; init; }

    /// <summary>When the latest attempt was over; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it did; null unless it succeeded.</summary>
    public JobResult? Result { get; init; }

    /// <summary>Why the latest attempt failed.</summary>
    public string? Error { get; init; }

    /// <summary>When the next attempt is made of a run that failed; null for none.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How far it is; null for a job that cannot tell.</summary>
    public int? Percent { get; init; }
}

public enum JobRunState
{
    Waiting,
    Running,
    Succeeded,
    Failed,

    /// <summary>An Admin ended it on Hangfire's own pages.</summary>
    Cancelled,
}
