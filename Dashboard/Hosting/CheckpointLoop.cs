using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Keeps the write-ahead log short.</summary>
internal sealed class CheckpointLoop(Checkpointer checkpointer, LoopRegistry registry, TimeProvider time, ILogger<CheckpointLoop> logger)
    : BackgroundLoop("checkpoint", TimeSpan.FromSeconds(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken) => checkpointer.CheckpointIfGrownAsync(cancellationToken);
}
