using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Forgets revoked tokens that have expired.</summary>
internal sealed class RevokedTokensLoop(RevokedTokens revokedTokens, LoopRegistry registry, TimeProvider time, ILogger<RevokedTokensLoop> logger)
    : BackgroundLoop("revoked tokens", TimeSpan.FromHours(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken) => revokedTokens.PruneAsync(cancellationToken);
}
