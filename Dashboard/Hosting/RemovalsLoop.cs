using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Forgets removals that have ended.</summary>
internal sealed class RemovalsLoop(RemovalStore removals, LoopRegistry registry, TimeProvider time, ILogger<RemovalsLoop> logger)
    : BackgroundLoop("removals", TimeSpan.FromHours(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken) => removals.PruneAsync(cancellationToken);
}
