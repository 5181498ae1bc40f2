using System.Collections.Concurrent;
using Presence.Dashboard.Hosting;
using Quartz;

namespace Presence.Dashboard.Jobs;

/// <summary>The latest run of each job since the server started, and what health says of it. Bounded by the jobs there are.</summary>
internal sealed class JobLog(LoopRegistry registry, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, JobRun> _latest = new(StringComparer.Ordinal);

    /// <summary>The latest run, under way or over; null before the first.</summary>
    public JobRun? LatestOf(string job) => _latest.GetValueOrDefault(job);

    public void Began(string job)
    {
        registry.Register(job);
        _latest[job] = new JobRun(time.GetUtcNow(), Took: null, IsFailed: false, Result: null);
    }

    public void Succeeded(string job, TimeSpan took, Func<string> result)
    {
        _latest[job] = _latest[job] with { Took = took, Result = result };
        registry.Succeeded(job, time.GetUtcNow());
    }

    /// <summary>The server is degraded until the job succeeds: so that a missing backup is noticed before it is needed.</summary>
    public void Failed(string job, TimeSpan took, string error)
    {
        _latest[job] = _latest[job] with { Took = took, IsFailed = true, Result = () => error };
        registry.Failed(job, error, time.GetUtcNow());
    }
}

/// <summary>One run of a job.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Took">How long it took; null while it runs.</param>
/// <param name="IsFailed">Whether it did not do what it is for.</param>
/// <param name="Result">What it did, or why it failed, in the reader's culture. Null while it runs.</param>
public sealed record JobRun(DateTimeOffset StartedAt, TimeSpan? Took, bool IsFailed, Func<string>? Result)
{
    public bool IsRunning => Took is null;
}

/// <summary>A scheduled job whose runs are logged. A failure ends the run and not the schedule: the next one comes as planned.</summary>
internal abstract class RecordedJob(string name, JobLog jobs, TimeProvider time, ILogger logger) : IJob
{
    /// <summary>One run.</summary>
    /// <returns>Says what was done.</returns>
    protected abstract Task<Func<string>> RunAsync(CancellationToken cancellationToken);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var began = time.GetTimestamp();
        jobs.Began(name);
        try
        {
            var result = await RunAsync(cancellationToken);
            jobs.Succeeded(name, time.GetElapsedTime(began), result);
            logger.LogInformation("{Job}: {Result}", name, result());
        }
#pragma warning disable CA1031 // whatever it was, health and the System page say so
        catch (Exception failure)
#pragma warning restore CA1031
        {
            jobs.Failed(name, time.GetElapsedTime(began), failure.Message);
            if (!cancellationToken.IsCancellationRequested)
                logger.LogError(failure, "{Job} failed. It runs again on schedule, or now from the System page.", name);
        }
    }
}
