using Microsoft.Extensions.Options;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Storage, and the loops that keep it and the engine going.</summary>
internal static class PresenceStorageHosting
{
    /// <summary>How long requests and circuits may take to end. <see cref="StorageStartup"/> writes what is left, and all of it ends within 5 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    public static void AddPresenceStorage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        services.AddSingleton(provider => new PresenceDatabase(
            provider.GetRequiredService<IOptions<DashboardOptions>>().Value.Data, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PresenceDatabase>>()));
        services.AddSingleton<SettingsStore>();
        services.AddSingleton(provider => new UserStore(provider.GetRequiredService<PresenceDatabase>(), provider.GetRequiredService<DashboardOptions>().Limits.Users));
        services.AddSingleton(provider => new RevokedTokens(provider.GetRequiredService<PresenceDatabase>(), provider.GetRequiredService<DashboardOptions>().Limits.RevokedTokens));
        services.AddSingleton<RoomStore>();
        services.AddSingleton<RemovalStore>();
        services.AddSingleton<UserPresenceSettingStore>();
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<ServerKeyStore>();
        services.AddSingleton<PublicLinkStore>();
        services.AddSingleton<AdministrationStores>();
        services.AddSingleton<MembershipStore>();
        services.AddSingleton<HistoryStore>();
        services.AddSingleton<RoomTrendSnapshotStore>();
        services.AddSingleton<Checkpointer>();
        services.AddSingleton<PresenceReadiness>();
        services.AddSingleton<StorageWatch>();
        services.AddSingleton<LoopRegistry>();
        services.AddSingleton(provider => CapsOf(provider.GetRequiredService<PresenceEngine>()));
        services.AddSingleton<ServerStart>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerStart>());

        services.AddHostedService<StorageStartup>();
        services.AddHostedService<SweepLoop>();
        services.AddHostedService<MembershipLoop>();
        services.AddHostedService<LastAliveLoop>();
        services.AddHostedService<HistoryLoop>();
        services.AddHostedService<CheckpointLoop>();
        services.AddHostedService<RevokedTokensLoop>();
        services.AddHostedService<RemovalsLoop>();
        services.AddHostedService<ServerKeysLoop>();
        services.AddHostedService<MemoryLoop>();
        services.AddHostedService<UnusedUsersLoop>();
    }

    internal static LimitUsageRegistry CapsOf(PresenceEngine engine)
    {
        var caps = new LimitUsageRegistry();
        caps.Add(LimitKind.Rooms, () => engine.KnownRooms, engine.Limits.Rooms);
        caps.Add(LimitKind.Sessions, () => engine.CountNetwork().Sessions, engine.Limits.Sessions);
        return caps;
    }
}

/// <summary>Everything administration decided, read before anybody is restored: who was removed must not come back with a restart.</summary>
internal sealed class AdministrationStores(RoomStore rooms, RemovalStore removals, UserPresenceSettingStore switches, ChannelStore channels, ServerKeyStore serverKeys, PublicLinkStore publicLinks)
{
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await rooms.LoadAsync(cancellationToken);
        await removals.LoadAsync(cancellationToken);
        await switches.LoadAsync(cancellationToken);
        await channels.LoadAsync(cancellationToken);
        await serverKeys.LoadAsync(cancellationToken);
        await publicLinks.LoadAsync(cancellationToken);
    }
}

/// <summary>Whether restored state is in place. Until then only <c>/health/live</c> answers: an empty room could be a wrong answer.</summary>
internal sealed class PresenceReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public void MarkReady() => _ready.TrySetResult();
}
