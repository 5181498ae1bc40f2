using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Writes the history of the network and of its rooms behind, so that a restart keeps it.</summary>
internal sealed class HistoryLoop(
    HistoryStore history,
    RoomTrendSnapshotStore rooms,
    PresenceReadiness readiness,
    LoopRegistry registry,
    TimeProvider time,
    ILogger<HistoryLoop> logger)
    : BackgroundLoop("history writer", TimeSpan.FromMinutes(1), registry, time, logger)
{
    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override async Task PassAsync(CancellationToken cancellationToken)
    {
        await history.SaveAsync(cancellationToken);
        await rooms.SaveAsync(cancellationToken);
    }
}
