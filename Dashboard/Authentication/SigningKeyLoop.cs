using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>Lets the signing keys follow each other.</summary>
internal sealed class SigningKeyLoop(SigningKeys keys, LoopRegistry registry, TimeProvider time, ILogger<SigningKeyLoop> logger)
    : BackgroundLoop("signing keys", TimeSpan.FromHours(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        keys.Turn();
        return Task.CompletedTask;
    }
}
