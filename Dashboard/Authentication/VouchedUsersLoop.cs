using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>Stores whom the customer's backend vouched for; what waits when the server stops is stored then.</summary>
internal sealed class VouchedUsersLoop(VouchedUsers vouched, LoopRegistry registry, TimeProvider time, ILogger<VouchedUsersLoop> logger)
    : BackgroundLoop("vouched users", TimeSpan.FromSeconds(1), registry, time, logger)
{
    protected override Task LastPassAsync(CancellationToken cancellationToken) => vouched.FlushAsync(cancellationToken);

    protected override Task PassAsync(CancellationToken cancellationToken) => vouched.FlushAsync(cancellationToken);
}
