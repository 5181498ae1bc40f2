namespace Presence.Client;

/// <summary>How a heartbeat stands.</summary>
public enum PresenceStatus
{
    /// <summary>Not started, or stopped.</summary>
    Idle,

    /// <summary>The first heartbeat is on its way.</summary>
    Starting,

    /// <summary>The last heartbeat was taken.</summary>
    Present,

    /// <summary>The last attempt failed in a way that passes; another follows.</summary>
    Retrying,

    /// <summary>It failed and the device has no network; the next attempt comes with the network, or after a minute.</summary>
    Offline,

    /// <summary>Presence is off, and the error's message says for what: hide what shows it. Asked again after 1, 2, 4, 8 and then every 15 min.</summary>
    Disabled,

    /// <summary>It has ended. Starting it begins anew.</summary>
    Refused,
}

/// <summary>How presence stands. Never changed once it was handed out; the same object until something changes.</summary>
public sealed class PresenceState
{
    internal static readonly PresenceState Idle = new(PresenceStatus.Idle);
    internal static readonly PresenceState Starting = new(PresenceStatus.Starting);

    internal PresenceState(PresenceStatus status) => Status = status;

    /// <summary>The state in one word.</summary>
    public PresenceStatus Status { get; }

    /// <summary>Why it is retrying, offline, disabled or refused; null otherwise.</summary>
    public PresenceException? Error { get; internal init; }

    /// <summary>The last answer to a heartbeat, also while later ones fail; null before the first.</summary>
    public HeartbeatReceipt? Receipt { get; internal init; }

    /// <summary>When the next attempt is due, by this device's clock; null when none is.</summary>
    public DateTimeOffset? NextHeartbeatAt { get; internal init; }
}

/// <summary>Tells a new state.</summary>
/// <param name="state">How presence stands now.</param>
public sealed class PresenceStateChangedEventArgs(PresenceState state) : EventArgs
{
    /// <summary>How presence stands now.</summary>
    public PresenceState State { get; } = state;
}
