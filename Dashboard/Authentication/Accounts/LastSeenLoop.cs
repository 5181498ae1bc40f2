using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Stores when moderators were last seen.</summary>
internal sealed class LastSeenLoop(LastSeen lastSeen, LoopRegistry registry, TimeProvider time, ILogger<LastSeenLoop> logger)
    : BackgroundLoop("moderators seen", TimeSpan.FromMinutes(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken) => lastSeen.FlushAsync(cancellationToken);
}
