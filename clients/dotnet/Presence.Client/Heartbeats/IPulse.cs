namespace Presence.Client.Heartbeats;

/// <summary>What kind of heartbeat is sent: a room's, or a user's.</summary>
internal interface IPulse
{
    /// <summary>Tells sessions of one user apart.</summary>
    string Key { get; }

    /// <summary>What the next heartbeat would say of the viewer.</summary>
    ViewerState ViewerState { get; }

    Task<HeartbeatReceipt> BeatAsync(CancellationToken cancellationToken);

    Task LeaveAsync();

    /// <summary>A leave that waits for nothing, while the app is put aside.</summary>
    Task LeaveInHasteAsync();
}
