using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>The engine, its storage, and the loops that keep both going.</summary>
internal static class PresenceStorageHosting
{
    /// <summary>How long requests and circuits may take to end; the last flush follows, and all of it ends within 5 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    public static void AddPresenceStorage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        // Starts on the default settings; those stored are put in force before anything listens.
        services.AddSingleton(provider => new PresenceEngine(
            provider.GetRequiredService<TimeProvider>(), PresenceSettings.Default, Limits(Options(provider).Limits)));
        services.AddSingleton(provider => new PresenceDatabase(
            Options(provider).Data, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PresenceDatabase>>()));
        services.AddSingleton<IDbContextFactory<PresenceContext>>(provider => provider.GetRequiredService<PresenceDatabase>());
        services.AddSingleton<SettingsStore>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<RevokedTokens>();
        services.AddSingleton<MembershipStore>();
        services.AddSingleton<Checkpointer>();
        services.AddSingleton<PresenceReadiness>();
        services.AddSingleton<LoopRegistry>();

        services.AddHostedService<StorageStartup>();
        services.AddHostedService<SweepLoop>();
        services.AddHostedService<MembershipLoop>();
        services.AddHostedService<LastAliveLoop>();
        services.AddHostedService<CheckpointLoop>();
        services.AddHostedService<RevokedTokensLoop>();
    }

    private static DashboardOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<DashboardOptions>>().Value;

    private static PresenceLimits Limits(DashboardOptions.LimitsOptions limits) => new()
    {
        Rooms = limits.Rooms,
        Sessions = limits.Sessions,
        SessionsPerUserAndRoom = limits.SessionsPerUserAndRoom,
        RoomsPerUser = limits.RoomsPerUser,
    };
}
