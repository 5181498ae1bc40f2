using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Writes behind who came and went. Half a second, so that with the write itself it is on the disk within one (rule 10).</summary>
internal sealed class MembershipLoop(MembershipStore memberships, PresenceReadiness readiness, LoopRegistry registry, TimeProvider time, ILogger<MembershipLoop> logger)
    : BackgroundLoop("membership writer", TimeSpan.FromMilliseconds(500), registry, time, logger)
{
    protected override Task WaitToStartAsync(CancellationToken cancellationToken) => readiness.WaitAsync(cancellationToken);

    // Not cut off by a stop: the last flush would have to compare everything instead of writing what little is left.
    protected override Task PassAsync(CancellationToken cancellationToken) => memberships.FlushAsync(CancellationToken.None);
}
