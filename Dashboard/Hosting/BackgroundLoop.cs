namespace Presence.Dashboard.Hosting;

/// <summary>
/// Does one thing over and over, each <see cref="Period"/>. A pass that throws is logged, shown as degraded and tried again
/// after a back-off; nothing a pass throws ends the loop (rule 16).
/// </summary>
internal abstract class BackgroundLoop(string name, TimeSpan period, LoopRegistry registry, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan ShortestBackOff = TimeSpan.FromMilliseconds(250);

    public string Name => name;

    public TimeSpan Period => period;

    protected TimeProvider Time => time;

    /// <summary>A pass that keeps failing is tried again no more rarely than this.</summary>
    protected virtual TimeSpan LongestBackOff => TimeSpan.FromSeconds(5);

    /// <summary>One pass.</summary>
    protected abstract Task PassAsync(CancellationToken cancellationToken);

    /// <summary>What the first pass waits for.</summary>
    protected virtual Task WaitToStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What each further pass waits for; false ends the loop.</summary>
    protected virtual ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken) => timer.WaitForNextTickAsync(cancellationToken);

    /// <summary>What is left to do when the product stops.</summary>
    protected virtual Task LastPassAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await LastPassAsync(cancellationToken);
        }
        catch (Exception exception) // the others still have to stop, and the process ends as it was told to
        {
            if (!registry.IsStorageTrouble(exception))
                logger.LogError(exception, "{Loop} failed while stopping.", name);
        }
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        registry.Register(name);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host starts the next service meanwhile
        try
        {
            await WaitToStartAsync(stoppingToken);
            using var timer = new PeriodicTimer(period, time);
            while (await WaitAsync(timer, stoppingToken))
                await PassUntilItSucceedsAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The product stops.
        }
    }

    private async Task PassUntilItSucceedsAsync(CancellationToken stoppingToken)
    {
        for (var backOff = ShortestBackOff; ; backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff)
        {
            try
            {
                await PassAsync(stoppingToken);
                if (registry.Succeeded(name, time.GetUtcNow()))
                    logger.LogInformation("{Loop} works again.", name);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                registry.Failed(name, exception.Message, time.GetUtcNow());
                if (!registry.IsStorageTrouble(exception))
                    logger.LogError(exception, "{Loop} failed. Retrying in {BackOff}.", name, backOff);
            }
            await Task.Delay(backOff, time, stoppingToken);
        }
    }
}
