using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Stores when server keys were last used: once a minute and not with each request.</summary>
internal sealed class ServerKeysLoop(ServerKeyStore serverKeys, LoopRegistry registry, TimeProvider time, ILogger<ServerKeysLoop> logger)
    : BackgroundLoop("server keys", TimeSpan.FromMinutes(1), registry, time, logger)
{
    protected override Task PassAsync(CancellationToken cancellationToken) => serverKeys.FlushAsync(cancellationToken);
}
