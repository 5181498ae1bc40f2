using Microsoft.Extensions.Options;
using Presence.Dashboard.Webhooks;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Storage, and the loops that keep it and the engine going.</summary>
internal static class PresenceStorageHosting
{
    /// <summary>How long requests and circuits may take to end. <see cref="StorageStartup"/> writes what is left, and all of it ends within 5 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Presence, kept in this process. All but the engine's keepers here and in Telemetry and MemoryLoop know <see cref="IPresence"/> alone.</summary>
    public static void AddPresence(this WebApplicationBuilder builder, PresenceLimits limits)
    {
        builder.Services.AddSingleton(services => new PresenceEngine(services.GetRequiredService<TimeProvider>(), PresenceSettings.Default, limits));
        builder.Services.AddSingleton<IPresence, LocalPresence>();
    }

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
        services.AddSingleton<RoomPrefixStore>();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<RemovalStore>();
        services.AddSingleton<QuickReasonStore>();
        services.AddSingleton<StageStore>();
        services.AddSingleton<ViewerNoteStore>();
        services.AddSingleton<HandoverStore>();
        services.AddSingleton<WatchedArrivals>();
        services.AddSingleton<DrawStore>();
        services.AddSingleton<UserPresenceSettingStore>();
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<ServerKeyStore>();
        services.AddSingleton<PublicLinkStore>();
        services.AddSingleton<ShareLinkStore>();
        services.AddSingleton<AdministrationStores>();
        services.AddSingleton<MembershipStore>();
        services.AddSingleton<HistoryStore>();
        services.AddSingleton<MinuteStore>();
        services.AddSingleton<HistoryWriter>();
        services.AddSingleton<HistorySettingsStore>();
        services.AddSingleton<BroadcastStore>();
        services.AddSingleton<HistoryRetention>();
        services.AddSingleton<PersonData>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertWatch>();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<WebhookReader>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<IHistory>(provider => HistoryOf(provider.GetRequiredService<PresenceDatabase>(), provider.GetRequiredService<HistorySettingsStore>(), provider.GetRequiredService<PresenceEngine>()));
        services.AddSingleton<RoomTrendSnapshotStore>();
        services.AddSingleton<Checkpointer>();
        services.AddSingleton<PresenceReadiness>();
        services.AddSingleton<StorageWatch>();
        services.AddSingleton<LoopRegistry>();
        services.AddSingleton(provider => CapsOf(provider.GetRequiredService<PresenceEngine>()));
        services.AddSingleton(provider => provider.GetRequiredService<PresenceEngine>().Canary);
        services.AddSingleton<ServerStart>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerStart>());

        services.AddHostedService<StorageStartup>();
        AddLoops(services);
    }

    internal static IHistory HistoryOf(PresenceDatabase database, HistorySettingsStore settings, PresenceEngine engine) =>
        new HistoryQueries(database, settings, engine.VisitsUnderWay, roomId => roomId is null ? engine.Settings : engine.Effective(roomId).Values);

    internal static LimitUsageRegistry CapsOf(PresenceEngine engine)
    {
        var caps = new LimitUsageRegistry();
        caps.Add(LimitKind.Rooms, () => engine.KnownRooms, engine.Limits.Rooms);
        caps.Add(LimitKind.Sessions, () => engine.CountNetwork().Sessions, engine.Limits.Sessions);
        return caps;
    }

    /// <summary>In this order, and a stop goes backwards.</summary>
    private static void AddLoops(IServiceCollection services)
    {
        // A room that keeps failing must not delay the sweep of the others.
        services.AddLoop<PresenceEngine>("sweep", TimeSpan.FromSeconds(1), engine => engine.Sweep(), whenReady: true, longestBackOff: TimeSpan.FromSeconds(1));
        // Half a second, so that with the write itself it is on the disk within one (rule 10). Not cut off by a stop: the last
        // flush would have to compare everything instead of writing what little is left.
        services.AddLoop<MembershipStore>("membership writer", TimeSpan.FromMilliseconds(500), (memberships, _) => memberships.FlushAsync(CancellationToken.None), whenReady: true);
        // Every 2 s of the 5 s allowed. After a crash, the time since the last stamp counts as downtime, and the shortest timeout is 6 s.
        services.AddLoop<MembershipStore, StorageWatch>("last alive", TimeSpan.FromSeconds(2), StampAliveAsync, whenReady: true);
        services.AddLoop<HistoryWriter>("history writer", TimeSpan.FromMinutes(1), (history, cancel) => history.SaveAsync(ends: false, cancel), whenReady: true);
        services.AddLoop<BroadcastStore>("broadcasts", TimeSpan.FromSeconds(1), (broadcasts, cancel) => broadcasts.PassAsync(cancel), whenReady: true);
        services.AddLoop<ScheduleStore>("schedules", TimeSpan.FromSeconds(1), (schedules, cancel) => schedules.PassAsync(cancel), whenReady: true);
        services.AddLoop<StageStore>("stages", TimeSpan.FromSeconds(1), (stages, cancel) => stages.PassAsync(cancel), whenReady: true);
        services.AddLoop<AlertWatch>("alerts", AlertWatch.Period, (alerts, cancel) => alerts.PassAsync(cancel), whenReady: true);
        services.AddLoop<WatchedArrivals>("watched arrivals", WatchedArrivals.Period, (arrivals, cancel) => arrivals.PassAsync(cancel), whenReady: true);
        services.AddLoop<Checkpointer>("checkpoint", TimeSpan.FromSeconds(1), (checkpointer, cancel) => checkpointer.CheckpointIfGrownAsync(cancel));
        services.AddLoop<RevokedTokens>("revoked tokens", TimeSpan.FromHours(1), (tokens, cancel) => tokens.PruneAsync(cancel));
        services.AddLoop<RemovalStore>("removals", TimeSpan.FromHours(1), (removals, cancel) => removals.PruneAsync(cancel));
        services.AddLoop<ViewerNoteStore>("notes", TimeSpan.FromHours(1), (notes, cancel) => notes.PruneAsync(cancel));
        services.AddLoop<HandoverStore>("hand-overs", TimeSpan.FromHours(1), (handovers, cancel) => handovers.PruneAsync(cancel));
        // Writes when keys were last used, once per minute instead of with each request.
        services.AddLoop<ServerKeyStore>("server keys", TimeSpan.FromMinutes(1), (keys, cancel) => keys.FlushAsync(cancel));
        services.AddLoop<ShareLinkStore>("share links", TimeSpan.FromMinutes(1), (links, cancel) => links.FlushAsync(cancel));
        services.AddLoop<WebhookReader>("webhook reader", TimeSpan.FromMilliseconds(500), (webhooks, cancel) => webhooks.PassAsync(cancel), whenReady: true);
        services.AddLoop<WebhookStore>("webhook log", TimeSpan.FromMinutes(1), (webhooks, cancel) => webhooks.PruneAsync(cancel), whenReady: true);
        services.AddHostedService(provider => provider.GetRequiredService<WebhookSender>());
        services.AddHostedService<MemoryLoop>();
        services.AddLoop<UserStore, IServiceProvider>("unused users", TimeSpan.FromHours(1), PruneUsersAsync);
    }

    private static async Task StampAliveAsync(MembershipStore memberships, StorageWatch storage, CancellationToken cancellationToken)
    {
        await memberships.StampAliveAsync(cancellationToken);
        storage.Works();
    }

    /// <summary>A token outlives the login it came from: who holds one is not forgotten before it has expired.</summary>
    private static async Task PruneUsersAsync(UserStore users, IServiceProvider services, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<DashboardOptions>();
        var unusedFor = TimeSpan.FromTicks(Math.Max(options.Users.KeepUnused.Ticks, options.Clients.TokenLifetime.Ticks));
        if (await users.PruneAsync(unusedFor, cancellationToken) is > 0 and var pruned)
            services.GetRequiredService<ILogger<UserStore>>().LogInformation("Deleted {Users} users that were unused for {Days} days.", pruned, (int)unusedFor.TotalDays);
    }
}

