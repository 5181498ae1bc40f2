using System.Collections.Concurrent;
using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Jobs;

/// <summary>
/// Opens the store, lets Hangfire run what is due, and looks after both: a store that cannot be opened is tried again, and
/// a job whose latest run failed degrades health until one succeeds, so that a missing backup is noticed before it is needed.
/// </summary>
internal sealed class JobServer(
    JobStore store,
    JobSchedule schedule,
    IJobFilterProvider filters,
    JobActivator activator,
    ITimeZoneResolver zones,
    PresenceReadiness readiness,
    IHostApplicationLifetime lifetime,
    LoopRegistry registry,
    TimeProvider time,
    ILogger<JobServer> logger) : BackgroundLoop("job schedule", TimeSpan.FromSeconds(2), registry, time, logger)
{
    /// <summary>How often the schedule and retries are looked at; each look writes.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);

    private readonly LoopRegistry _registry = registry;
    private BackgroundProcessingServer? _hangfire;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in JobNames.All)
            _registry.Register(job); // so that health lists jobs before their first run
        // When a stop begins, not when the last request has ended.
        lifetime.ApplicationStopping.Register(() => _hangfire?.SendStop());
        return base.StartAsync(cancellationToken);
    }

    protected override TimeSpan LongestBackOff => TimeSpan.FromMinutes(1);

    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken) =>
        _hangfire is null ? ValueTask.FromResult(true) : base.WaitAsync(timer, cancellationToken);

    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        if (_hangfire is null)
        {
            store.Open();
            schedule.Register();
            _hangfire = Start();
        }
        foreach (var job in schedule.Read())
        {
            if ((job.Error ?? job.Latest?.Error) is { } error)
                _registry.Failed(job.Name, error, job.Latest?.EndedAt ?? Time.GetUtcNow());
            else if (job.Latest is { State: JobRunState.Succeeded, EndedAt: { } at })
                _registry.Succeeded(job.Name, at);
        }
        return Task.CompletedTask;
    }

    protected override async Task LastPassAsync(CancellationToken cancellationToken)
    {
        if (_hangfire is null)
            return;
        _hangfire.SendStop();
        await _hangfire.WaitForShutdownAsync(cancellationToken);
        _hangfire.Dispose();
    }

    /// <summary>As Hangfire's own job server has them, but for the clock.</summary>
    private BackgroundProcessingServer Start()
    {
        var states = new BackgroundJobStateChanger(filters);
        string[] queues = [EnqueuedState.DefaultQueue];
        var workers = JobNames.All.Count;
        return new BackgroundProcessingServer(
            store,
            [
                new Worker(queues, new BackgroundJobPerformer(filters, activator), states).UseBackgroundPool(workers),
                new DelayedJobScheduler(Poll, states).UseBackgroundPool(1),
                new RecurringJobScheduler(new BackgroundJobFactory(filters), Poll, zones, () => Time.GetUtcNow().UtcDateTime).UseBackgroundPool(1),
            ],
            new Dictionary<string, object>(StringComparer.Ordinal) { ["Queues"] = queues, ["WorkerCount"] = workers },
            new BackgroundProcessingServerOptions { StopTimeout = TimeSpan.Zero, ShutdownTimeout = LongestStop });
    }
}

/// <summary>What is the same for every run: it waits for the one before it of the same job, is logged, and is forgotten after a month, failed or not.</summary>
internal sealed class RunFilter(ILogger<RunFilter> logger) : IServerFilter, IApplyStateFilter
{
    // A lock in memory is enough for one process. A lock in the store would survive a kill.
    private readonly ConcurrentDictionary<Type, SemaphoreSlim> _turns = new();

    public void OnPerforming(PerformingContext context) => TurnOf(context).Wait(context.CancellationToken.ShutdownToken);

    public void OnPerformed(PerformedContext context)
    {
        TurnOf(context).Release();
        var job = context.BackgroundJob.Job.Type.Name;
        if (context.Exception is null)
            logger.LogInformation("{Job}: {Result}", job, context.Result is JobResult result ? SystemWords.Of(result) : null);
        else if (!context.CancellationToken.ShutdownToken.IsCancellationRequested)
            logger.LogError(context.Exception.GetBaseException(), "{Job} failed. It is retried after 1, 5 and 15 minutes, runs again on schedule, or now from the System page.", job);
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.NewState is FailedState)
            transaction.ExpireJob(context.BackgroundJob.Id, context.JobExpirationTimeout);
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }

    private SemaphoreSlim TurnOf(PerformContext context) => _turns.GetOrAdd(context.BackgroundJob.Job.Type, _ => new SemaphoreSlim(1));
}
