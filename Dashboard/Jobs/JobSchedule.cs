using Presence.Dashboard.Hosting;
using Quartz;

namespace Presence.Dashboard.Jobs;

/// <summary>When jobs run, and the way to have one run now.</summary>
internal sealed class JobSchedule(ISchedulerFactory schedulers, LoopRegistry registry) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in JobNames.All)
            registry.Register(job); // health names them before their first night
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>When the job runs next by itself; null for never.</summary>
    public async ValueTask<DateTimeOffset?> NextOfAsync(string job, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        return (await scheduler.GetTrigger(TriggerOf(job), cancellationToken))?.NextFireTimeUtc;
    }

    /// <summary>Starts the job at once; if it runs, again when that is done.</summary>
    public async ValueTask RunNowAsync(string job, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.TriggerJob(new JobKey(job), cancellationToken: cancellationToken);
    }

    internal static TriggerKey TriggerOf(string job) => new(job + "-nightly");
}

/// <summary>The scheduled jobs, as health and the System page name them.</summary>
internal static class JobNames
{
    public const string Backup = "backup";
    public const string Maintenance = "maintenance";

    public static readonly IReadOnlyList<string> All = [Backup, Maintenance];
}
