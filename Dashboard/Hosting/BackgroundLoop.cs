using System.Collections.Concurrent;

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
        catch (Exception exception) // the other services still have to stop
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
        await Task.Yield(); // lets the host start the next service
        try
        {
            await WaitToStartAsync(stoppingToken);
            using var timer = new PeriodicTimer(period, time);
            while (await WaitAsync(timer, stoppingToken))
                await PassUntilItSucceedsAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
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
            catch (ObjectDisposedException) when (stoppingToken.IsCancellationRequested)
            {
                return; // the pass outlived the stop, and its services are disposed
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

/// <summary>Registers loops that need no class of their own. Those with a state of theirs derive <see cref="BackgroundLoop"/>.</summary>
internal static class LoopHosting
{
    /// <inheritdoc cref="AddLoop{T}(IServiceCollection, string, TimeSpan, Func{T, CancellationToken, Task}, bool, bool, TimeSpan?)"/>
    public static void AddLoop<T>(
        this IServiceCollection services, string name, TimeSpan period, Action<T> pass, bool whenReady = false, TimeSpan? longestBackOff = null)
        where T : notnull =>
        services.AddLoop<T>(name, period, (service, _) => { pass(service); return Task.CompletedTask; }, whenReady, longestBackOff: longestBackOff);

    /// <inheritdoc cref="AddLoop{T}(IServiceCollection, string, TimeSpan, Func{T, CancellationToken, Task}, bool, bool, TimeSpan?)"/>
    public static void AddLoop<T1, T2>(
        this IServiceCollection services, string name, TimeSpan period, Func<T1, T2, CancellationToken, Task> pass, bool whenReady = false)
        where T1 : notnull
        where T2 : notnull =>
        services.AddLoop<IServiceProvider>(name, period, (provider, cancel) => pass(provider.GetRequiredService<T1>(), provider.GetRequiredService<T2>(), cancel), whenReady);

    /// <summary>Adds a loop. Loops start in the order they were added; a stop goes backwards.</summary>
    /// <param name="services">Where it is added.</param>
    /// <param name="name">What health and pages know it by.</param>
    /// <param name="period">How often it passes.</param>
    /// <param name="pass">One pass. It may throw.</param>
    /// <param name="whenReady">The first pass waits until the state is restored.</param>
    /// <param name="alsoAtStop">A last pass is made when the product stops.</param>
    /// <param name="longestBackOff">A pass that keeps failing is tried again no more rarely than this; 5 s where nothing is said.</param>
    public static void AddLoop<T>(
        this IServiceCollection services, string name, TimeSpan period, Func<T, CancellationToken, Task> pass, bool whenReady = false, bool alsoAtStop = false, TimeSpan? longestBackOff = null)
        where T : notnull =>
        // AddHostedService would drop a second service of the same class.
        services.AddSingleton<IHostedService>(provider => new Loop<T>(provider, name, period, pass, whenReady, alsoAtStop, longestBackOff));

    private sealed class Loop<T>(
        IServiceProvider services, string name, TimeSpan period, Func<T, CancellationToken, Task> pass, bool whenReady, bool alsoAtStop, TimeSpan? longestBackOff)
        : BackgroundLoop(name, period, services.GetRequiredService<LoopRegistry>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<BackgroundLoop>>())
        where T : notnull
    {
        private readonly T _service = services.GetRequiredService<T>();

        protected override TimeSpan LongestBackOff => longestBackOff ?? base.LongestBackOff;

        protected override Task PassAsync(CancellationToken cancellationToken) => pass(_service, cancellationToken);

        protected override Task WaitToStartAsync(CancellationToken cancellationToken) =>
            whenReady ? services.GetRequiredService<PresenceReadiness>().WaitAsync(cancellationToken) : base.WaitToStartAsync(cancellationToken);

        protected override Task LastPassAsync(CancellationToken cancellationToken) => alsoAtStop ? PassAsync(cancellationToken) : base.LastPassAsync(cancellationToken);
    }
}

/// <summary>The state of every background loop, for <c>/health/ready</c>. Bounded by the loops there are.</summary>
/// <param name="storage">Gets failures of the storage, which aren't the loop's own. Can be null.</param>
internal sealed class LoopRegistry(StorageWatch? storage = null)
{
    private readonly ConcurrentDictionary<string, LoopHealth> _loops = new(StringComparer.Ordinal);

    /// <summary>A loop fails at the moment; what it does is late and is being tried again.</summary>
    public bool IsDegraded => _loops.Values.Any(loop => !loop.IsHealthy);

    /// <summary>All loops, by name.</summary>
    public IReadOnlyList<LoopHealth> All => [.. _loops.Values.OrderBy(loop => loop.Name, StringComparer.Ordinal)];

    public LoopHealth this[string name] => _loops[name];

    public void Register(string name) => _loops.TryAdd(name, new LoopHealth(name, IsHealthy: true, LastError: null, LastErrorAt: null, LastSuccessAt: null));

    /// <summary>Notes a success; true when the loop had failed before it.</summary>
    public bool Succeeded(string name, DateTimeOffset at)
    {
        var before = _loops[name];
        _loops[name] = before with { IsHealthy = true, LastSuccessAt = at };
        return !before.IsHealthy;
    }

    public void Failed(string name, string error, DateTimeOffset at) =>
        _loops[name] = _loops[name] with { IsHealthy = false, LastError = error, LastErrorAt = at };

    /// <summary>Whether the storage failed and not the loop; said in the log already then.</summary>
    public bool IsStorageTrouble(Exception exception) => storage?.Note(exception) == true;
}

/// <summary>How one background loop is doing.</summary>
/// <param name="Name">The loop.</param>
/// <param name="IsHealthy">Its last pass succeeded; otherwise it is being tried again, and the product is degraded.</param>
/// <param name="LastError">What its last failure said, kept after it recovered.</param>
/// <param name="LastErrorAt">When that was.</param>
/// <param name="LastSuccessAt">When a pass last succeeded; null before the first.</param>
public sealed record LoopHealth(string Name, bool IsHealthy, string? LastError, DateTimeOffset? LastErrorAt, DateTimeOffset? LastSuccessAt);
