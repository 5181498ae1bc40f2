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
    ScheduleStore schedules,
    RevokedTokens revokedTokens,
    AdministrationStores administration,
    MembershipStore memberships,
    HistoryStore history,
    RoomTrendSnapshotStore rooms,
    HistoryWriter historyWriter,
    BroadcastStore broadcasts,
    WebhookReader webhooks,
    Checkpointer checkpointer,
    PresenceReadiness readiness,
    LoopRegistry registry,
    StorageWatch storage,
    IOptions<DashboardOptions> options,
    TimeProvider time,
    ILogger<StorageStartup> logger) : BackgroundService, IHostedLifecycleService
{
    private const string Restore = "restore";

    /// <summary>A stop ends within this, whatever the requests and the disk do.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    /// <summary>What the last writes have of it at the least, when requests took their time to end; they take milliseconds.</summary>
    private static readonly TimeSpan ShortestLastFlush = TimeSpan.FromSeconds(1);

    private long _stopBegan;

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await revokedTokens.ReloadAsync(cancellationToken);
        await administration.LoadAsync(cancellationToken);
        await settings.LoadAsync(Initial(options.Value.Initial), cancellationToken);
        var inForce = await schedules.ApplyDueAsync(cancellationToken);
        logger.LogInformation("Data folder: {Folder}. Settings version {Version} is in effect.", database.Folder, inForce.Version);
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
            // The server starts without them, because viewers return within one heartbeat interval.
            registry.Failed(Restore, exception.Message, time.GetUtcNow());
            if (!registry.IsStorageTrouble(exception))
                logger.LogError(exception, "Restoring viewers failed. They rejoin with their next heartbeat.");
        }
        await LoadHistoryAsync(RecoverMinutesAsync, stoppingToken);
        await LoadHistoryAsync(rooms.LoadAsync, stoppingToken);
        await LoadHistoryAsync(broadcasts.LoadAsync, stoppingToken);
        readiness.MarkReady();
    }

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Before the restore is done there is nothing new to store, and the stored state must stay.
        if (!readiness.IsReady)
            return;

        // Not the host's token: slow requests can use up its time, and this write must not be lost.
        var left = LongestStop - time.GetElapsedTime(_stopBegan);
        using var limit = new CancellationTokenSource(left > ShortestLastFlush ? left : ShortestLastFlush, time);
        try
        {
            foreach (var write in (Func<CancellationToken, Task>[])[memberships.FlushAsync, memberships.StampAliveAsync, cancel => historyWriter.SaveAsync(ends: true, cancel), broadcasts.PassAsync, webhooks.PassAsync, checkpointer.CheckpointAsync])
            {
                limit.Token.ThrowIfCancellationRequested();
                await write(limit.Token);
            }
        }
        catch (Exception exception) // a failure of one affects the rest
        {
            if (!registry.IsStorageTrouble(exception) && !storage.IsTroubled)
                logger.LogError(exception, "The last changes couldn't be stored.");
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopBegan = time.GetTimestamp();
        return Task.CompletedTask;
    }

    private async Task RecoverMinutesAsync(CancellationToken cancellationToken)
    {
        if (memberships.LastAlive is { } lastAlive && await historyWriter.RecoverAsync(memberships, lastAlive, cancellationToken) is > 0 and var recovered)
            logger.LogInformation("Put {Minutes} minutes of history together from visits: the server was not stopped but ended.", recovered);
    }

    /// <summary>A curve that cannot be read is no reason to keep viewers waiting.</summary>
    private async Task LoadHistoryAsync(Func<CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        try
        {
            await load(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "A stored history couldn't be read. It starts empty.");
        }
    }

    private static PresenceSettings Initial(DashboardOptions.InitialOptions initial) => PresenceSettings.Default with
    {
        Enabled = initial.Enabled ?? PresenceSettings.Default.Enabled,
        HeartbeatInterval = initial.HeartbeatInterval is { } interval ? TimeSpan.FromSeconds(interval) : PresenceSettings.Default.HeartbeatInterval,
        PresenceTimeout = initial.PresenceTimeout is { } timeout ? TimeSpan.FromSeconds(timeout) : PresenceSettings.Default.PresenceTimeout,
    };
}

/// <summary>
/// Says once that the storage is in trouble, and once that it works again, however many requests and loops run into it
/// meanwhile: a full disk must not be filled by its own log.
/// </summary>
internal sealed class StorageWatch(TimeProvider time, ILogger<StorageWatch> logger)
{
    /// <summary>How long nothing may fail until it is over: a disk may be too full for one write and not for another.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _troubledAt;
    private long _beganAt;
    private bool _isSaid;

    /// <summary>Whether the storage is in trouble.</summary>
    public bool IsTroubled
    {
        get
        {
            lock (_lock)
                return _troubledAt is not null;
        }
    }

    /// <summary>Records a failure. False if it isn't a storage failure, and the caller must log it.</summary>
    public bool Note(Exception exception)
    {
        if (StorageTrouble.Of(exception) is not { } trouble)
            return false;
        lock (_lock)
        {
            if (_troubledAt is null)
                _beganAt = time.GetTimestamp();
            // A write that waited too long for others says less than the write that fails, which follows within seconds.
            if (!_isSaid && (exception.GetBaseException() is not StorageBusyException || (_troubledAt is not null && time.GetElapsedTime(_beganAt) >= Quiet)))
            {
                _isSaid = true;
                logger.LogError("Storage failed: {Trouble} ({Message}) Changes return 503 until it works again. Viewers are still counted.", trouble, exception.GetBaseException().Message);
            }
            _troubledAt = time.GetTimestamp();
        }
        return true;
    }

    /// <summary>Notes that something was stored.</summary>
    public void Works()
    {
        lock (_lock)
        {
            if (_troubledAt is not { } at || time.GetElapsedTime(at) < Quiet)
                return;
            _troubledAt = null;
            if (_isSaid)
                logger.LogInformation("Storage works again.");
            _isSaid = false;
        }
    }
}
