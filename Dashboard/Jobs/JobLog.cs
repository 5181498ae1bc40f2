using System.Collections.Concurrent;
using Presence.Dashboard.Hosting;

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

    /// <summary>The server is degraded until the job succeeds: nobody wants to learn of a missing backup when it is needed.</summary>
    public void Failed(string job, TimeSpan took, string error)
    {
        _latest[job] = _latest[job] with { Took = took, IsFailed = true, Result = () => error };
        registry.Failed(job, error, time.GetUtcNow());
    }
}
