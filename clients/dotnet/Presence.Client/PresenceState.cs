namespace Presence.Client;

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
