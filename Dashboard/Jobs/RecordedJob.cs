using Quartz;

namespace Presence.Dashboard.Jobs;

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
                logger.LogError(failure, "{Job} failed; it runs again as scheduled, or now from the System page.", name);
        }
    }
}
