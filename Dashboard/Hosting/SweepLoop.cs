using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>Lets go of viewers whose deadline has passed.</summary>
internal sealed class SweepLoop(PresenceEngine engine, PresenceReadiness readiness, LoopRegistry registry, TimeProvider time, ILogger<SweepLoop> logger)
    : BackgroundLoop("sweep", TimeSpan.FromSeconds(1), registry, time, logger)
{
    /// <summary>A room that fails time and again must not let the others wait for their sweep.</summary>
    protected override TimeSpan LongestBackOff => Period;

    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        engine.Sweep();
        return Task.CompletedTask;
    }
}
