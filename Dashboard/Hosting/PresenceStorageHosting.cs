using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Storage, restore, sweep and the background writers.</summary>
internal static class PresenceStorageHosting
{
    public static void AddPresenceStorage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new PresenceDatabase(
            provider.GetRequiredService<IOptions<DashboardOptions>>().Value.Data,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PresenceDatabase>>()));
        services.AddSingleton<IDbContextFactory<PresenceContext>>(provider => provider.GetRequiredService<PresenceDatabase>());
        services.AddSingleton<SettingsStore>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<RevokedTokens>();

        services.AddSingleton<PresenceReadiness>();
        services.AddSingleton<LoopRegistry>();
    }
}
