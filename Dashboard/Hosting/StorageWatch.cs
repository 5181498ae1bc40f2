using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

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
