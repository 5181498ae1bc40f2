namespace Presence.Client;

/// <summary>What the server answered to a heartbeat it took.</summary>
public sealed class HeartbeatReceipt
{
    /// <summary>How often heartbeats are asked for.</summary>
    public TimeSpan HeartbeatInterval { get; internal init; }

    /// <summary>When the next one is due, from the answer on; varies a little, so that a crowd spreads out.</summary>
    public TimeSpan NextHeartbeatIn { get; internal init; }

    /// <summary>How long this heartbeat counts. Not said of user presence.</summary>
    public TimeSpan? PresenceTimeout { get; internal init; }

    /// <summary>Rises with every change of the settings. Not said of user presence.</summary>
    public int? SettingsVersion { get; internal init; }

    /// <summary>The room's viewers, while their number is watched without an event stream.</summary>
    public int? Count { get; internal init; }
}
