using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Presence.Dashboard.Authentication.Accounts;

namespace Presence.Dashboard.Authentication;

/// <summary>Makes or reads the keys once there is a database and before anything is served: a damaged key file stops the start and not the first login.</summary>
internal sealed class KeyStart(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ClientKey>();
        services.GetRequiredService<SigningKeys>().Turn();
        services.GetRequiredService<GuestIds>();
        CookieKeys.ThrowIfDamaged(services.GetRequiredService<KeyFolder>(), services.GetRequiredService<IKeyManager>());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