/// <summary>Writes what is written of history once a minute: the network's last hour and day, what rooms remember, and the minutes that ended.</summary>
internal sealed class HistoryWriter(PresenceEngine engine, HistoryStore network, RoomTrendSnapshotStore rooms, MinuteStore minutes)
{
    /// <param name="ends">The process ends: the minute under way is written as far as it goes.</param>
    /// <param name="cancellationToken">Gives up; what could not be written is written by the next call.</param>
    public async Task SaveAsync(bool ends, CancellationToken cancellationToken)
    {
        await network.SaveAsync(cancellationToken);
        await rooms.SaveAsync(cancellationToken);
        var ended = new List<RoomMinute>();
        engine.TakeMinutes(ended, ends);
        await minutes.SaveAsync(ended, cancellationToken); // last: what a stop leaves out of them, the next start puts together from visits
    }

    /// <summary>Puts the minutes together that were not written before the process ended.</summary>
    public Task<int> RecoverAsync(MembershipStore memberships, DateTimeOffset lastAlive, CancellationToken cancellationToken) => minutes.RecoverAsync(engine, memberships.Forgotten, lastAlive, cancellationToken);
}

/// <summary>All administration data, read before viewers are restored: a banned viewer must not return with a restart.</summary>
internal sealed class AdministrationStores(RoomStore rooms, RoomPrefixStore prefixes, RemovalStore removals, QuickReasonStore reasons, StageStore stages, ViewerNoteStore notes, HandoverStore handovers, UserPresenceSettingStore switches, ChannelStore channels, ServerKeyStore serverKeys, PublicLinkStore publicLinks, ShareLinkStore shareLinks, HistorySettingsStore history, AlertWatch alerts, WebhookStore webhooks)
{
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await rooms.ReloadAsync(cancellationToken);
        await prefixes.ReloadAsync(cancellationToken);
        await removals.ReloadAsync(cancellationToken);
        await reasons.ReloadAsync(cancellationToken);
        await stages.ReloadAsync(cancellationToken);
        await notes.ReloadAsync(cancellationToken);
        await handovers.ReloadAsync(cancellationToken);
        await switches.ReloadAsync(cancellationToken);
        await channels.ReloadAsync(cancellationToken);
        await serverKeys.ReloadAsync(cancellationToken);
        await publicLinks.ReloadAsync(cancellationToken);
        await shareLinks.ReloadAsync(cancellationToken);
        await history.LoadAsync(cancellationToken);
        await alerts.LoadAsync(cancellationToken);
        await webhooks.ReloadAsync(cancellationToken);
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
