using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Notes that the product runs. Every 2 s of the 5 s allowed: after a crash the time since counts as down, and the shortest
/// timeout is 6 s.</summary>
internal sealed class LastAliveLoop(MembershipStore memberships, StorageWatch storage, PresenceReadiness readiness, LoopRegistry registry, TimeProvider time, ILogger<LastAliveLoop> logger)
    : BackgroundLoop("last alive", TimeSpan.FromSeconds(2), registry, time, logger)
{
    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    protected override async Task PassAsync(CancellationToken cancellationToken)
    {
        await memberships.StampAliveAsync(cancellationToken);
        storage.Works();
    }
}
