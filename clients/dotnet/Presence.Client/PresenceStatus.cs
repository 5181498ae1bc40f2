namespace Presence.Client;

/// <summary>The state of a heartbeat.</summary>
public enum PresenceStatus
{
    /// <summary>Not started, or stopped.</summary>
    Idle,

    /// <summary>The first heartbeat is pending.</summary>
    Starting,

    /// <summary>The last heartbeat was accepted.</summary>
    Present,

    /// <summary>The last attempt failed temporarily. The client retries.</summary>
    Retrying,

    /// <summary>The attempt failed and the device has no network. The client retries when the network is back, or after one minute.</summary>
    Offline,

    /// <summary>Presence is off, and the error's message says where. Hide it. The client retries after 1, 2, 4, 8 and then every 15 min.</summary>
    Disabled,

    /// <summary>Refused. Start it again to retry.</summary>
    Refused,
}

/// <summary>The state of presence. Immutable. The same object until something changes.</summary>
public sealed class PresenceState
{
    internal static readonly PresenceState Idle = new(PresenceStatus.Idle);
    internal static readonly PresenceState Starting = new(PresenceStatus.Starting);

    internal PresenceState(PresenceStatus status) => Status = status;

    /// <summary>The state in one word.</summary>
    public PresenceStatus Status { get; }

    /// <summary>Why it is retrying, offline, disabled or refused; null otherwise.</summary>
    public PresenceException? Error { get; internal init; }

    /// <summary>The last reply to a heartbeat, also while later ones fail. Null before the first.</summary>
    public HeartbeatReceipt? Receipt { get; internal init; }

    /// <summary>When the next attempt is due, by this device's clock; null when none is.</summary>
    public DateTimeOffset? NextHeartbeatAt { get; internal init; }
}

/// <summary>Reports a new state.</summary>
/// <param name="state">The new state.</param>
public sealed class PresenceStateChangedEventArgs(PresenceState state) : EventArgs
{
    /// <summary>The new state.</summary>
    public PresenceState State { get; } = state;
}
