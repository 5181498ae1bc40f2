using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Writes the network's history behind, so that a restart keeps it.</summary>
internal sealed class HistoryLoop(HistoryStore history, PresenceReadiness readiness, LoopRegistry registry, TimeProvider time, ILogger<HistoryLoop> logger)
    : BackgroundLoop("history writer", TimeSpan.FromMinutes(1), registry, time, logger)
{
    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override Task PassAsync(CancellationToken cancellationToken) => history.SaveAsync(cancellationToken);
}
