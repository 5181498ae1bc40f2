using Microsoft.Extensions.Options;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Opens the database and puts the settings in force before anything else starts; restores who was present while the server
/// already answers its health; writes everything down last of all, when no request can change it any more.
/// </summary>
internal sealed class StorageStartup(
    PresenceDatabase database,
    SettingsStore settings,
    RevokedTokens revokedTokens,
    AdministrationStores administration,
    MembershipStore memberships,
    HistoryStore history,
    RoomMemoryStore rooms,
    Checkpointer checkpointer,
    PresenceReadiness readiness,
    LoopRegistry registry,
    IOptions<DashboardOptions> options,
    TimeProvider time,
    ILogger<StorageStartup> logger) : BackgroundService, IHostedLifecycleService
{
    private const string Restore = "restore";

    /// <summary>The last writes take milliseconds; a disk that hangs must not hold the process up for longer than this.</summary>
    private static readonly TimeSpan LongestLastFlush = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await revokedTokens.LoadAsync(cancellationToken);
        await administration.LoadAsync(cancellationToken);
        var inForce = await settings.LoadAsync(Initial(options.Value.Initial), cancellationToken);
        logger.LogInformation("Data is kept in {Folder}. Settings version {Version} is in force.", database.Folder, inForce.Version);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        registry.Register(Restore);
        await LoadHistoryAsync(history.LoadAsync, stoppingToken);
        var began = time.GetTimestamp();
        try
        {
            var restored = await memberships.RestoreAsync(stoppingToken);
            registry.Succeeded(Restore, time.GetUtcNow());
            logger.LogInformation("Restored {Sessions} sessions in {Milliseconds} ms.", restored, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Serving without them beats not serving: whoever watches is back within one heartbeat interval.
            registry.Failed(Restore, exception.Message, time.GetUtcNow());
            logger.LogError(exception, "Who was present could not be restored; viewers come back with their next heartbeat.");
        }
        await LoadHistoryAsync(rooms.LoadAsync, stoppingToken);
        readiness.MarkReady();
    }

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Before the restore was done nothing new can have happened, and what is stored must stay as it is.
        if (!readiness.IsReady)
            return;

        // Not the host's token: it is spent when requests took their time to end, and this is what must not be lost.
        using var limit = new CancellationTokenSource(LongestLastFlush, time);
        try
        {
            await memberships.FlushAsync(limit.Token);
            await memberships.StampAliveAsync(limit.Token);
            await history.SaveAsync(limit.Token);
            await rooms.SaveAsync(limit.Token);
            await checkpointer.CheckpointAsync(limit.Token);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "The last changes could not be stored.");
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A curve that cannot be read is no reason to keep viewers waiting.</summary>
    private async Task LoadHistoryAsync(Func<CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        try
        {
            await load(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "A history could not be read; it begins anew.");
        }
    }

    private static PresenceSettings Initial(DashboardOptions.InitialOptions initial) => PresenceSettings.Default with
    {
        Enabled = initial.Enabled ?? PresenceSettings.Default.Enabled,
        HeartbeatInterval = initial.HeartbeatInterval is { } interval ? TimeSpan.FromSeconds(interval) : PresenceSettings.Default.HeartbeatInterval,
        PresenceTimeout = initial.PresenceTimeout is { } timeout ? TimeSpan.FromSeconds(timeout) : PresenceSettings.Default.PresenceTimeout,
    };
}
